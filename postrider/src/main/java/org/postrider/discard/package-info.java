/// discard — the discard(8) agent: every recipient is reported as sent and the mail dropped.
///
/// Who feeds it: the queue manager, by a transport that the administrator named; the text of the
/// next hop stands in the log.
///
/// Threads: no state, any thread.
///
/// Crash: before the mark is written the mail is dropped once more, which nobody sees.
///
/// Not done yet: nothing that Postfix's has.
@NullMarked
package org.postrider.discard;

import org.jspecify.annotations.NullMarked;
