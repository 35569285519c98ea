/// tls — certificates and keys from PEM files, protocol lists, and TLS over a connection
/// (tls_server of Postfix, by the JDK's JSSE). Hostile input: everything the peer sends before and
/// in the handshake.
@NullMarked
package org.postrider.tls;

import org.jspecify.annotations.NullMarked;
