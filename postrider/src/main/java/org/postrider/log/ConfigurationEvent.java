package org.postrider.log;

/// What configuration this program runs with, and what it does not do of it.
public sealed interface ConfigurationEvent extends Event {
    /// `daemon started -- version 3.12, configuration /etc/postfix`
    record Started(String version, String directory) implements ConfigurationEvent {}

    /// `reload -- version 3.12, configuration /etc/postfix`
    record Reloaded(String version, String directory) implements ConfigurationEvent {}

    /// It cannot run as configured.
    record StartRefused(String reason) implements ConfigurationEvent {
        @Override
        public Severity severity() {
            return Severity.FATAL;
        }
    }

    /// The new configuration is broken; the old one goes on.
    record ReloadRefused(String reason) implements ConfigurationEvent {
        @Override
        public Severity severity() {
            return Severity.ERROR;
        }
    }

    /// A setting that is wrong, or is not honoured, and what it does to mail; as `postfix check`
    /// says it.
    record Notice(String text) implements ConfigurationEvent {
        @Override
        public Severity severity() {
            return Severity.WARNING;
        }
    }

    /// A reload cannot change this one: it waits for a stop and start.
    record Unchanged(String parameter, String wanted, String is) implements ConfigurationEvent {
        @Override
        public Severity severity() {
            return Severity.WARNING;
        }
    }

    /// `terminating on signal 15`
    ///
    /// @param broken after a fatal error
    record Stopping(boolean broken) implements ConfigurationEvent {}
}
