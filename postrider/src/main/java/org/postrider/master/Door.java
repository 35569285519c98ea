package org.postrider.master;

import org.postrider.io.Connection;
import org.postrider.log.LogTag;

/// Serves the clients of a service. Any thread; each session is on one of its own.
public interface Door {
    /// Blocking; the connection is closed after it.
    ///
    /// @param as who speaks in the log about this session
    /// @param stressed all places of the service are taken, or were a short time ago: be brief
    ///   (STRESS_README)
    void session(Connection connection, LogTag as, boolean stressed);

    /// The line's process limit bounds nobody: one process of Postfix's takes all clients.
    default boolean takesAll() {
        return false;
    }
}
