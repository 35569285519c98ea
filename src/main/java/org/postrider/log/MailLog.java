package org.postrider.log;

/// The mail log: one writer, bounded; rendering is done by the caller's thread. Lines equal
/// Postfix's. Any thread; never blocks longer than the writer needs to make room.
public interface MailLog {
    /// Emits a typed event under a tag.
    void event(LogTag tag, LogEvent event);

    /// A free line of severity info.
    void info(LogTag tag, CharSequence text);

    /// `warning: text`.
    void warning(LogTag tag, CharSequence text);

    /// `error: text`.
    void error(LogTag tag, CharSequence text);

    /// `fatal: text`.
    void fatal(LogTag tag, CharSequence text);

    /// Our own bug: `panic: text` with its stack.
    void panic(LogTag tag, String text, Throwable bug);
}
