package org.postrider.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ServiceSettings;
import org.postrider.disk.RealDisk;
import org.postrider.pickup.Maildrop;
import org.postrider.queue.QueueException;
import org.postrider.queue.QueueId;
import org.postrider.queue.QueuedMessage;
import org.postrider.queue.Spool;
import org.postrider.showq.QueueActions;
import org.postrider.showq.QueueFile;

/// Acts on queued messages through the server, or where none listens, on the spool.
final class QueueAccess implements AutoCloseable {
    private final ServiceSettings settings;
    private final Path queueDirectory;
    private final Messages say;
    private @Nullable Spool spool;

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
                spool != null
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
            Spool own = own(false);
            if (own != null) {
                new QueueActions(own, new Maildrop(new RealDisk(), queueDirectory), null, _ -> {})
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
        Spool own = own(true);
        QueuedMessage m = own == null ? null : own.find(new QueueId(id));
        if (m == null) {
            return false;
        }
        new QueueFile(m, lines).show();
        return true;
    }

    /// Null where there has never been a queue.
    private @Nullable Spool own(boolean toRead) throws IOException {
        // Mail may lie in maildrop before there ever was a journal.
        boolean any =
                Files.isDirectory(queueDirectory.resolve("journal"))
                        || !toRead && Files.isDirectory(queueDirectory.resolve("maildrop"));
        if (spool == null && any) {
            try {
                spool = OfflineQueue.open(settings, queueDirectory, toRead, say);
            } catch (QueueException e) {
                throw new IOException(e.getMessage(), e);
            }
        }
        return spool;
    }

    @Override
    public void close() {
        if (spool != null) {
            spool.close();
        }
    }
}
