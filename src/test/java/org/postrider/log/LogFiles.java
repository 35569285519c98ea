package org.postrider.log;

import java.nio.file.Path;
import org.postrider.Ledger;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;

/// Logs in files, for the tests of any room.
public final class LogFiles {
    private static final long PATIENCE_NANOS = 10_000_000_000L;

    private LogFiles() {}

    /// Nobody has subscribed yet.
    public static Logging logging(Clock clock) {
        return logging(clock, PATIENCE_NANOS);
    }

    static Logging logging(Clock clock, long patienceNanos) {
        return new Logging(
                Supervisor.alone(),
                clock,
                new Events(clock, new LogTag("postfix/master", 1)),
                patienceNanos);
    }

    /// The mail log alone.
    public static Events mail(Clock clock, Path file, String mode) {
        Logging logging = logging(clock);
        PostfixLog.file(logging, file, mode, "mx");
        logging.events().subscribe("ledger", o -> Ledger.line(o.tag().name(), o.event().line()));
        return logging.events();
    }

    public static Events mail(Clock clock, Path file) {
        return mail(clock, file, "0600");
    }
}
