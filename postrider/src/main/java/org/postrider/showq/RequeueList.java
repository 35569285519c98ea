package org.postrider.showq;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import org.postrider.disk.Disk;
import org.postrider.queue.Queue;
import org.postrider.queue.QueueException;
import org.postrider.queue.QueueId;
import org.postrider.queue.QueueReader;
import org.postrider.queue.QueuedMessage;

/// What `postsuper -r` was asked for while the mail system was down: ids in the file `requeue` of
/// the queue directory, a line each. Their messages are on hold until the next server takes them in
/// again, before pickup looks into maildrop, where Postfix has them meanwhile. Whoever releases one
/// takes back what was asked for. One thread at a time.
public final class RequeueList {
    private static final int CHUNK = 1 << 16;

    private final Disk disk;
    private final Path queueDirectory;
    private final Path file;

    public RequeueList(Disk disk, Path queueDirectory) {
        this.disk = disk;
        this.queueDirectory = queueDirectory;
        file = queueDirectory.resolve("requeue");
    }

    /// Durable on return.
    void add(Collection<QueueId> ids) throws IOException {
        StringBuilder lines = new StringBuilder();
        ids.forEach(id -> lines.append(id.text()).append('\n'));
        try (Disk.File to = disk.open(file)) {
            // A line end of its own: what a crash tore is nobody's id.
            to.write(
                    ByteBuffer.wrap(("\n" + lines).getBytes(StandardCharsets.US_ASCII)), to.size());
            to.force();
        }
        disk.forceDirectory(queueDirectory);
    }

    /// In the order in which they were asked for, each once.
    Set<QueueId> ids() throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try (Disk.File from = disk.openToRead(file)) {
            ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
            for (int n = from.read(chunk, 0); n > 0; n = from.read(chunk.clear(), all.size())) {
                all.write(chunk.array(), 0, n);
            }
        } catch (NoSuchFileException e) {
            return Set.of();
        }
        Set<QueueId> out = new LinkedHashSet<>();
        all.toString(StandardCharsets.US_ASCII)
                .lines()
                .filter(line -> line.matches("[0-9A-Za-z]+"))
                .forEach(line -> out.add(new QueueId(line)));
        return out;
    }

    /// Requeues all of them. What cannot be stays on hold and in the list, for the next time.
    ///
    /// @param goesOn asked before each; false ends it
    /// @param failed told of those that cannot be, and why
    /// @return true where any was asked for
    public boolean take(
            Queue queue,
            QueueActions.Requeue requeue,
            BooleanSupplier goesOn,
            BiConsumer<QueueId, Exception> failed)
            throws IOException {
        Set<QueueId> ids = ids();
        boolean all = true;
        for (QueueId id : ids) {
            if (!goesOn.getAsBoolean()) {
                return true;
            }
            QueueReader.State state = queue.state(id);
            QueuedMessage message = state == null || !state.held() ? null : queue.find(id);
            if (message != null) {
                try {
                    requeue.requeue(message);
                } catch (IOException | QueueException e) {
                    failed.accept(id, e);
                    all = false;
                }
            }
        }
        if (all && !ids.isEmpty()) {
            disk.delete(file);
        }
        return !ids.isEmpty();
    }
}
