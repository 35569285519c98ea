/// tlsrpt — reports on the TLS of this host's deliveries, to the domains that ask for them (RFC
/// 8460; Postfix hands the same to libtlsrpt and programs of others, TLSRPT_README).
///
/// The SMTP client says of each session what became of its TLS ([TlsResults], [TlsResult]).
///
/// **Trust**: what is counted comes from strangers: servers, their DNS, their policies. Each text
/// is cut to a length when its record is made.
///
/// **Threads**: a result is taken on the delivery's thread, which never waits for it.
@NullMarked
package org.postrider.tlsrpt;

import org.jspecify.annotations.NullMarked;
