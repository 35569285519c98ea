/// dmarcrpt — aggregate reports of DMARC to the domains that ask for them (`rua=`; RFC 9990, and
/// RFC 7489 7.2 before it; beside Postfix: opendmarc-reports).
///
/// A listener with dmarc_reporting says of each mail that it has judged what came of it
/// ([DmarcResults], [DmarcOutcome]). That is counted by source and result ([DmarcTally]) and told
/// once a day as XML ([Feedback]), by mail; how it is kept and when it goes is the room `report`'s
/// ([DmarcReports], docs/internals/reports.md). [AggregateReports] is the room's front. Reports on
/// single mails (`ruf=`) are not made: they tell of other people's mail.
///
/// **Trust**: strangers chose the domains, the sources and where a report goes. Memory is bounded
/// (dmarc_report_memory_limit), a report lists a thousand rows, and goes to four places at most,
/// each a plain address that agrees to it if it is of another organization.
///
/// **Crash, threads**: as the room `report` says. None runs where no listener has dmarc_reporting.
@NullMarked
package org.postrider.dmarcrpt;

import org.jspecify.annotations.NullMarked;
