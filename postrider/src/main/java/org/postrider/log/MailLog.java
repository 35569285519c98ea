package org.postrider.log;

/// Where the rooms tell what happens. Any thread; waits only when a log has no room, and no longer
/// than postrider_log_patience.
public interface MailLog {
    /// Tells of an event.
    ///
    /// @param tag who speaks
    void event(LogTag tag, Event event);

    /// A free line of severity info.
    default void info(LogTag tag, CharSequence text) {
        event(tag, new Event.Text(Severity.INFO, text.toString()));
    }

    /// `warning: text`.
    default void warning(LogTag tag, CharSequence text) {
        event(tag, new Event.Text(Severity.WARNING, text.toString()));
    }

    /// `error: text`.
    default void error(LogTag tag, CharSequence text) {
        event(tag, new Event.Text(Severity.ERROR, text.toString()));
    }

    /// `fatal: text`.
    default void fatal(LogTag tag, CharSequence text) {
        event(tag, new Event.Text(Severity.FATAL, text.toString()));
    }

    /// Our own bug: `panic: text` with its stack.
    default void panic(LogTag tag, String text, Throwable bug) {
        event(tag, new Trouble.Panic(text, bug));
    }
}
