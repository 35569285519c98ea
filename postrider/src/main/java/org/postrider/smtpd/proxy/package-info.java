/// smtpd.proxy — mail that passes a filter before the queue (SMTPD_PROXY_README): the dialogue with
/// the filter of one mail, what it is told of the client, and its replies, which the client gets.
///
/// - Fed by clients, whose commands and content go on as they are, and by the filter: its replies
///   are bounded in size and time, and what is no reply becomes one of ours.
/// - Threads: [org.postrider.smtpd.proxy.ProxyFilter] is immutable; a
///   [org.postrider.smtpd.proxy.ProxyMail] is its session's.
/// - Nothing is queued here: a mail is accepted if the filter has said so after its content.
/// - A crash loses the mail, of which the client has seen no 250.
@NullMarked
package org.postrider.smtpd.proxy;

import org.jspecify.annotations.NullMarked;
