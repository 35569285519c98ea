/// wire.client — the client's half of the SMTP dialogue (Postfix: smtp_chat(3), smtp_proto(3)):
/// reading replies, what EHLO offers, one mail with or without pipelining. Other rooms act through
/// [org.postrider.wire.ClientDialogue].
///
/// **Trust**: fed by hostile servers: replies that never end, lines that are no replies, too many
/// or too few of them. Memory is bounded by the line limit, time by the caller's deadlines.
///
/// **Threads**: one dialogue, one thread. **Crash**: nothing is kept.
///
/// **Not yet**: nothing known.
@NullMarked
package org.postrider.wire.client;

import org.jspecify.annotations.NullMarked;
