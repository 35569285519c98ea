/// command.tls — posttls-finger(1): what a server's TLS is worth.
///
/// [FingerOptions] reads the command line, [PosttlsFinger] has the room `smtp` speak to the server
/// and prints what it tells.
///
/// Who feeds it: who types it; what servers say is made harmless by the room.
///
/// Threads: one, besides the one that ends what takes too long. Crash: nothing is kept.
///
/// Not done yet: OpenSSL's own words of a handshake, public keys without certificates (`-x`).
@NullMarked
package org.postrider.command.tls;

import org.jspecify.annotations.NullMarked;
