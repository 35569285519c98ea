package org.postrider.command.queue;

import java.nio.file.Path;
import org.postrider.command.Messages;
import org.postrider.config.ServiceSettings;
import org.postrider.disk.RealDisk;
import org.postrider.queue.JournalQueue;
import org.postrider.queue.Queue;
import org.postrider.queue.QueueReader;
import org.postrider.time.Clock;

/// Opens the queue from a command, with the server down. A class of its own so that the usual case,
/// a server that answers, loads none of it.
final class OfflineQueue {
    private OfflineQueue() {}

    /// @throws org.postrider.queue.QueueException where another process has it
    static Queue open(ServiceSettings settings, Path queueDirectory, Messages say) {
        return JournalQueue.open(
                new RealDisk(),
                queueDirectory,
                JournalQueue.Options.of(settings),
                Clock.system(),
                say::warning);
    }

    /// For looking only.
    ///
    /// @throws org.postrider.queue.QueueException where another process has it
    static QueueReader openToRead(ServiceSettings settings, Path queueDirectory, Messages say) {
        return JournalQueue.openToRead(
                new RealDisk(),
                queueDirectory,
                JournalQueue.Options.of(settings),
                Clock.system(),
                say::warning);
    }
}
