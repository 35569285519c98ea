/// smtpd.input — what comes of a client, looked at without its session: lines and content from the
/// connection, the parameters of MAIL and RCPT, who the client says it is.
///
/// - Fed by strangers. A line is cut at line_length_limit, content is passed on as it comes;
///   [org.postrider.smtpd.input.Chunks] keeps at most one line more than 64 kilobytes.
/// - Threads: one session's, on its thread; [org.postrider.smtpd.input.Party] is a value.
/// - An idle session has one buffer of four kilobytes; a crash loses it.
/// - Not yet: a buffer that is let go while a session is idle.
@NullMarked
package org.postrider.smtpd.input;

import org.jspecify.annotations.NullMarked;
