package org.postrider.delivery;

import org.jspecify.annotations.Nullable;
import org.postrider.config.Settings;
import org.postrider.log.SlotNumbers;

/// The delivery services of a generation by master.cf service name.
public interface Transports {
    /// Null where master.cf has no such service: mail for it is deferred with 4.3.0 (`mail
    /// transport unavailable`).
    @Nullable Transport transport(String name);

    /// @param name the master.cf service name, `relay`
    /// @param program the command that the line names, `smtp`: with syslog_name it makes the log
    ///   tag
    /// @param processLimit maxproc of the master.cf line: a cap on concurrent deliveries, 0 for
    ///   none
    /// @param slots pseudo-pids of its deliveries
    record Transport(
            String name,
            String program,
            Agent agent,
            Settings settings,
            int processLimit,
            SlotNumbers slots) {}
}
