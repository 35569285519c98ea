package org.postrider.moving;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.address.Address;
import org.postrider.disk.Disk;
import org.postrider.dsn.Status;
import org.postrider.message.ContentReceiver;
import org.postrider.message.ContentWriter;
import org.postrider.queue.Attributes;
import org.postrider.queue.Dsn;
import org.postrider.queue.Envelope;
import org.postrider.queue.JournalQueue;
import org.postrider.queue.Mark;
import org.postrider.queue.NewMessage;
import org.postrider.queue.Queue;
import org.postrider.queue.QueueId;
import org.postrider.queue.QueuedMessage;
import org.postrider.queue.Recipient;
import org.postrider.queue.Transaction;
import org.postrider.time.Clock;

/// Two queues, ours and Postfix's, and mail that is moved between them.
abstract class Moves {
    private static final JournalQueue.Options OPTIONS =
            new JournalQueue.Options(
                    1 << 16, 2000, 0, false, JournalQueue.Limits.ofContents(1 << 20, 1 << 20));

    static final int MESSAGES = 5;

    static final long DUE = Clock.system().wallMillis() + 3_600_000;

    @TempDir Path directory;
    final List<String> left = new ArrayList<>();

    final Told told =
            new Told() {
                @Override
                public void moved(String queueName, String before, String now) {}

                @Override
                public void left(String what, String why) {
                    left.add(what + ": " + why);
                }

                @Override
                public void remark(String what, String text) {}
            };

    static Path theirs(Path at) throws IOException {
        Path queue = at.resolve("theirs");
        Files.createDirectories(queue.resolve("incoming"));
        return queue;
    }

    static Queue open(Disk disk, Path ours) {
        return JournalQueue.open(disk, ours, OPTIONS, Clock.system(), _ -> {});
    }

    static PostfixQueue postfix(Disk disk, Path at) {
        return new PostfixQueue(disk, at, Set.of("deferred", "defer"), 1);
    }

    /// One of each kind.
    static void fill(Queue queue) throws IOException {
        for (int i = 0; i < MESSAGES; i++) {
            String text = "Subject: " + i + "\r\n\r\n" + ("line " + i + "\r\n").repeat(i * 100 + 1);
            byte[] octets = text.getBytes(StandardCharsets.ISO_8859_1);
            try (ContentWriter w = queue.content()) {
                ContentReceiver receiver = new ContentReceiver(w, false, false, 0);
                receiver.lines(octets, 0, octets.length);
                Envelope envelope =
                        new Envelope(
                                new Address("s" + i + "@x.example"),
                                List.of(
                                        Recipient.of(new Address("had@y.example")),
                                        new Recipient(
                                                new Address("owed@y.example"),
                                                new Address("alias@y.example"),
                                                Recipient.FAILURE,
                                                "rfc822;alias+@y.example")),
                                1_790_000_000_123L,
                                Attributes.OWN.withDsn(new Dsn(Dsn.Return.HDRS, "id" + i)));
                QueueId id = queue.newId();
                List<Mark> marks = new ArrayList<>();
                marks.add(new Mark.Done(id, 0));
                if (i % 2 == 0) {
                    Mark.Reason why =
                            new Mark.Reason(
                                    1,
                                    new Status(4, 4, 1),
                                    "refused",
                                    "none",
                                    "mx.example",
                                    "450 no",
                                    "delayed");
                    marks.add(new Mark.Deferred(id, DUE, List.of(why)));
                }
                NewMessage m = new NewMessage(id, envelope, w.finish(receiver.finish()), i == 3);
                queue.commit(new Transaction(List.of(m), marks));
            }
        }
    }

    /// What counts of all messages, by sender.
    static TreeMap<String, String> contents(Queue queue) {
        TreeMap<String, String> out = new TreeMap<>();
        queue.each(l -> {
            QueuedMessage m = l.message();
            Envelope e = m.envelope();
            String before =
                    out.put(
                            e.sender().text(),
                            e.recipients()
                                    + " "
                                    + e.arrivalMillis()
                                    + " "
                                    + e.attributes()
                                    + m.done(0)
                                    + m.done(1)
                                    + m.reason(1)
                                    + m.held()
                                    + m.size()
                                    + content(m));
            assertEquals(null, before, "twice");
        });
        return out;
    }

    private static String content(QueuedMessage m) {
        try (var in = m.content().body()) {
            return new String(m.content().header(), StandardCharsets.ISO_8859_1)
                    + new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void importAll(Disk disk, Path ours, Path theirs) throws IOException {
        Ledger ledger = new Ledger(disk, ours);
        try (Queue queue = open(disk, ours)) {
            Unfinished.end(queue, ours, ledger, d -> postfix(disk, d));
            new Import(postfix(disk, theirs), queue, ledger, false, told).messages();
        }
    }

    void exportAll(Disk disk, Path ours, Path theirs) throws IOException {
        Ledger ledger = new Ledger(disk, ours);
        try (Queue queue = open(disk, ours)) {
            Unfinished.end(queue, ours, ledger, d -> postfix(disk, d));
            new Export(queue, postfix(disk, theirs), ledger, new Export.Options(false, 0), told)
                    .messages();
        }
    }

    static List<String> files(Path theirs) throws IOException {
        try (Stream<Path> all = Files.walk(theirs)) {
            return all.filter(Files::isRegularFile)
                    .map(p -> theirs.relativize(p).toString())
                    .toList();
        }
    }
}
