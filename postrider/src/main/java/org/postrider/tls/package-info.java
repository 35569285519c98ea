/// tls — certificates and keys from PEM files, protocol and cipher lists, and TLS over a connection
/// (Postfix's tls_server and tls_client, by the JDK's JSSE).
///
/// Who feeds it: strangers, with everything that a peer sends before and in the handshake; key
/// files and lists of the administrator.
///
/// Threads: keys and contexts are made once for a configuration and used by any; a connection
/// belongs to its session.
///
/// Crash and trouble: a handshake that fails is an exception with Postfix's text, and the session
/// goes by its level of TLS. A key that cannot be read is a fault at start and reload.
///
/// Not done yet: raw public keys; session tickets kept over a restart; the ciphers that the JDK
/// does not have.
@NullMarked
package org.postrider.tls;

import org.jspecify.annotations.NullMarked;
