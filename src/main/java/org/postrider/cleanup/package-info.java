/// cleanup — the stages between receiving and the queue (cleanup(8)): envelope addresses, header,
/// body, one commit.
///
/// Strangers feed it headers and bodies through smtpd, local users through pickup: a header is cut
/// at header_size_limit, its addresses at header_address_token_limit, every parser is linear. A
/// message is taken whole or not at all; nothing is durable before the commit and all of it after.
/// Services are immutable, a message belongs to one thread ([Run]).
///
/// The parts of a content are gone through (message.MimeState) only where checks, limits or strict
/// MIME concern them; else what was found while receiving is enough.
///
/// Not done yet: milters (one that is configured is out of reach); force_mime_input_conversion.
@NullMarked
package org.postrider.cleanup;

import org.jspecify.annotations.NullMarked;
