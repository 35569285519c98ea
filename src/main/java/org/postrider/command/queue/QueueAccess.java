package org.postrider.command.queue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.command.ControlClient;
import org.postrider.command.Messages;
import org.postrider.config.ServiceSettings;
import org.postrider.disk.RealDisk;
import org.postrider.pickup.Maildrop;
import org.postrider.queue.Queue;
import org.postrider.queue.QueueException;
import org.postrider.queue.QueueId;
import org.postrider.queue.QueueReader;
import org.postrider.queue.QueuedMessage;
import org.postrider.showq.QueueActions;
import org.postrider.showq.QueueFile;

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

    /// @param words a verb of [QueueActions] and its words
    /// @param lines told each message acted on
    void act(List<String> words, Consumer<String> lines) throws IOException {
        StringBuilder last = new StringBuilder();
        Integer status =
                own != null
                        ? null
                        : new ControlClient(queueDirectory)
                                .request(
                                        words,
                                        line -> {
                                            // `ID: what was done`, or why nothing was.
                                            if (QueueActions.tellsOf(words.getFirst(), line)) {
                                                lines.accept(line);
                                            } else {
                                                last.setLength(0);
                                                last.append(line);
                                            }
                                        });
        if (status == null) {
            Queue queue = own();
            if (queue != null) {
                new QueueActions(queue, new Maildrop(new RealDisk(), queueDirectory), null, _ -> {})
                        .act(words.getFirst(), words.subList(1, words.size()), lines);
            }
        } else if (status != 0) {
            throw new IOException(
                    last.isEmpty()
                            ? words.getFirst() + ": refused by the server"
                            : last.toString());
        }
    }

    /// @return false where there is no such message
    boolean show(String id, Consumer<String> lines) throws IOException {
        Integer status = new ControlClient(queueDirectory).request(List.of("cat", id), lines);
        if (status != null) {
            return status == 0;
        }
        QueueReader queue = reader();
        QueuedMessage m = queue == null ? null : queue.find(new QueueId(id));
        if (m == null) {
            return false;
        }
        new QueueFile(m, lines).show();
        return true;
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
