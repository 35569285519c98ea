package org.postrider.queue.spool;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.postrider.queue.Mark;
import org.postrider.queue.QueueException;
import org.postrider.queue.files.Bodies;
import org.postrider.queue.files.Journal;
import org.postrider.queue.files.Segment;
import org.postrider.queue.record.Octets;
import org.postrider.threads.Guard;

/// Group commit. The first who waits leads: it takes all that is ready, writes and forces it once,
/// answers everyone, and hands the lead to the first who came meanwhile. A lone caller commits in
/// its own thread without a wake-up. There is no timed gathering.
final class Committer {
    /// Octets that one batch may gather, so that a leader's caller is not held up.
    private static final long BATCH_OCTETS = 1 << 20;

    private final LiveMessages live;
    private final Views views;
    private final Journal journal;
    private final Bodies bodies;
    private final Ground ground;
    private final Guard settling;
    private final Object gate = new Object();
    private final Deque<Pending> waiting = new ArrayDeque<>();
    private List<Pending.Marked> posted = new ArrayList<>();
    private boolean led;
    private boolean closed;
    private volatile boolean healthy = true;

    /// A batch is durable and memory knows but a part of it: the journal is right, and read anew.
    private volatile boolean behind;

    private volatile Runnable onPost = () -> {};
    private long octetsWritten;

    /// @param settling ends the server where memory is behind the journal
    Committer(Views views, Journal journal, Bodies bodies, Ground ground, Guard settling) {
        this.settling = settling;
        this.live = views.live();
        this.views = views;
        this.journal = journal;
        this.bodies = bodies;
        this.ground = ground;
    }

    void onPost(Runnable told) {
        onPost = told;
    }

    /// False after a batch failed, until one succeeds.
    boolean healthy() {
        return healthy;
    }

    /// True when memory is behind the journal: what became of recipients is still written, but
    /// nothing new is taken and nothing deleted until the server is started again.
    boolean behind() {
        return behind;
    }

    /// Octets written to the journal so far. For the thread that decides about checkpoints.
    long octetsWritten() {
        synchronized (gate) {
            return octetsWritten;
        }
    }

    /// Rides along with the next batch.
    void post(Pending.Marked mark) {
        boolean first;
        synchronized (gate) {
            first = posted.isEmpty();
            posted.add(mark);
        }
        if (first) {
            onPost.run();
        }
    }

    boolean hasPosted() {
        synchronized (gate) {
            return !posted.isEmpty();
        }
    }

    /// Returns when it is durable; throws where it is not and never will be.
    void commit(Pending p) {
        boolean lead;
        synchronized (gate) {
            if (closed) {
                throw new QueueException(
                        QueueException.Kind.CLOSED, "queue: closed", new IOException("closed"));
            }
            waiting.add(p);
            lead = !led;
            led = true;
        }
        if (!lead) {
            boolean interrupted = false;
            while (!p.finished && !p.leads) {
                LockSupport.park(this);
                interrupted |= Thread.interrupted();
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        if (!p.finished) {
            leadBatch();
        }
        QueueException failure = p.failure;
        if (failure != null) {
            throw new QueueException(failure.kind(), String.valueOf(failure.getMessage()), failure);
        }
        if (!p.durable) {
            // Its leader had not even the memory to say why.
            throw new QueueException(
                    QueueException.Kind.FAULT,
                    "queue: not written",
                    new IOException("not written"));
        }
    }

    private void leadBatch() {
        List<Pending> batch = new ArrayList<>();
        List<Pending.Marked> marks;
        synchronized (gate) {
            long octets = 0;
            while (!waiting.isEmpty() && (batch.isEmpty() || octets < BATCH_OCTETS)) {
                Pending p = waiting.poll();
                octets += p.octets();
                batch.add(p);
            }
            marks = posted;
            posted = new ArrayList<>();
        }
        boolean written = false;
        try {
            write(behind ? marksOnly(batch) : batch, marks);
            written = true;
            healthy = !behind;
        } catch (IOException e) {
            healthy = false;
            fail(batch, marks, QueueException.of(e));
        } catch (RuntimeException | Error e) {
            healthy = false;
            fail(batch, marks, new QueueException(QueueException.Kind.FAULT, "queue: " + e, e));
            ground.warnings().accept("panic: queue: " + e);
        } finally {
            handOver(batch, written);
        }
    }

    /// The batch is done with, however it ended: the first who came meanwhile leads.
    private void handOver(List<Pending> batch, boolean written) {
        Pending next;
        synchronized (gate) {
            next = waiting.peek();
            if (next == null) {
                led = false;
            }
        }
        if (next != null) {
            next.leads = true;
            LockSupport.unpark(next.thread);
        }
        for (Pending p : batch) {
            p.durable = written;
            p.finished = true;
            if (p.thread != Thread.currentThread()) {
                LockSupport.unpark(p.thread);
            }
        }
    }

    private void fail(List<Pending> batch, List<Pending.Marked> marks, QueueException why) {
        for (Pending p : batch) {
            p.failure = why;
        }
        synchronized (gate) {
            // Posted marks already count in memory: they go with the next batch.
            marks.addAll(posted);
            posted = marks;
        }
    }

    /// What is left of a batch when memory is behind the journal: mail that came with it is
    /// refused, which is no reason to forget what became of other mail's recipients.
    private static List<Pending> marksOnly(List<Pending> batch) {
        List<Pending> out = new ArrayList<>();
        for (Pending p : batch) {
            if (p.messages.isEmpty() && p.copies.isEmpty()) {
                out.add(p);
            } else {
                p.failure =
                        QueueException.of(
                                new IOException(
                                        "takes marks only until the mail system is started again"));
            }
        }
        return out;
    }

    private void write(List<Pending> batch, List<Pending.Marked> posts) throws IOException {
        List<Pending.Copy> copies = new ArrayList<>();
        boolean messages = false;
        long octets = 0;
        for (Pending p : batch) {
            for (Pending.Copy c : p.copies) {
                if (live.stillAt(c)) {
                    copies.add(c);
                }
            }
            octets += p.octets();
            messages |= !p.messages.isEmpty();
        }
        for (Pending.Marked m : posts) {
            octets += Journal.octets(m.octets().length());
        }
        List<Octets> heads = copies.isEmpty() ? List.of() : live.copyHeads(copies);
        for (int i = 0; i < heads.size(); i++) {
            octets += Journal.octets(heads.get(i).length() + bodyLength(copies.get(i)));
        }
        if (octets == 0) {
            return;
        }
        synchronized (live.lock) {
            journal.begin(octets, !messages);
        }
        commitRecords(batch, posts, copies, heads);
        synchronized (gate) {
            octetsWritten += octets;
        }
    }

    private static int bodyLength(Pending.Copy c) {
        byte[] body = c.record().content().body();
        return body == null ? 0 : body.length;
    }

    /// Moved records come first: their state does not know of marks in the same batch, which must
    /// therefore follow them.
    private void commitRecords(
            List<Pending> batch,
            List<Pending.Marked> posts,
            List<Pending.Copy> copies,
            List<Octets> heads)
            throws IOException {
        int[] copiedTo = new int[copies.size()];
        for (int i = 0; i < copiedTo.length; i++) {
            Octets h = heads.get(i);
            copiedTo[i] =
                    journal.add(
                            Journal.MESSAGE,
                            h.array(),
                            h.length(),
                            copies.get(i).record().content().body());
        }
        int[] postedTo = new int[posts.size()];
        for (int i = 0; i < postedTo.length; i++) {
            Octets o = posts.get(i).octets();
            postedTo[i] = journal.add(Journal.MARK, o.array(), o.length(), null);
        }
        int count = 0;
        for (Pending p : batch) {
            count += p.messages.size() + p.marks.size();
        }
        int[] madeAt = new int[count];
        int k = 0;
        for (Pending p : batch) {
            for (Pending.Message m : p.messages) {
                madeAt[k++] =
                        journal.add(Journal.MESSAGE, m.head().array(), m.head().length(), m.body());
            }
            for (Pending.Marked m : p.marks) {
                madeAt[k++] =
                        journal.add(Journal.MARK, m.octets().array(), m.octets().length(), null);
            }
        }
        journal.commit();
        if (behind) {
            // For the next start to read.
            return;
        }
        // From here on it is durable, and its callers are told so whatever is thrown.
        behind = true;
        settling.run(() -> {
            settle(batch, posts, copies, heads, copiedTo, postedTo, madeAt);
            behind = false;
        });
    }

    private void settle(
            List<Pending> batch,
            List<Pending.Marked> posts,
            List<Pending.Copy> copies,
            List<Octets> heads,
            int[] copiedTo,
            int[] postedTo,
            int[] madeAt) {
        Segment segment = journal.writing();
        List<String> released = new ArrayList<>();
        for (int i = 0; i < copiedTo.length; i++) {
            int length = heads.get(i).length() + bodyLength(copies.get(i));
            live.moved(copies.get(i).meta(), segment, copiedTo[i], length);
        }
        for (int i = 0; i < postedTo.length; i++) {
            Pending.Marked m = posts.get(i);
            live.durable(m, true, segment, postedTo[i]);
            if (m.bodyFile() != null) {
                released.add(m.bodyFile());
            }
        }
        int k = 0;
        for (Pending p : batch) {
            for (Pending.Message m : p.messages) {
                p.arrived.add(live.arrived(m, segment, madeAt[k++], views));
            }
            for (Pending.Marked m : p.marks) {
                if (m.mark() instanceof Mark.Removed) {
                    String body = live.bodyFile(m.number());
                    if (body != null) {
                        released.add(body);
                    }
                }
                live.durable(m, false, segment, madeAt[k++]);
            }
        }
        released.forEach(bodies::release);
        releaseSegments();
    }

    private void releaseSegments() {
        synchronized (live.lock) {
            journal.settle();
            try {
                journal.release();
            } catch (IOException e) {
                ground.warn(String.valueOf(e.getMessage()));
            }
        }
    }

    /// Writes what is posted and lets nobody in after.
    void close() {
        try {
            commit(new Pending());
        } catch (QueueException e) {
            ground.warn("marks not written at close: " + e.getMessage());
        }
        synchronized (gate) {
            closed = true;
        }
    }
}
