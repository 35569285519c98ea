package org.postrider.queue.spool;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.postrider.queue.Mark;
import org.postrider.queue.QueueException;
import org.postrider.queue.files.Bodies;
import org.postrider.queue.files.Journal;
import org.postrider.queue.files.Segment;
import org.postrider.threads.Loop;
import org.postrider.threads.Supervisor;
import org.postrider.threads.Work;

/// The spool's one background thread: writes posted marks when no batch comes by, looks after what
/// is damaged, moves old records forward ([Compaction]), writes checkpoints ([Checkpoints]), keeps
/// a spare segment.
final class Upkeep implements AutoCloseable {
    private static final long POST_NANOS = 2_000_000L;
    private static final long IDLE_NANOS = 500_000_000L;
    private static final Work WORK =
            Work.of("queue-upkeep", "writes marks, moves old records, writes checkpoints")
                    .onPlatform()
                    .longest(Duration.ofMinutes(5));

    /// What it does besides writing marks.
    record Chores(
            Committer committer,
            Damaged damaged,
            Bodies bodies,
            Compaction compaction,
            Checkpoints checkpoints,
            Journal journal) {}

    private final Chores chores;
    private final Committer committer;
    private final Views views;
    private final Consumer<Mark> committing;
    private final Ground ground;
    private final Loop loop;
    private volatile boolean closing;
    private volatile boolean asleep;
    private long lastRound;

    /// @param committing takes the marks of what is set aside
    Upkeep(
            Chores chores,
            Views views,
            Consumer<Mark> committing,
            Ground ground,
            Supervisor threads) {
        this.chores = chores;
        this.committer = chores.committer();
        this.views = views;
        this.committing = committing;
        this.ground = ground;
        loop = threads.loop(WORK, this::round);
        committer.onPost(() -> {
            if (asleep) {
                asleep = false;
                loop.wake();
            }
        });
    }

    /// Without it the caller makes each [#step] itself (tests).
    void start() {
        loop.start();
    }

    private long round() throws IOException {
        // Under load marks ride with the batches of others and are looked after now and then.
        long since = ground.clock().nanos() - lastRound;
        if (since < POST_NANOS) {
            return POST_NANOS - since;
        }
        lastRound = ground.clock().nanos();
        asleep = false;
        try {
            step();
        } catch (QueueException | IOException e) {
            // The disk does not take marks: try again in a while.
            ground.warn(String.valueOf(e.getMessage()));
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
        if (committer.behind()) {
            return;
        }
        tidy();
        if (closing) {
            return;
        }
        List<Throwable> failures = new ArrayList<>();
        attempt(this::setAside, failures);
        attempt(this::compact, failures);
        attempt(chores.checkpoints()::writeWhenDue, failures);
        attempt(this::keepSpare, failures);
        for (Throwable e : failures) {
            switch (e) {
                case RuntimeException bug when !(e instanceof QueueException) -> throw bug;
                case Error bug -> throw bug;
                default -> throw new IOException(e.getMessage(), e);
            }
        }
    }

    private void tidy() {
        chores.bodies().tidy(() -> !committer.behind(), ground.warnings());
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

    private void setAside() throws IOException {
        chores.damaged().setAside(views, committing);
    }

    void compact() throws IOException {
        chores.compaction().step();
    }

    void checkpoint() throws IOException {
        chores.checkpoints().write();
    }

    /// Records of messages that were put to where they are moved to. For tests.
    long moved() {
        return chores.compaction().moved();
    }

    private void keepSpare() throws IOException {
        Journal journal = chores.journal();
        Object lock = views.live().lock;
        boolean lacks;
        synchronized (lock) {
            lacks = journal.lacksSpare();
        }
        if (lacks && committer.healthy()) {
            Segment made = journal.makeSpare();
            synchronized (lock) {
                journal.addSpare(made);
            }
        }
    }

    private void setAsideAtClose() {
        try {
            setAside();
        } catch (IOException e) {
            ground.warn("not set aside: " + e.getMessage());
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
            if (committer.behind()) {
                return;
            }
            setAsideAtClose();
            tidy();
            checkpoint();
        } catch (QueueException | IOException e) {
            ground.warn("no checkpoint at close: " + e.getMessage());
        }
    }
}
