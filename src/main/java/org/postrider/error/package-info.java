/// error — the error(8) and retry(8) agents: every recipient fails with the next hop's text, whose
/// leading `D.S.N` becomes the status. Fed by transport tables. No state, any thread.
@NullMarked
package org.postrider.error;

import org.jspecify.annotations.NullMarked;
