/// smtpd.mail — a mail's addresses as commands have them, its content as it comes, our Received:
/// header, and what is handed to cleanup at its end.
///
/// - Fed by strangers. Content is limited by message_size_limit and charged to cleanup's budget
///   while it comes.
/// - Threads: made of settings once, immutable; each runs on the thread of the session.
/// - A crash before cleanup's commit loses the mail, of which the client has seen no 250.
@NullMarked
package org.postrider.smtpd.mail;

import org.jspecify.annotations.NullMarked;
