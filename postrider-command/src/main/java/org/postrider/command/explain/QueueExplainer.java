package org.postrider.command.explain;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.postrider.address.Address;
import org.postrider.command.CommandException;
import org.postrider.command.ControlClient;
import org.postrider.command.Messages;
import org.postrider.command.ToolConfig;
import org.postrider.config.ServiceSettings;
import org.postrider.control.ControlReply.Result;
import org.postrider.control.ControlRequest;
import org.postrider.disk.RealDisk;
import org.postrider.maps.TableException;
import org.postrider.queue.JournalQueue;
import org.postrider.queue.QueueException;
import org.postrider.queue.QueueId;
import org.postrider.queue.QueueReader;
import org.postrider.rewrite.Resolved;
import org.postrider.showq.Waiting;
import org.postrider.time.Clock;

/// `postexplain QUEUE-ID`: asks the running server why a message waits, or where none runs reads
/// the queue; and where each recipient would go now.
record QueueExplainer(Path queueDirectory, ServiceSettings settings, Clock clock, Messages say) {
    /// Where an address goes.
    interface Routes {
        /// @throws TableException when a table cannot answer
        Resolved of(Address sender, Address recipient);
    }

    /// What a server shows that could not be verified.
    interface Certificates {
        /// Asks none.
        Certificates UNASKED = (_, _, _) -> List.of();

        /// @param reason why a recipient is owed
        /// @param server who was asked
        /// @return lines
        List<String> of(String reason, Resolved route, String server);
    }

    /// @throws CommandException where it cannot be found out, or there is no such message
    QueueReport of(String id, QueueReport.Asked asked) throws IOException {
        List<String> lines = new ArrayList<>();
        boolean running = true;
        Result result;
        try {
            result =
                    new ControlClient(queueDirectory)
                            .request(new ControlRequest.Why(id), lines::add);
        } catch (ControlClient.DeniedException e) {
            throw new CommandException(
                    1,
                    queueDirectory
                            + "/private/control: Permission denied: the superuser and mail_owner"
                            + " may ask about queued mail; mailq shows it to all");
        }
        if (result == null) {
            running = false;
            result = offline(id, lines) ? Result.DONE : Result.FAILED;
        }
        if (lines.stream().noneMatch(each -> each.startsWith("queue\t"))) {
            throw new CommandException(
                    1,
                    result == Result.UNKNOWN
                            ? "the running server is of an earlier version"
                            : id + ": no such message in the queue");
        }
        return QueueReport.of(id, running, clock.wallMillis(), lines, asked);
    }

    private boolean offline(String id, List<String> lines) {
        if (!Files.isDirectory(queueDirectory.resolve("journal"))) {
            return false;
        }
        try (QueueReader queue =
                JournalQueue.openToRead(
                        new RealDisk(),
                        queueDirectory,
                        JournalQueue.Options.of(settings),
                        clock,
                        say::warning)) {
            return Waiting.tell(queue, new QueueId(id), lines::add);
        } catch (QueueException e) {
            throw new CommandException(1, String.valueOf(e.getMessage()));
        }
    }

    static Path queueDirectory(ServiceSettings settings) {
        return ToolConfig.queueDirectory(settings, 1);
    }
}
