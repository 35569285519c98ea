package org.postrider.threads;

/// Where the supervisor says what it saw. Any thread.
public interface Alarm {
    /// Something was thrown where nothing should be.
    void panic(String text, Throwable bug);

    /// A loop does not go on.
    void warning(String text);

    /// The server cannot go on: it is to end, not in this call, and to be started again.
    void end(String reason);
}
