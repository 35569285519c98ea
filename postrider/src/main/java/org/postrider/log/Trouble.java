package org.postrider.log;

/// What is wrong with this program or with its logs.
public sealed interface Trouble extends Event {
    /// A bug of ours. The mail log has a line for the text and one for each line of the stack.
    record Panic(String what, Throwable bug) implements Trouble {
        @Override
        public Severity severity() {
            return Severity.PANIC;
        }
    }

    /// One of the logs takes no lines now; what is told to it is kept as long as there is room.
    ///
    /// @param log the parameter that names it, `maillog_file`
    record LogStopped(String log, String reason) implements Trouble {
        @Override
        public Severity severity() {
            return Severity.WARNING;
        }
    }

    /// One of the logs takes lines again. What it was told in between is in it, but for `lost`.
    record LogGoesOn(String log, long lost) implements Trouble {
        @Override
        public Severity severity() {
            return Severity.WARNING;
        }
    }

    /// One of the logs ended before all was written.
    record LogEnded(String log, long lost) implements Trouble {
        @Override
        public Severity severity() {
            return Severity.WARNING;
        }
    }

    /// A table cannot answer, for whom it was asked: whoever depends on it is put off.
    record LookupFailed(String text) implements Trouble {
        @Override
        public Severity severity() {
            return Severity.WARNING;
        }
    }

    /// A subscriber threw: it has not got these events. Told of the 1st, 2nd, 4th, 8th, …
    record SubscriberFailed(String subscriber, long events, Throwable bug) implements Trouble {
        @Override
        public Severity severity() {
            return Severity.ERROR;
        }
    }
}
