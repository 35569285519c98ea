/// agent — what the agents have in common that write mail to files and commands of this machine: a
/// message as it is written there ([MailCopy]), what a command's end says of the mail, its
/// environment, locks and outcomes of mailboxes, and the filters of outcomes. Postfix's
/// mail_copy(3), pipe_command(3), sys_exits(3), mbox_conf(3), mbox_open(3), dsn_filter(3) and
/// delivered_hdr(3).
///
/// Who feeds it: strangers, by the message; commands, by what they say. Nothing of that is more
/// than octets in a file or a printable text.
///
/// Threads: any; what is here is immutable.
@NullMarked
package org.postrider.agent;

import org.jspecify.annotations.NullMarked;
