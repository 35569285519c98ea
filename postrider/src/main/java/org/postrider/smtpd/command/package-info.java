/// smtpd.command — a class for each verb, and their table ([org.postrider.smtpd.command.Verbs]). A
/// verb says when it may come (pure) and does what it does (blocking), with settings that it took
/// for itself when its listener was made.
///
/// - Fed by strangers: the arguments are text of at most line_length_limit octets, one char each.
/// - Threads: immutable; runs on the session's thread. Nothing of a session is kept in a verb.
/// - What a verb sends is its own affair; a table that fails ends the session with 421 4.3.0, an
///   Error with 421 4.3.0 and a stack in the log.
/// - A crash loses nothing here.
/// - Not yet: BURL, EXPN, TURN. How to add one: CONTRIBUTING.md, "A new verb".
@NullMarked
package org.postrider.smtpd.command;

import org.jspecify.annotations.NullMarked;
