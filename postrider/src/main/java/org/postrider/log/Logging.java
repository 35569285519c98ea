package org.postrider.log;

import org.postrider.log.file.LineBuffer;
import org.postrider.log.file.LineSink;
import org.postrider.threads.Supervisor;
import org.postrider.threads.Work;
import org.postrider.time.Clock;

/// What each log is made with.
///
/// @param events what it subscribes to, and where its own trouble is told
/// @param patienceNanos how long mail waits for room in a log before lines are lost
public record Logging(Supervisor threads, Clock clock, Events events, long patienceNanos) {
    /// @param name the parameter that names the log
    /// @param lastResort lines that are lost go to standard error
    LineBuffer buffer(Work work, String name, LineSink out, boolean lastResort) {
        LineBuffer.Care care =
                new LineBuffer.Care(patienceNanos, lastResort, new ToAll(events, name));
        return new LineBuffer(threads, clock, work, out, care);
    }

    /// All logs hear of it.
    private record ToAll(Events events, String name) implements LineBuffer.Told {
        @Override
        public void stopped(String reason) {
            events.trouble(new Trouble.LogStopped(name, reason));
        }

        @Override
        public void goesOn(long lost) {
            events.trouble(new Trouble.LogGoesOn(name, lost));
        }

        @Override
        public void ended(long lost) {
            events.trouble(new Trouble.LogEnded(name, lost));
        }
    }
}
