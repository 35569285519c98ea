/// tlsrpt — reports on the TLS of this host's deliveries, to the domains that ask for them (RFC
/// 8460; Postfix hands the same to libtlsrpt and programs of others, TLSRPT_README).
///
/// The SMTP client says of each session what became of its TLS ([TlsResults], [TlsResult]). What it
/// says is counted ([TlsTally]) and reported once a day as JSON ([Json]), by mail or HTTPS; how
/// that is kept and when it goes is the room `report`'s ([TlsReports], docs/internals/reports.md).
/// [SavedReports] is the room's front.
///
/// **Trust**: what is counted comes from strangers: servers, their DNS, their policies. Each text
/// is cut to a length when its record is made, and all of them together keep to
/// postrider_tlsrpt_memory_limit. Where a report goes a stranger says, too: four places at most,
/// each a plain address or a verified HTTPS server outside of this machine, once a day.
///
/// **Crash, threads**: as the room `report` says. None runs where no client has smtp_tlsrpt_enable.
@NullMarked
package org.postrider.tlsrpt;

import org.jspecify.annotations.NullMarked;
