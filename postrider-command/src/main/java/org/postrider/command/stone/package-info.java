/// command.stone — smtp-source(1) and smtp-sink(1): a client that sends mail and a server that
/// takes it and throws it away, to measure and to test with (Postfix's src/smtpstone).
///
/// [SinkOptions] and [SourceOptions] read the command line, [SmtpSink] and [SmtpSource] open the
/// connections, [SinkSession] and [SourceSession] hold one side of a dialogue each. [Treatments]
/// says what becomes of each [SinkVerb], [SinkDump] keeps mail in files, [CommandLog] writes to the
/// system's log, [Tally] counts.
///
/// Who feeds it: who types it, and whoever connects; a command of more than 2048 octets ends its
/// session. Threads: a virtual one for each session. Crash: nothing is kept.
///
/// `smtp-sink -R` says what kept mails are below, as the root directory does of Postfix's, whoever
/// runs it; the process has no other root directory, as it needs files of its own.
@NullMarked
package org.postrider.command.stone;

import org.jspecify.annotations.NullMarked;
