package org.postrider.delivery;

import org.jspecify.annotations.Nullable;
import org.postrider.config.Settings;

/// The delivery services of a generation by master.cf service name.
public interface Transports {
    /// Null where master.cf has no such service: mail for it is deferred with 4.3.0 (`mail
    /// transport unavailable`).
    @Nullable Transport transport(String name);

    /// @param processLimit maxproc of the master.cf line: a cap on concurrent deliveries, 0 for
    ///   none
    record Transport(String name, Agent agent, Settings settings, int processLimit) {}
}
