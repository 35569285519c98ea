package org.postrider.command;

import java.nio.file.Path;
import org.postrider.config.ServiceSettings;
import org.postrider.disk.RealDisk;
import org.postrider.queue.Spool;
import org.postrider.time.Clock;

/// Opens the spool from a command, with the server down. A class of its own so that the usual case,
/// a server that answers, loads none of it.
final class OfflineQueue {
    private OfflineQueue() {}

    /// @throws org.postrider.queue.QueueException where another process has it
    static Spool open(ServiceSettings settings, Path queueDirectory, boolean toRead, Messages say) {
        Spool.Options options = Spool.Options.of(settings);
        return toRead
                ? Spool.openToRead(
                        new RealDisk(), queueDirectory, options, Clock.system(), say::warning)
                : Spool.open(new RealDisk(), queueDirectory, options, Clock.system(), say::warning);
    }
}
