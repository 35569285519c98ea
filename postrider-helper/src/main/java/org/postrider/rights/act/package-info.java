/// rights.act — what is done once a thread has a user's rights: messages that are written behind
/// others in a mailbox or into a Maildir, one or many at a time, a command that is fed and heard,
/// and what is undone of a process that was killed. Whose rights a thread gets is decided on
/// before; for what the user's are not enough (a mailbox that root makes, a command that is
/// started) `rights.system` is asked, which gives the user's back.
///
/// Who feeds it: contents, names of files and commands from agents; files and directories from
/// whoever may write there.
///
/// Threads: each act keeps to one thread of the system.
///
/// Crash: see the front.
///
/// Not done yet: nothing known.
@NullMarked
package org.postrider.rights.act;

import org.jspecify.annotations.NullMarked;
