/// local — the local(8) agent: users' mailboxes, aliases, `.forward` files, commands and files.
///
/// **What it does**: first it finds every place where a recipient's mail ends ([Expansion]), which
/// writes nothing; then it delivers to each ([LocalAgent]). What goes to other addresses becomes
/// mail of its own, through cleanup, and durable together with the recipient's mark.
///
/// **Who feeds it**: strangers, through the queue, with local parts and contents; users, with
/// `.forward` files and what those name; the administrator, with alias databases. A name is never
/// part of a path without a check, a file is read and a command run with the rights of whoever
/// named it, and never with root's.
///
/// **Threads**: the agent is immutable; a delivery is one thread's.
///
/// **Crash**: what was written to a mailbox before its recipient's mark may be written again. Mail
/// that is made is there with the mark or not at all.
///
/// **Not done yet**: a comsat to tell of new mail.
@NullMarked
package org.postrider.local;

import org.jspecify.annotations.NullMarked;
