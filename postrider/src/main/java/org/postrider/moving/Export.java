package org.postrider.moving;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.disk.Disk;
import org.postrider.queue.Mark;
import org.postrider.queue.Queue;
import org.postrider.queue.QueueException;
import org.postrider.queue.QueueId;
import org.postrider.queue.QueueReader;
import org.postrider.queue.QueuedMessage;
import org.postrider.queue.Transaction;

/// Gives the messages of our queue to a Postfix queue. Whoever calls it has the locks of both mail
/// systems. One thread.
public final class Export {
    private static final int BATCH = 64;

    /// What is being written and has no id yet; Postfix passes over such names.
    private static final String UNNAMED = "postmove-";

    private final QueueReader queue;
    private final @Nullable Queue settled;
    private final PostfixQueue to;
    private final Ledger ledger;
    private final boolean longIds;
    private final long delayWarningSeconds;
    private final Told told;
    private final List<Given> batch = new ArrayList<>();
    private final UserPrincipal owner;
    private int unnamed;

    /// A message of the batch, written under a name that is none.
    private record Given(
            String queueName,
            QueueId id,
            Path written,
            Path path,
            String mode,
            @Nullable String reasons) {}

    /// How files are written.
    ///
    /// @param longIds whether they get long ids
    /// @param delayWarningSeconds delay_warning_time, 0 for none
    public record Options(boolean longIds, long delayWarningSeconds) {}

    /// For one run.
    public Export(Queue queue, PostfixQueue to, Ledger ledger, Options options, Told told)
            throws IOException {
        this(queue, queue, to, ledger, options, told);
    }

    /// For a dry run: everything is read, nothing is written.
    public static Export dry(
            QueueReader queue, PostfixQueue to, Ledger ledger, Options options, Told told)
            throws IOException {
        return new Export(queue, null, to, ledger, options, told);
    }

    /// @param settled where what was given is removed; null for a dry run
    private Export(
            QueueReader queue,
            @Nullable Queue settled,
            PostfixQueue to,
            Ledger ledger,
            Options options,
            Told told)
            throws IOException {
        this.queue = queue;
        this.settled = settled;
        this.to = to;
        this.ledger = ledger;
        longIds = options.longIds();
        delayWarningSeconds = options.delayWarningSeconds();
        this.told = told;
        owner = to.ownerFor();
    }

    /// Gives all messages. What cannot be read is told and left in our queue.
    ///
    /// @throws IOException the disk failed; what was begun is ended by the next run
    public void messages() throws IOException {
        if (settled != null) {
            to.makeDirectories(to.directory().resolve("incoming"));
            to.each(
                    "incoming",
                    (path, name) -> {
                        if (name.startsWith(UNNAMED)) {
                            to.disk().delete(path);
                        }
                    });
        }
        for (String name : List.of("hold", "deferred", "incoming", "active")) {
            for (QueueId id : queue.ids(name)) {
                one(name.equals("active") ? "incoming" : name, id);
                if (batch.size() >= BATCH) {
                    flush();
                }
            }
        }
        for (QueueId id : queue.ids("corrupt")) {
            if (!id.text().startsWith(Submissions.SET_ASIDE)) {
                told.left("corrupt/" + id, "is damaged");
            }
        }
        flush();
    }

    private void one(String queueName, QueueId id) throws IOException {
        try {
            QueuedMessage message = queue.find(id);
            if (message != null && settled == null) {
                message.content();
                told.moved(queueName, id.text(), id.text());
            } else if (message != null) {
                write(queueName, message);
            }
        } catch (QueueException e) {
            told.left(id.text(), String.valueOf(e.getMessage()));
        }
    }

    private void write(String queueName, QueuedMessage message) throws IOException {
        Path written = to.directory().resolve("incoming/" + UNNAMED + unnamed++);
        to.disk().delete(written);
        long[] offsets;
        String id;
        long arrived = message.envelope().arrivalMillis();
        try (Disk.File file = to.disk().create(written, PostfixQueue.UNREADY)) {
            id = id(message.id().text(), arrived, PostfixQueue.inode(written));
            offsets = new PostfixWriter(file).write(message, id, warns(message));
        }
        Path path = to.path(queueName, id);
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            // Before it stands in the ledger: whoever ends this run would take it for ours.
            to.disk().delete(written);
            told.left(message.id().text(), path + " is there already");
            return;
        }
        List<Mark.Reason> why = ReasonLog.of(message, offsets.length);
        String reasons =
                why.isEmpty()
                        ? null
                        : ReasonLog.text(message.envelope().recipients(), why, offsets);
        long due = queueName.equals("incoming") ? arrived : queue.dueMillis(message.id());
        Files.setLastModifiedTime(written, FileTime.fromMillis(Math.max(0, due)));
        PostfixQueue.give(written, owner);
        batch.add(
                new Given(
                        queueName,
                        message.id(),
                        written,
                        path,
                        message.forcedToExpire() ? PostfixQueue.EXPIRES : PostfixQueue.READY,
                        reasons));
    }

    private String id(String old, long arrived, long inode) {
        if (!longIds) {
            return QueueNames.shortId(arrived, inode);
        }
        return QueueNames.isLong(old) ? old : QueueNames.longId(arrived, inode);
    }

    private long warns(QueuedMessage message) {
        if (message.delayWarned()) {
            return 0;
        }
        return delayWarningSeconds == 0
                ? -1
                : message.envelope().arrivalMillis() / 1000 + delayWarningSeconds;
    }

    private void flush() throws IOException {
        if (settled == null || batch.isEmpty()) {
            return;
        }
        List<Ledger.Entry> entries = new ArrayList<>();
        List<Mark> marks = new ArrayList<>();
        for (Given g : batch) {
            String path = String.valueOf(to.directory().relativize(g.path()));
            entries.add(new Ledger.Entry(Ledger.Kind.OUT, g.id().text(), path, g.mode()));
            marks.add(new Mark.Removed(g.id()));
        }
        ledger.write(to.directory(), entries);
        Set<Path> directories = new LinkedHashSet<>();
        for (Given g : batch) {
            place(g, directories);
        }
        for (Path each : directories) {
            to.disk().forceDirectory(each);
        }
        settled.commit(Transaction.of(marks));
        ready(to, entries);
        ledger.clear();
        for (Given g : batch) {
            told.moved(g.queueName(), g.id().text(), String.valueOf(g.path().getFileName()));
        }
        batch.clear();
    }

    private void place(Given g, Set<Path> directories) throws IOException {
        Path directory = Objects.requireNonNull(g.path().getParent());
        to.makeDirectories(directory);
        to.disk().rename(g.written(), g.path());
        directories.add(directory);
        directories.add(to.directory().resolve("incoming"));
        if (g.reasons() != null) {
            Path log = to.path("defer", String.valueOf(g.path().getFileName()));
            Path above = Objects.requireNonNull(log.getParent());
            to.makeDirectories(above);
            to.disk().delete(log);
            try (Disk.File file = to.disk().create(log, PostfixQueue.UNREADY)) {
                file.write(ByteBuffer.wrap(g.reasons().getBytes(StandardCharsets.ISO_8859_1)), 0);
                file.force();
            }
            PostfixQueue.give(log, owner);
            directories.add(above);
        }
    }

    /// Files whose messages are no more in our queue are Postfix's from now on. Durable on return.
    static void ready(PostfixQueue to, List<Ledger.Entry> entries) throws IOException {
        for (Ledger.Entry e : entries) {
            Path path = to.directory().resolve(e.path());
            if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
                to.mode(path, e.mode());
            }
        }
    }
}
