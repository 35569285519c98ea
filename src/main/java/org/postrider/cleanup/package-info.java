/// cleanup — the stages between receiving and the queue (cleanup(8)): envelope addresses, header,
/// body, one commit.
///
/// Strangers feed it headers and bodies through smtpd, local users through pickup: a header is cut
/// at header_size_limit, its addresses at header_address_token_limit, every parser is linear. A
/// message is taken whole or not at all; nothing is durable before the commit and all of it after.
/// Services are immutable, a message belongs to one thread ([Run]).
///
/// Not done yet: milters (one that is configured is out of reach); MIME parsing, so header_checks
/// do not see the headers inside the body
/// (mime_header_checks, nested_header_checks, mime_nesting_limit) and strict_7bit_headers,
/// strict_8bitmime and their kin are not honoured.
@NullMarked
package org.postrider.cleanup;

import org.jspecify.annotations.NullMarked;
