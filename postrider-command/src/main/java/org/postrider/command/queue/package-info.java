/// command.queue — `postqueue`, `mailq`, `postsuper`, `postcat`, `qshape`: what an administrator
/// sees of the queue and does with it.
///
/// Who feeds it: the local user's arguments, and the queue's content, which strangers wrote: what
/// is printed of it is cleaned as Postfix cleans it.
///
/// Threads: one; a listing streams and holds one entry at a time.
///
/// With the server up, its sockets are asked (`public/showq`, the control socket), and the server
/// decides what the user may; with it down, the spool is opened by the command itself
/// ([QueueAccess]): a reader never repairs, cuts or compacts.
///
/// Crash: what a command changes is a transaction of the queue, done or not done.
///
/// Not done yet: nothing of postqueue, postsuper and postcat that has a meaning for one journal
/// instead of files in directories.
@NullMarked
package org.postrider.command.queue;

import org.jspecify.annotations.NullMarked;
