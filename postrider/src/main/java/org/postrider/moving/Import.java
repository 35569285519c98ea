package org.postrider.moving;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.postrider.disk.ForeignFile;
import org.postrider.memory.Budget;
import org.postrider.message.Content;
import org.postrider.message.ContentWriter;
import org.postrider.message.MemoryContent;
import org.postrider.queue.Mark;
import org.postrider.queue.NewMessage;
import org.postrider.queue.Queue;
import org.postrider.queue.QueueId;
import org.postrider.queue.Recipient;
import org.postrider.queue.Transaction;

/// Takes the messages of a Postfix queue into ours. Whoever calls it has the locks of both mail
/// systems. One thread.
public final class Import {
    private static final int BATCH = 64;
    private static final long BATCH_OCTETS = 2 << 20;
    private static final int BATCH_RECIPIENTS = 20_000;

    private final PostfixQueue from;
    private final @Nullable Queue queue;
    private final Ledger ledger;
    private final boolean longIds;
    private final Told told;
    private final List<Taken> batch = new ArrayList<>();
    private final Set<String> ids = new HashSet<>();
    private long octets;
    private int recipients;

    /// A message of the batch: what is acquired for it, and what becomes of it.
    private record Taken(
            String queueName,
            String oldId,
            Path path,
            NewMessage message,
            List<Mark> marks,
            List<AutoCloseable> held) {}

    /// @param queue null for a dry run: everything is read, nothing is written
    /// @param longIds enable_long_queue_ids
    public Import(
            PostfixQueue from, @Nullable Queue queue, Ledger ledger, boolean longIds, Told told) {
        this.from = from;
        this.queue = queue;
        this.ledger = ledger;
        this.longIds = longIds;
        this.told = told;
    }

    /// Takes all messages. What cannot be read is told and left.
    ///
    /// @throws IOException the disk failed; what was begun is ended by the next run
    public void messages() throws IOException {
        try {
            for (String name : PostfixQueue.MESSAGES) {
                UserPrincipal owner = from.owner(name);
                from.each(name, (path, file) -> take(name, file, path, owner));
            }
            flush();
        } finally {
            batch.forEach(Import::giveBack);
        }
    }

    private void take(String queueName, String id, Path path, @Nullable UserPrincipal owner)
            throws IOException {
        String what = String.valueOf(from.directory().relativize(path));
        if (!QueueNames.valid(id)) {
            told.left(what, "not a queue file's name");
            return;
        }
        try (ForeignFile found = ForeignFile.open(from.disk(), path)) {
            UserPrincipal whose = Files.getOwner(path, LinkOption.NOFOLLOW_LINKS);
            if (found.links() != 1) {
                told.left(what, "has " + found.links() + " names");
            } else if (!whose.equals(owner)) {
                told.left(what, "belongs to " + whose.getName());
            } else if (!found.executable()) {
                told.remark(what, "was never finished, and is passed over as Postfix does");
            } else {
                read(queueName, id, path, found, what);
            }
        } catch (ForeignFile.NotRegularException | Records.DamagedException e) {
            told.left(what, String.valueOf(e.getMessage()));
        } catch (java.nio.file.AccessDeniedException e) {
            told.left(what, "permission denied");
        }
        if (batch.size() >= BATCH || octets >= BATCH_OCTETS || recipients >= BATCH_RECIPIENTS) {
            flush();
        }
    }

    private void read(String queueName, String id, Path path, ForeignFile found, String what)
            throws IOException {
        List<AutoCloseable> held = new ArrayList<>();
        boolean good = false;
        try {
            Recipient.Writer to = recipients(held);
            PostfixFile file =
                    new PostfixFile(found.file(), id, to, text -> told.remark(what, text));
            ContentWriter writer = queue == null ? new MemoryContent.Unkept() : queue.content();
            held.add(writer);
            Content content = file.content(writer);
            List<Recipient> all = to.all();
            QueueId now = queue == null ? new QueueId(id) : newId(queue, id);
            boolean hold = queueName.equals("hold");
            NewMessage message = new NewMessage(now, file.envelope(all), content, hold);
            List<Mark> marks = marks(message, file, queueName, id, path, found);
            ids.add(now.text());
            octets += content.inlineBody() == null ? 0 : content.bodyLength();
            recipients += all.size();
            batch.add(new Taken(queueName, id, path, message, marks, held));
            good = true;
        } finally {
            if (!good) {
                held.reversed().forEach(Import::close);
            }
        }
    }

    private Recipient.Writer recipients(List<AutoCloseable> held) {
        if (queue == null) {
            return Recipient.Writer.inMemory(_ -> true);
        }
        Budget.Share memory = queue.writing();
        held.add(memory);
        Recipient.Writer to = queue.recipients(memory::take);
        held.add(to);
        return to;
    }

    private QueueId newId(Queue queue, String old) {
        QueueId same = new QueueId(old);
        boolean free =
                QueueNames.kept(old, longIds) && !ids.contains(old) && queue.state(same) == null;
        return free ? same : queue.newId();
    }

    private List<Mark> marks(
            NewMessage message,
            PostfixFile file,
            String queueName,
            String id,
            Path path,
            ForeignFile found)
            throws IOException {
        List<Recipient> all = message.envelope().recipients();
        String what = String.valueOf(from.directory().relativize(path));
        Map<Integer, Mark.Reason> bounced = log("bounce", id, file, all, what);
        List<Mark> marks = new ArrayList<>();
        int owed = all.size();
        for (int i = file.done().nextSetBit(0); i >= 0; i = file.done().nextSetBit(i + 1)) {
            if (bounced.containsKey(i)) {
                // Postfix has not yet told the sender: it fails once more here, and he is told.
                told.remark(
                        what, all.get(i).address() + " has failed, the sender is still to know");
            } else {
                marks.add(new Mark.Done(message.id(), i));
                owed--;
            }
        }
        if (from.find("trace", id) != null) {
            told.remark(what, "a report of what was delivered is not made any more");
        }
        Map<Integer, Mark.Reason> why = log("defer", id, file, all, what);
        why.keySet().removeIf(i -> file.done().get(i) && !bounced.containsKey(i));
        boolean waits = queueName.equals("deferred") || queueName.equals("hold");
        if (queueName.equals("deferred") || !why.isEmpty()) {
            Mark.Reasons.Gathering reasons = new Mark.Reasons.Gathering(all.size());
            why.values().forEach(reasons::add);
            long due = waits ? found.modifiedMillis() : message.envelope().arrivalMillis();
            marks.add(new Mark.Deferred(message.id(), due, reasons.all()));
        }
        if (file.warned()) {
            marks.add(new Mark.DelayWarned(message.id()));
        }
        if (Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS)
                .contains(java.nio.file.attribute.PosixFilePermission.GROUP_EXECUTE)) {
            marks.add(new Mark.ForcedToExpire(message.id()));
        }
        if (owed == 0) {
            told.remark(what, "has no recipient left");
        }
        return marks;
    }

    private Map<Integer, Mark.Reason> log(
            String queueName, String id, PostfixFile file, List<Recipient> all, String what)
            throws Records.DamagedException {
        Path path = from.find(queueName, id);
        AtomicReference<@Nullable String> stranger = new AtomicReference<>();
        Map<Integer, Mark.Reason> out = new HashMap<>();
        String lacks;
        try {
            if (path != null) {
                out = ReasonLog.read(path, all, file.offsets(), stranger::set);
            }
            lacks = stranger.get() == null ? null : stranger.get() + " is none of its recipients";
        } catch (IOException e) {
            lacks = String.valueOf(e.getMessage());
        }
        if (lacks != null && queueName.equals("bounce")) {
            // Without it who has failed would count as who has the mail, and nobody be told.
            throw new Records.DamagedException("its bounce log: " + lacks);
        }
        if (lacks != null) {
            told.remark(what, queueName + ": " + lacks);
        }
        return out;
    }

    private void flush() throws IOException {
        if (batch.isEmpty()) {
            return;
        }
        if (queue != null) {
            List<Ledger.Entry> entries = new ArrayList<>();
            for (Taken t : batch) {
                entries.add(
                        new Ledger.Entry(
                                Ledger.Kind.IN,
                                t.message().id().text(),
                                String.valueOf(from.directory().relativize(t.path())),
                                mode(t.path())));
            }
            ledger.write(from.directory(), entries);
            for (Taken t : batch) {
                from.mode(t.path(), PostfixQueue.UNREADY);
            }
            List<Mark> marks = new ArrayList<>();
            List<NewMessage> messages = new ArrayList<>();
            for (Taken t : batch) {
                messages.add(t.message());
                marks.addAll(t.marks());
            }
            queue.commit(new Transaction(messages, marks));
            remove(from, entries);
            ledger.clear();
        }
        for (Taken t : batch) {
            told.moved(t.queueName(), t.oldId(), t.message().id().text());
            giveBack(t);
        }
        batch.clear();
        ids.clear();
        octets = 0;
        recipients = 0;
    }

    private static String mode(Path path) throws IOException {
        return java.nio.file.attribute.PosixFilePermissions.toString(
                Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS));
    }

    /// Originals whose messages are ours, with what stands about them elsewhere. Durable on return.
    static void remove(PostfixQueue from, List<Ledger.Entry> entries) throws IOException {
        Set<Path> directories = new LinkedHashSet<>();
        for (Ledger.Entry e : entries) {
            Path path = from.directory().resolve(e.path());
            String id = String.valueOf(path.getFileName());
            delete(from, path, directories);
            for (String log : List.of("defer", "bounce", "trace")) {
                Path other = from.find(log, id);
                if (other != null) {
                    delete(from, other, directories);
                }
            }
        }
        for (Path each : directories) {
            from.disk().forceDirectory(each);
        }
    }

    private static void delete(PostfixQueue from, Path path, Set<Path> directories)
            throws IOException {
        if (from.disk().delete(path)) {
            directories.add(Objects.requireNonNull(path.getParent()));
        }
    }

    private static void giveBack(Taken taken) {
        taken.held().reversed().forEach(Import::close);
    }

    private static void close(AutoCloseable held) {
        try {
            held.close();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
