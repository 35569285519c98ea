/// tls.proof — what a peer's certificate is worth: who vouches for it, which names it has, which
/// records or fingerprints it agrees with (Postfix: tls_verify, tls_dane, tls_fprint).
///
/// Who feeds it: peers, with chains of certificates of up to the handshake's size; files of
/// authorities of the administrator; records that the DNS vouches for.
///
/// Threads: any. What is read is read once for a configuration.
///
/// Crash and trouble: whatever cannot be read or followed in a chain is a fault of the chain, never
/// a success. A file of authorities that cannot be read is a fault at start and reload.
///
/// Not done yet: revocation, which Postfix does not look at either; raw public keys.
@NullMarked
package org.postrider.tls.proof;

import org.jspecify.annotations.NullMarked;
