/// error — the error(8) and retry(8) agents: every recipient fails with the next hop's text, whose
/// leading `D.S.N` becomes the status.
///
/// Who feeds it: the queue manager; the text comes from transport tables of the administrator.
///
/// Threads: no state, any thread.
///
/// Crash: before the mark is written the recipient fails once more, with the same text.
///
/// Not done yet: nothing that Postfix's have.
@NullMarked
package org.postrider.error;

import org.jspecify.annotations.NullMarked;
