/// error — the error(8) and retry(8) agents: every recipient fails with the next hop's text.
@NullMarked
package org.postrider.error;

import org.jspecify.annotations.NullMarked;
