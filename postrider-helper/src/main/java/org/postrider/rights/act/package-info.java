/// rights.act — the system calls, and the acts made of them: reading a user's file, a mailbox, a
/// Maildir, a command. Each acts with the rights that its thread has; who gives a thread rights
/// does so before.
///
/// Who feeds it: names of files and commands from agents; files and directories from whoever may
/// write there.
///
/// Threads: each act keeps to one thread of the system.
///
/// Crash: see the front.
///
/// Not done yet: Linux on x86-64 and aarch64 only.
@NullMarked
package org.postrider.rights.act;

import org.jspecify.annotations.NullMarked;
