/// command — the thin mains under Postfix's names: postconf, postqueue, mailq, postsuper, postcat,
/// qshape, postmap, sendmail, postfix. Each is a class with `run(args)` and an exit status; the
/// text a person or a script reads is Postfix's.
///
/// Fed by the local user's arguments and by the server's own sockets. One thread each, a 64 MB
/// heap: listings stream. The paths of postqueue and postconf touch few classes, for they are
/// called often. With the server up the queue's owner is asked over its sockets, with it down the
/// spool is opened by the command itself; a reader never repairs it.
@NullMarked
package org.postrider.command;

import org.jspecify.annotations.NullMarked;
