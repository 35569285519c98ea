/// smtpd.dialogue — which command may come when ([org.postrider.smtpd.dialogue.Dialogue], a pure
/// function over all pairs of state and command, held by
/// src/test/resources/org/postrider/smtpd/dialogue.txt), and the loop in which they take effect.
///
/// - Fed by strangers: lines, as the chamber input cuts them.
/// - Threads: one for each listener, immutable; each session runs it on its own thread.
/// - smtpd_hard_error_limit ends a session that only errs, smtpd_soft_error_limit slows it.
/// - A crash loses nothing here.
/// - Not yet: commands read ahead of the one under way, in pipelined groups.
@NullMarked
package org.postrider.smtpd.dialogue;

import org.jspecify.annotations.NullMarked;
