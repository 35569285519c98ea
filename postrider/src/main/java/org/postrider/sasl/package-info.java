/// sasl — SASL (RFC 4422): who a client is, as Cyrus's settings and databases say or as a Dovecot
/// server answers; and how this server logs in at another. Counterpart: Postfix's xsasl, and the
/// parts of Cyrus SASL that it links.
///
/// Who feeds it: strangers, before they are known; every answer of a client is bounded by the
/// session and checked here. Settings and databases are the administrator's; saslauthd and Dovecot
/// are asked over their sockets.
///
/// An [SaslServer] makes one [Exchange] for each AUTH; a session feeds it what the client sends. A
/// [ClientExchange] is one login of this server's, by the chamber `client`. The server's mechanisms
/// and what says whose access token it is are the chambers `mechanism` and `token`.
///
/// Threads: a server is asked by any, an exchange belongs to its session.
///
/// Crash and trouble: what cannot be asked now is a [Step] that fails for a time, never a login and
/// never a refused password. Nothing is kept on disk.
///
/// Not done yet: GSSAPI, the `sql` and `ldapdb` plugins; a setting that is not supported is a fault
/// when it is read.
@NullMarked
package org.postrider.sasl;

import org.jspecify.annotations.NullMarked;
