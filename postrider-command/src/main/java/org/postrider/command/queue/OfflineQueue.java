package org.postrider.command.queue;

import java.nio.file.Path;
import org.postrider.command.Messages;
import org.postrider.command.ToolConfig;
import org.postrider.config.ServiceSettings;
import org.postrider.disk.RealDisk;
import org.postrider.queue.JournalQueue;
import org.postrider.queue.Queue;
import org.postrider.queue.QueueException;
import org.postrider.queue.QueueReader;
import org.postrider.time.Clock;

/// Opens the queue from a command, with the server down. A class of its own so that the usual case,
/// a server that answers, loads none of it.
public final class OfflineQueue {
    private OfflineQueue() {}

    /// Whether there is mail in the queue or in `corrupt`, or nobody can tell. What is damaged
    /// counts.
    public static boolean hasMail(ServiceSettings settings) {
        Path directory = Path.of(ToolConfig.text(settings, "queue_directory", 1));
        Messages say = new Messages("postmulti", System.err);
        try (Queue queue = open(settings, directory, say)) {
            return queue.size() > 0 || !queue.ids("corrupt").isEmpty();
        } catch (QueueException e) {
            say.warning(directory + ": " + e.getMessage());
            return true;
        }
    }

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
