/// log — what happens, as typed events, and who reads them (postlogd(8), maillog_client).
///
/// Rooms tell `Event`s to `MailLog`; `Events` hands each to all subscribers: the mail log in
/// Postfix's lines (`PostfixLog`), the JSON log (`JsonLog`), later metrics and the console.
///
/// Trust: texts of events come from strangers, octet for octet. What is written down holds no
/// controls and no broken UTF-8; no event holds credentials (docs/decisions/0016).
///
/// Threads: events are told by whom they happen to, and rendered there; one thread a log writes
/// (`LineBuffer`), many lines at a time. Crash: what waits in the buffer, some milliseconds of
/// lines, is lost with the process. A log that takes no lines: docs/decisions/0024.
///
/// Not yet: postlogd's socket, so that other programs' lines come by file or syslog only.
@NullMarked
package org.postrider.log;

import org.jspecify.annotations.NullMarked;
