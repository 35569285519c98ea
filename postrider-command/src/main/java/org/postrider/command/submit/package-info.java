/// command.submit — `sendmail`: takes mail from the local user into `maildrop`, speaks SMTP on
/// standard input (`-bs`), and stands in for `newaliases` and `mailq`; `postdrop`, which takes mail
/// as Postfix's sendmail hands it over.
///
/// Who feeds it: any local user, with arguments, environment and a message that are not trusted;
/// pickup checks the file again, by its owner, its type and its size.
///
/// Threads: one. Programs call it for each message, so it touches few classes.
///
/// Crash: a submission counts when its file has its end mark and was forced; before that the exit
/// status is EX_TEMPFAIL and pickup passes the file over. Without the server, mail waits in
/// `maildrop`.
@NullMarked
package org.postrider.command.submit;

import org.jspecify.annotations.NullMarked;
