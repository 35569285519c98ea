/// The server's half of SASL (RFC 4422): who a client is, as Cyrus's settings and databases say or
/// as a Dovecot server answers. An [SaslServer] makes one [Exchange] for each AUTH; a session feeds
/// it what the client sends.
///
/// Counterpart: Postfix's xsasl, and the parts of Cyrus SASL that it links. Layer 2.
@org.jspecify.annotations.NullMarked
package org.postrider.sasl;
