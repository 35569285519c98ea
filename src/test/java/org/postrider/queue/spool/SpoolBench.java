package org.postrider.queue.spool;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.postrider.address.Address;
import org.postrider.disk.FaultyDisk;
import org.postrider.message.Content;
import org.postrider.message.ContentWriter;
import org.postrider.message.Facts;
import org.postrider.queue.Attributes;
import org.postrider.queue.Envelope;
import org.postrider.queue.JournalQueue;
import org.postrider.queue.Mark;
import org.postrider.queue.NewMessage;
import org.postrider.queue.QueueId;
import org.postrider.queue.QueuedMessage;
import org.postrider.queue.Recipient;
import org.postrider.queue.Transaction;
import org.postrider.queue.Writers;
import org.postrider.queue.files.Segment;
import org.postrider.queue.record.Octets;
import org.postrider.queue.record.QueueIds;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;

/// A spool on a faulting disk whose every step the test makes itself.
final class SpoolBench {
    static final Path SPOOL = Path.of("/spool");
    static final Path JOURNAL = SPOOL.resolve("journal");
    static final int THRESHOLD = 4000;

    /// A clock that goes on by itself and can be set.
    static final class HandClock implements Clock {
        long millis = 1_790_000_000_000L;

        @Override
        public long wallMillis() {
            return millis += 7;
        }

        @Override
        public long nanos() {
            return millis * 1_000_000;
        }
    }

    final HandClock clock = new HandClock();
    final List<String> said = new ArrayList<>();
    final Writers writers = new Writers();
    boolean logIsBroken;

    /// The work whose next step throws; empty for none.
    volatile String struck = "";

    /// Done on the thread that has just written a batch.
    volatile Runnable settling = () -> {};

    FaultyDisk disk = new FaultyDisk();
    Spool spool;

    SpoolBench() {
        spool = open();
    }

    private static JournalQueue.Options options() {
        return new JournalQueue.Options(
                12_288, THRESHOLD, 1 << 20, false, JournalQueue.Limits.ofContents(0, 1 << 20));
    }

    /// What a command sees that only looks, after `kill -9`.
    Looking look() {
        disk = disk.afterCrash(FaultyDisk.Fate.ALL, 1);
        return Looking.open(new Ground(disk, SPOOL, clock, this::say), options());
    }

    private Spool open() {
        return Spool.open(
                new Ground(disk, SPOOL, clock, this::say),
                options(),
                new Supervisor(Clock.system(), this::begins),
                false);
    }

    private void begins(String work) {
        if (work.equals("queue-settle")) {
            settling.run();
        }
        if (struck.equals(work)) {
            struck = "";
            throw new InternalError("expected by the test");
        }
    }

    private void say(String line) {
        if (logIsBroken) {
            throw new IllegalStateException("expected by the test");
        }
        said.add(line);
    }

    /// As after `kill -9`: what was written is there, no checkpoint of the end is.
    void kill() {
        disk = disk.afterCrash(FaultyDisk.Fate.ALL, 1);
        spool = open();
    }

    /// The power goes, and with it what was not forced.
    void loseThePower() {
        disk = disk.afterCrash(FaultyDisk.Fate.NONE, 1);
        spool = open();
    }

    /// On the disk that [#disk] is now.
    void reopen() {
        spool = open();
    }

    QueueId accept(String body) throws IOException {
        return accept(body.getBytes(StandardCharsets.ISO_8859_1));
    }

    QueueId accept(byte[] body) throws IOException {
        QueueId id = spool.newId();
        try (writers) {
            spool.commit(Transaction.of(message(id, body)));
        }
        return id;
    }

    /// A content that no message refers to.
    Content content(byte[] body) throws IOException {
        ContentWriter w = writers.of(spool);
        w.body(body, 0, body.length);
        return w.finish(new Facts(body.length, body.length, 70, false, true, false, false, 0));
    }

    /// To be committed before the next [#accept].
    NewMessage message(QueueId id, byte[] body) throws IOException {
        byte[] header = ("X-Id: " + id + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
        ContentWriter w = writers.of(spool);
        w.header(header, 0, header.length);
        w.body(body, 0, body.length);
        Content c = w.finish(new Facts(body.length, body.length, 70, false, true, false, false, 0));
        return new NewMessage(id, envelope(id), c, false);
    }

    static Envelope envelope(QueueId id) {
        return new Envelope(
                new Address("sender@example.com"),
                List.of(
                        Recipient.of(new Address("one." + id + "@example.net")),
                        Recipient.of(new Address("two." + id + "@example.net"))),
                1_790_000_000_000L,
                Attributes.NONE);
    }

    void remove(QueueId id) {
        spool.commit(Transaction.of(new Mark.Removed(id)));
    }

    /// Defers it, so that its record stays where it is.
    void defer(QueueId id) {
        spool.commit(Transaction.of(new Mark.Deferred(id, clock.millis + 3_600_000, List.of())));
    }

    String body(QueueId id) throws IOException {
        QueuedMessage m = java.util.Objects.requireNonNull(spool.find(id), id + " is not queued");
        try (var in = m.content().body()) {
            return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    long journalOctets() {
        long sum = 0;
        for (String name : disk.list(JOURNAL)) {
            sum += disk.length(JOURNAL.resolve(name));
        }
        return sum;
    }

    List<String> corrupt() {
        return disk.list(SPOOL.resolve("corrupt"));
    }

    record Place(Path file, int offset) {}

    /// Where a text stands in the files of a directory; the last of its places.
    Place find(Path directory, String text) {
        Place found = null;
        for (String name : disk.list(directory)) {
            String octets =
                    new String(disk.octets(directory.resolve(name)), StandardCharsets.ISO_8859_1);
            int at = octets.lastIndexOf(text);
            if (at >= 0) {
                found = new Place(directory.resolve(name), at);
            }
        }
        return java.util.Objects.requireNonNull(found, text + " is nowhere");
    }

    /// Where the record of a message begins.
    Place record(QueueId id) {
        long number = java.util.Objects.requireNonNull(QueueIds.number(id.text()));
        Octets start = new Octets(9).u8(1).i64(number);
        Place payload = find(JOURNAL, new String(start.array(), 0, 9, StandardCharsets.ISO_8859_1));
        return new Place(payload.file(), payload.offset() - Segment.RECORD_HEADER);
    }

    void flip(Path directory, String text) {
        Place at = find(directory, text);
        disk.flip(at.file(), at.offset() * 8L);
    }
}
