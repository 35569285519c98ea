/// local.write — a message on its way into a mailbox, a file or a command, and what became of it in
/// Postfix's words.
///
/// Who feeds it: the expansion of a recipient, with paths and commands; what a command says goes
/// into log and notices, its first 4096 octets, printable ones only.
///
/// Threads: immutable; a call blocks until the mail is written or not.
///
/// Crash: what is reported as written is on the disk.
///
/// Not done yet: nothing that Postfix's has.
@NullMarked
package org.postrider.local.write;

import org.jspecify.annotations.NullMarked;
