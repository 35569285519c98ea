/// sasl.client — the client's half of SASL (RFC 4422): the mechanisms by which this server logs in
/// at a next hop, in the order in which Cyrus SASL prefers them, and what each says.
///
/// Who feeds it: a next hop, which may be anybody's: every challenge is bounded by the dialogue's
/// line limit, and work that it asks for (rounds of a key derivation) is bounded here. A password
/// is in no text, no exception and no [Object#toString]; what a mechanism shows of it to the server
/// is what the mechanism is.
///
/// Threads: an exchange belongs to its session.
///
/// Crash and trouble: a challenge that makes no sense ends the exchange with Cyrus's words.
///
/// Not done: GSSAPI, OTP, SRP.
@NullMarked
package org.postrider.sasl.client;

import org.jspecify.annotations.NullMarked;
