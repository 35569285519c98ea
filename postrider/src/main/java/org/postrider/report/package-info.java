/// report — what is counted over a day and told once to those whom it is about: the common part of
/// reports on TLS (RFC 8460, room `tlsrpt`) and of DMARC (RFC 9990, room `dmarcrpt`). Postfix has
/// nothing like it.
///
/// A [Kind] says what its results are, who wants to hear of them and what a report looks like. The
/// rest is here: results of the present UTC day are counted within a limit of memory ([Ledger],
/// [Tally]), kept in one file of data_directory ([LedgerFile]), and sent in the first hours of the
/// next day, with further tries for a day ([Reporter], [Due]). [DailyReports] is the room's front:
/// the thread that does so, and the lock of the file. A report that goes by mail is a [Letter].
///
/// **Trust**: everything that is counted, and where a report goes, was chosen by strangers. The
/// memory of all of it is bounded and charged first; a domain is asked once a day.
///
/// **Crash**: what was counted in the last minute is lost; a report that was sent in the last five
/// seconds is sent again, under the same name.
///
/// **Threads**: a result is taken on its session's thread, which never waits for more than a lock;
/// one loop does the rest, and has tasks for what blocks.
@NullMarked
package org.postrider.report;

import org.jspecify.annotations.NullMarked;
