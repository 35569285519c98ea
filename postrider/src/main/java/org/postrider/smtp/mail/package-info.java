/// smtp.mail — one request brought to its servers (Postfix: smtp_proto(3), smtp_trouble(3),
/// smtp_rcpt(3)).
///
/// [Transmission] brings an [Attempt] to one server, over a kept session or a new one that
/// [Greeting] and [StartTls] begin; [Exchange] says what commands and content are ([ContentSender],
/// [MimeFilter]) and what replies mean for the recipients. Fed by hostile servers, and by envelopes
/// and contents that a stranger wrote: a command stays one line, nothing but CRLF ends a line.
///
/// One attempt, one thread. Each recipient is reported once, as soon as its fate is known; what a
/// crash leaves unreported is delivered again. Where TLS is required no way leads past it.
///
/// Not yet: nothing known.
@NullMarked
package org.postrider.smtp.mail;

import org.jspecify.annotations.NullMarked;
