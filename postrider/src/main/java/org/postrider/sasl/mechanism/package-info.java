/// sasl.mechanism — the mechanisms: what a client says in an exchange, and what proves it.
///
/// Who feeds it: strangers, octet for octet. A mechanism asks for secrets
/// ([org.postrider.sasl.Secrets]) or has a password verified ([org.postrider.sasl.Verifier]); it
/// never says which of user and password was wrong.
///
/// Threads: a dialogue belongs to its session.
///
/// Crash and trouble: what cannot be found out now fails for a time. A text that is malformed ends
/// the exchange.
///
/// Not done yet: channel bindings of SCRAM where the connection gives none are not offered; GSSAPI
/// is not built.
@NullMarked
package org.postrider.sasl.mechanism;

import org.jspecify.annotations.NullMarked;
