/// smtp.probe — what a server's TLS is worth, without mail (Postfix: posttls-finger(1)).
///
/// [Probe] finds the servers (`smtp.route`), asks for the TLS policy that mail would have
/// (`smtp.policy`) and speaks to the first server that answers as far as EHLO within TLS
/// ([Conversation]). It is a command's, not the server's: fed by who types it, and by what a
/// hostile server says, which is bounded by the dialogue and shown with its controls replaced.
///
/// One thread, blocking. Nothing is kept.
@NullMarked
package org.postrider.smtp.probe;

import org.jspecify.annotations.NullMarked;
