/// tlsrpt — reports on the TLS of this host's deliveries, to the domains that ask for them (RFC
/// 8460; Postfix hands the same to libtlsrpt and programs of others, TLSRPT_README).
///
/// The SMTP client says of each session what became of its TLS ([TlsResults], [TlsResult]). What it
/// says is counted ([Ledger], [Tally]), kept in data_directory ([LedgerFile],
/// docs/internals/tlsrpt.md) and reported once a day ([Reporter]) as JSON ([Json]), by mail
/// ([Letter], [Outbox]) or HTTPS. [SavedReports] is the room's front.
///
/// **Trust**: what is counted comes from strangers: servers, their DNS, their policies. Each text
/// is cut to a length when its record is made, and all of them together keep to
/// postrider_tlsrpt_memory_limit. Where a report goes a stranger says, too: four places at most,
/// each a plain address or a verified HTTPS server outside of this machine, once a day.
///
/// **Crash**: what was counted in the last minute is lost; a report that was sent in the last five
/// seconds is sent again, under the same name.
///
/// **Threads**: a result is taken on the delivery's thread, which never waits for more than a lock;
/// one loop does the rest, and has tasks for what blocks. None runs where no client has
/// smtp_tlsrpt_enable.
///
/// **Not yet**: no report is signed (DKIM, RFC 8460 5.3).
@NullMarked
package org.postrider.tlsrpt;

import org.jspecify.annotations.NullMarked;
