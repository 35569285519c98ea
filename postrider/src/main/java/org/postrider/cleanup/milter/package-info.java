/// cleanup.milter — what milters make of a mail's content and envelope (Postfix:
/// cleanup_milter(3)).
///
/// **What it does**: a mail as milters see it, and their changes to it as they come ([MailEdits]):
/// fields by the index by which milters count them, a body that takes the place of another, sender
/// and recipients with their arguments. Whose settings, tables and log it is all done by, the front
/// says ([MailEdits.Mail]).
///
/// **Who feeds it**: programs that the administrator named, and what strangers made them say. What
/// they may make large is the content's: a header of as many octets as a mail may have, a body that
/// goes to a file, recipients that are charged as any other.
///
/// **Threads**: a mail belongs to one thread.
@NullMarked
package org.postrider.cleanup.milter;

import org.jspecify.annotations.NullMarked;
