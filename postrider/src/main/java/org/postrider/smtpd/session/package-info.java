/// smtpd.session — one client's session ([org.postrider.smtpd.session.Session]) and its mail
/// ([org.postrider.smtpd.session.Mail]): what lasts as long as each, what is said, logged and
/// decided meanwhile, and how both end. The verbs are not known here.
///
/// - Fed by strangers, through the chamber input and through the verbs.
/// - Threads: a session's alone; [org.postrider.smtpd.session.Service] is what those of one
///   listener share, immutable.
/// - A mail is made by MAIL and closed at its end, whatever that is; it is never reset. What it
///   took of memory and of rate limits is given back then, Errors included.
/// - A crash loses the session; accepted mail is in the queue.
@NullMarked
package org.postrider.smtpd.session;

import org.jspecify.annotations.NullMarked;
