package org.postrider.command.queue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.command.ControlClient;
import org.postrider.command.Messages;
import org.postrider.config.ServiceSettings;
import org.postrider.control.ControlReply.Result;
import org.postrider.control.ControlRequest;
import org.postrider.control.ControlRequest.Selection;
import org.postrider.disk.RealDisk;
import org.postrider.pickup.Maildrop;
import org.postrider.queue.Queue;
import org.postrider.queue.QueueException;
import org.postrider.queue.QueueId;
import org.postrider.queue.QueueReader;
import org.postrider.showq.QueueActions;
import org.postrider.showq.QueueFile;
import org.postrider.showq.RequeueList;
import org.postrider.showq.Waiting;
import org.postrider.showq.Wanted;
import org.postrider.time.Clock;

/// Acts on queued messages through the server, or where none listens, on the queue itself.
final class QueueAccess implements AutoCloseable {
    private final ServiceSettings settings;
    private final Path queueDirectory;
    private final Messages say;

    /// To act on, and to look into; each null until there is need of it.
    private @Nullable Queue own;

    private @Nullable QueueReader reader;

    QueueAccess(ServiceSettings settings, Path queueDirectory, Messages say) {
        this.settings = settings;
        this.queueDirectory = queueDirectory;
        this.say = say;
    }

    /// @param lines told each message acted on
    void act(ControlRequest.Act act, Consumer<String> lines) throws IOException {
        StringBuilder last = new StringBuilder();
        Result result =
                own != null
                        ? null
                        : new ControlClient(queueDirectory)
                                .request(
                                        act,
                                        line -> {
                                            // `ID: what was done`, or why nothing was.
                                            if (act.action().tellsOf(line)) {
                                                lines.accept(line);
                                            } else {
                                                last.setLength(0);
                                                last.append(line);
                                            }
                                        });
        if (result == null) {
            Queue queue = own();
            if (queue != null) {
                offline(act, queue, lines);
            }
        } else if (result != Result.DONE) {
            throw new IOException(
                    last.isEmpty()
                            ? act.action().verb() + ": refused by the server"
                            : last.toString());
        }
    }

    private void offline(ControlRequest.Act act, Queue queue, Consumer<String> lines)
            throws IOException {
        QueueActions actions =
                new QueueActions(
                        queue,
                        new Maildrop(new RealDisk(), queueDirectory),
                        new RequeueList(new RealDisk(), queueDirectory));
        switch (act.which()) {
            case Selection.Ids ids -> actions.act(act.action(), ids.ids(), lines);
            case Selection.Queues queues -> actions.actOnAll(act.action(), queues.names(), lines);
            case Selection.Where where ->
                    actions.actOnWanted(
                            act.action(),
                            where.names(),
                            new Wanted(where.filter(), Clock.system().wallMillis()),
                            where.dry(),
                            lines);
        }
    }

    /// @return false where there is no such message
    boolean show(String id, Consumer<String> lines) throws IOException {
        Result result =
                new ControlClient(queueDirectory).request(new ControlRequest.Show(id), lines);
        if (result != null) {
            return result == Result.DONE;
        }
        QueueReader queue = reader();
        return queue != null && QueueFile.show(queue, new QueueId(id), lines);
    }

    /// Why a message waits, in [Waiting]'s lines.
    ///
    /// @return false where it is not in the queue
    boolean why(String id, Consumer<String> lines) throws IOException {
        Result result =
                new ControlClient(queueDirectory).request(new ControlRequest.Why(id), lines);
        if (result != null) {
            return result == Result.DONE;
        }
        QueueReader queue = reader();
        return queue != null && Waiting.tell(queue, new QueueId(id), lines);
    }

    /// Null where there has never been a queue.
    private @Nullable Queue own() throws IOException {
        // Mail may lie in maildrop before there ever was a journal.
        if (own == null && (there("journal") || there("maildrop"))) {
            try {
                own = OfflineQueue.open(settings, queueDirectory, say);
            } catch (QueueException e) {
                throw new IOException(e.getMessage(), e);
            }
        }
        return own;
    }

    /// Null where there has never been a queue.
    private @Nullable QueueReader reader() throws IOException {
        if (reader == null && there("journal")) {
            try {
                reader = OfflineQueue.openToRead(settings, queueDirectory, say);
            } catch (QueueException e) {
                throw new IOException(e.getMessage(), e);
            }
        }
        return reader;
    }

    private boolean there(String name) {
        return Files.isDirectory(queueDirectory.resolve(name));
    }

    @Override
    public void close() {
        if (own != null) {
            own.close();
        }
        if (reader != null) {
            reader.close();
        }
    }
}
