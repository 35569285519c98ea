/// discard — the discard(8) agent: every recipient is reported as sent and the mail dropped. No
/// state, any thread.
@NullMarked
package org.postrider.discard;

import org.jspecify.annotations.NullMarked;
