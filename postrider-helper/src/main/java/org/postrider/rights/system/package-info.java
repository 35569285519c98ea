/// rights.system — what no user's rights hold back: the system calls, a mailbox that its opener
/// makes and locks, a command that is started and killed, a directory of root's own, files that
/// only root can exchange. Who returns from here has the rights that he came with, or a user's.
///
/// Who feeds it: whoever acts, with names of files and commands; files and directories from whoever
/// may write there.
///
/// Threads: of the system; each act keeps to one.
///
/// Crash: what is open and locked is given back by the system; see the front.
///
/// Not done yet: Linux on x86-64 and aarch64 only.
@NullMarked
package org.postrider.rights.system;

import org.jspecify.annotations.NullMarked;
