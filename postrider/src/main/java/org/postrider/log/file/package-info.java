/// log.file — lines on their way to a file, to standard output or to the system's log.
///
/// `LineBuffer` takes lines from any thread and writes them with one of its own to a `LineSink`: a
/// file (`LogFile`) or syslog(3)'s socket (`Syslog`). Knows nothing of events. Lines are octets
/// that are harmless already. What a full or hanging disk costs: docs/decisions/0024. Crash: lines
/// that wait, some milliseconds of them, are lost.
@NullMarked
package org.postrider.log.file;

import org.jspecify.annotations.NullMarked;
