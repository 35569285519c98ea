/// smtpd — the SMTP server (smtpd(8)). [org.postrider.smtpd.Smtpd] is one listener's: it makes the
/// verbs, each with its own settings, and serves sessions.
///
/// - Fed by strangers, octet for octet. What they can make large (lines, content, recipients) has a
///   parameter or is charged to a budget of the room memory; what they say is never expanded.
/// - Chambers: `input` (what comes of a client, without a session), `session` (a session and its
///   mail, two objects), `mail` (content, header, what goes to cleanup), `tls`, `command` (a class
///   for each verb, and their table), `dialogue` (which may come, and the loop). Arrows go from the
///   later to the earlier.
/// - Threads: what is made of settings is immutable; a session and its mail are its thread's alone.
/// - A crash loses the mail of which the client has not seen the 250. An Error ends one session:
///   what the mail took of budgets and rate limits is given back when it is closed, on every path.
/// - Not yet: BURL.
@NullMarked
package org.postrider.smtpd;

import org.jspecify.annotations.NullMarked;
