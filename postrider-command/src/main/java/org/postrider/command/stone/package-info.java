/// command.stone — smtp-source(1) and smtp-sink(1): a client that sends mail and a server that
/// takes it and throws it away, to measure and to test with (Postfix's src/smtpstone).
///
/// [SmtpSource] and [SmtpSink] read the command line; [SourceSession] and [SinkSession] hold one
/// side of a dialogue each, [SinkCommands] says what becomes of each command, [SinkDump] keeps mail
/// in files.
///
/// Who feeds it: who types it, and whoever connects; a command of more than 2048 octets ends its
/// session. Threads: a virtual one for each session. Crash: nothing is kept.
///
/// Not done yet: `smtp-sink -R` (another root directory) and `-s` (commands in the system's log).
@NullMarked
package org.postrider.command.stone;

import org.jspecify.annotations.NullMarked;
