package org.postrider.queue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.disk.Disk;
import org.postrider.threads.Loop;
import org.postrider.threads.Supervisor;
import org.postrider.threads.Work;

/// The spool's one background thread: writes posted marks when no batch comes by, keeps a spare
/// segment, moves old records forward, writes checkpoints.
final class Upkeep implements AutoCloseable {
    private static final long POST_NANOS = 2_000_000L;
    private static final long IDLE_NANOS = 500_000_000L;
    private static final long CHECKPOINT_OCTETS = 64L << 20;
    private static final int COPY_OCTETS = 512 << 10;
    private static final int CHUNK = 5_000;
    private static final Work WORK =
            Work.of("queue-upkeep", "writes marks, moves old records, writes checkpoints")
                    .onPlatform()
                    .longest(Duration.ofMinutes(5));

    private final Spool spool;
    private final Journal journal;
    private final Committer committer;
    private final Disk disk;
    private final Path directory;
    private final Loop loop;
    private volatile boolean closing;
    private volatile boolean asleep;
    private long lastRound;
    private long checkpointedAt;
    private long checkpointSize;
    private long moved;

    /// @param background false where the caller makes each [#step] itself (tests)
    Upkeep(
            Spool spool,
            Journal journal,
            Committer committer,
            Disk disk,
            Path directory,
            Supervisor threads,
            boolean background) {
        this.spool = spool;
        this.journal = journal;
        this.committer = committer;
        this.disk = disk;
        this.directory = directory;
        loop = threads.loop(WORK, this::round);
        committer.onPost(() -> {
            if (asleep) {
                asleep = false;
                loop.wake();
            }
        });
        if (background) {
            loop.start();
        }
    }

    private long round() throws IOException {
        // Under load marks ride with the batches of others and are looked after now and then.
        long since = spool.nanos() - lastRound;
        if (since < POST_NANOS) {
            return POST_NANOS - since;
        }
        lastRound = spool.nanos();
        asleep = false;
        try {
            step();
        } catch (QueueException | IOException e) {
            // The disk does not take marks: try again in a while.
            spool.warn("queue: " + e.getMessage());
            return IDLE_NANOS;
        }
        asleep = true;
        if (committer.hasPosted()) {
            asleep = false;
            return POST_NANOS;
        }
        return IDLE_NANOS;
    }

    /// One round of all it does. What fails keeps nothing else from its turn: a full disk or a
    /// damaged record must not stop the work that makes room.
    void step() throws IOException {
        if (committer.hasPosted()) {
            committer.commit(new Pending());
        }
        spool.tidyBodies();
        if (closing) {
            return;
        }
        List<Throwable> failures = new ArrayList<>();
        attempt(spool.damaged::setAside, failures);
        attempt(this::compact, failures);
        attempt(this::checkpointWhenDue, failures);
        attempt(this::keepSpare, failures);
        for (Throwable e : failures) {
            switch (e) {
                case RuntimeException bug when !(e instanceof QueueException) -> throw bug;
                case Error bug -> throw bug;
                default -> throw new IOException(e.getMessage(), e);
            }
        }
    }

    private interface Part {
        void run() throws IOException;
    }

    private static void attempt(Part part, List<Throwable> failures) {
        try {
            part.run();
        } catch (Throwable e) {
            failures.add(e);
        }
    }

    private void checkpointWhenDue() throws IOException {
        long since = committer.octetsWritten() - checkpointedAt;
        boolean damage = spool.damaged.atStart() && checkpointedAt == 0;
        if (damage || since > Math.max(CHECKPOINT_OCTETS, 2 * checkpointSize)) {
            checkpoint();
        }
    }

    private void keepSpare() throws IOException {
        boolean lacks;
        synchronized (spool.lock()) {
            lacks = journal.lacksSpare();
        }
        if (lacks && committer.healthy()) {
            Segment made = journal.makeSpare();
            synchronized (spool.lock()) {
                journal.addSpare(made);
            }
        }
    }

    /// Moves the oldest segment's live records to the end while the journal is larger than twice
    /// what lives in it and four segments; a segment a call, in bounded steps.
    void compact() throws IOException {
        Segment oldest;
        List<Meta> there = new ArrayList<>();
        synchronized (spool.lock()) {
            long limit = 2 * spool.liveOctets() + 4L * journal.segmentSize();
            oldest = journal.oldest();
            if (oldest == null || journal.isCurrent(oldest)) {
                return;
            }
            // Records without a key are moved to where they have one.
            if (journal.octetsOnDisk() <= limit && !oldest.key.old()) {
                return;
            }
            for (@Nullable Meta m : spool.index().all()) {
                if (m != null && m.segment == oldest && !m.has(Meta.CORRUPT)) {
                    there.add(m);
                }
            }
            if (there.isEmpty() && oldest.live > 0) {
                // Those that are left are being looked at once more.
                return;
            }
        }
        Pending step = new Pending();
        int octets = 0;
        for (Meta m : there) {
            SpoolReader.Loaded loaded = readable(m);
            if (loaded == null) {
                spool.damaged.found(m);
                continue;
            }
            MessageRecord r = loaded.record();
            step.copies.add(new Pending.Copy(m, withReasons(r, loaded.reasons())));
            moved++;
            octets += m.length;
            if (octets > COPY_OCTETS) {
                committer.commit(step);
                step = new Pending();
                octets = 0;
            }
        }
        committer.commit(step);
    }

    /// Records of messages that were put to where they are moved to. For tests.
    long moved() {
        return moved;
    }

    private SpoolReader.@Nullable Loaded readable(Meta m) {
        try {
            return spool.read(m, true);
        } catch (IOException e) {
            spool.warn("queue: " + spool.ids().text(m.id) + ": " + e.getMessage());
            return null;
        }
    }

    private static MessageRecord withReasons(MessageRecord r, List<Mark.Reason> reasons) {
        return new MessageRecord(
                r.id(),
                r.flags(),
                r.dueMillis(),
                r.envelope(),
                r.done(),
                reasons,
                r.facts(),
                r.header(),
                r.bodyLength(),
                r.bodyFile(),
                r.body());
    }

    void checkpoint() throws IOException {
        long[] position;
        long sequence;
        long highest;
        @Nullable Meta[] all;
        synchronized (spool.lock()) {
            position = journal.settled();
            sequence = journal.sequence();
            // References only; what is made or removed meanwhile stands behind the position.
            all = spool.index().all().clone();
        }
        highest = spool.ids().highest();
        long written = committer.octetsWritten();
        Checkpoint.Writer out = new Checkpoint.Writer(disk, directory, position, sequence, highest);
        try {
            long size = 0;
            for (int from = 0; from < all.length; from += CHUNK) {
                Octets entries = new Octets(CHUNK * 80);
                int count = 0;
                synchronized (spool.lock()) {
                    for (int i = from; i < Math.min(all.length, from + CHUNK); i++) {
                        Meta m = all[i];
                        if (m != null && !m.has(Meta.REMOVED)) {
                            Checkpoint.Writer.encode(m, entries);
                            count++;
                        }
                    }
                }
                out.put(entries);
                out.counted(count);
                size += entries.length();
            }
            out.finish();
            checkpointedAt = written;
            checkpointSize = size;
        } catch (IOException e) {
            out.abandon();
            throw e;
        }
    }

    private void setAsideAtClose() {
        try {
            spool.damaged.setAside();
        } catch (IOException e) {
            spool.warn("queue: not set aside: " + e.getMessage());
        }
    }

    /// Ends the thread and writes a last checkpoint.
    @Override
    public void close() {
        closing = true;
        try {
            loop.end(0);
            if (committer.hasPosted()) {
                committer.commit(new Pending());
            }
            setAsideAtClose();
            spool.tidyBodies();
            checkpoint();
        } catch (QueueException | IOException e) {
            spool.warn("queue: no checkpoint at close: " + e.getMessage());
        }
    }
}
