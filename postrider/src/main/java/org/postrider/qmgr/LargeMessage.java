package org.postrider.qmgr;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.postrider.bounce.BounceService;
import org.postrider.dsn.Status;
import org.postrider.qmgr.intake.RecipientsInMemory;
import org.postrider.queue.Mark;
import org.postrider.queue.QueueException;
import org.postrider.threads.Family;
import org.postrider.time.Clock;

/// A message whose recipients are read a window at a time, and what became of those of the windows
/// before. Guarded by itself.
final class LargeMessage {
    private static final int[] NOBODY = {};

    private final ActiveMessage message;
    private final int[] tried;

    /// No recipient was tried before.
    final boolean fresh;

    private int read;
    private long readNanos;

    /// Somebody reads.
    private boolean reading;

    private boolean over;

    private final Mark.Reasons.Gathering deferred;
    private final Mark.Reasons.Gathering held;
    private final List<Mark.Reason> bounced = new ArrayList<>();
    private final List<Mark.Reason> noticed = new ArrayList<>();
    private final List<BounceService.Fate> traced = new ArrayList<>();
    private final Map<Entry, Long> kept = new IdentityHashMap<>();
    private long bouncedMemory;
    private int reported;

    /// When the first is due that only waits for its turn; 0 where others wait.
    private long turn = Long.MAX_VALUE;

    /// @param read how many are in the first window
    LargeMessage(ActiveMessage message, int[] tried, int read, boolean fresh, long now) {
        this.message = message;
        this.tried = tried;
        this.read = read;
        this.fresh = fresh;
        readNanos = now;
        int all = message.queued.envelope().recipients().size();
        deferred = new Mark.Reasons.Gathering(all);
        held = new Mark.Reasons.Gathering(all);
    }

    /// A delivery under way keeps so many octets of answers.
    synchronized void keeps(Entry e, long octets) {
        kept.merge(e, octets, Long::sum);
    }

    /// A delivery has ended: what became of its recipients is all that stays of it.
    synchronized void ended(Entry e) {
        message.inMemory -= e.recipients.length;
        if (!e.deferred.isEmpty() || !e.held.isEmpty()) {
            Entry.Suspension why = e.suspension;
            turn = Math.min(turn, why == null ? 0 : why.dueMillis());
        }
        long shared = kept.containsKey(e) ? kept.remove(e) : 0;
        for (Mark.Reason r : e.deferred) {
            shared -= deferred.add(r) ? Outcomes.octets(r) : 0;
        }
        for (Mark.Reason r : e.held) {
            shared -= held.add(r) ? Outcomes.octets(r) : 0;
        }
        for (Mark.Reason r : e.noticed) {
            shared -= Outcomes.octets(r);
        }
        for (BounceService.Fate f : e.traced) {
            shared -= Outcomes.octets(f.why());
        }
        if (shared > 0) {
            message.queued.letsGo(shared);
        }
        bounced.addAll(e.bounced);
        bouncedMemory += e.bouncedMemory;
        noticed.addAll(e.noticed);
        traced.addAll(e.traced);
        // Last: whoever is lost on the way here is missed at the end of the pass.
        reported += e.reported;
        e.forgets();
    }

    /// What became of so many whose report was asked for, to be told now; none where they are
    /// fewer.
    synchronized List<BounceService.Fate> report(int many) {
        if (traced.size() < many) {
            return List.of();
        }
        List<BounceService.Fate> now = List.copyOf(traced);
        traced.clear();
        return now;
    }

    /// They could not be told of.
    synchronized void untold(List<BounceService.Fate> all) {
        traced.addAll(0, all);
    }

    /// The recipients that are read next; null for none now. Whoever gets some reads them, and asks
    /// again. Where that cannot be told, all that are not read wait.
    ///
    /// @param again by whoever has read some
    synchronized int @Nullable [] next(More more, long now, boolean again) {
        if (over || (reading && !again)) {
            return null;
        }
        reading = true;
        boolean some = false;
        try {
            int[] part = part(more, now);
            some = part.length > 0;
            reading = some;
            return some ? part : null;
        } finally {
            if (reading != some) {
                fails(NOBODY);
            }
        }
    }

    private int[] part(More more, long now) {
        int left = message.withdrawn ? 0 : tried.length - read;
        int some = left == 0 ? 0 : more.more(message.inMemory, left, now - readNanos);
        if (some == 0) {
            return NOBODY;
        }
        message.inMemory += some;
        int[] out = java.util.Arrays.copyOfRange(tried, read, read + some);
        read += some;
        readNanos = now;
        return out;
    }

    /// Says how many may be read, of one that has so many in memory and so many not read, so long
    /// after the last.
    interface More {
        int more(int has, int left, long waitedNanos);
    }

    /// No more are read than those that are: once true.
    synchronized boolean closes() {
        if (over || reading || (read < tried.length && !message.withdrawn)) {
            return false;
        }
        over = true;
        return true;
    }

    /// These could not be read: they wait, with all that are not read.
    synchronized void fails(int[] part) {
        reading = false;
        for (int r : part) {
            waits(r);
        }
        while (read < tried.length) {
            waits(tried[read++]);
        }
    }

    private void waits(int r) {
        deferred.add(Outcomes.unread(r));
        reported++;
        turn = 0;
    }

    /// What became of all, as if it had been one delivery.
    synchronized Entry sum() {
        Entry e = new Entry(message, "", "", "", tried);
        e.deferred = deferred.all();
        e.held = held.all();
        e.bounced = bounced;
        e.bouncedMemory = bouncedMemory;
        e.noticed = noticed;
        e.traced = traced;
        e.reported = reported;
        if (turn > 0 && turn < Long.MAX_VALUE) {
            e.suspension = new Entry.Suspension(new Status(4, 3, 2), "", false, turn);
        }
        return e;
    }

    /// Reads on as deliveries end. Any thread.
    static final class Reader {
        private final QueueManager manager;
        private final RecipientsInMemory recipients;
        private final Family threads;
        private final Clock clock;

        Reader(QueueManager manager, RecipientsInMemory recipients, Family threads, Clock clock) {
            this.manager = manager;
            this.recipients = recipients;
            this.threads = threads;
            this.clock = clock;
        }

        /// How many of a message's recipients are tried at first: all of them, or the first window.
        int[] first(ActiveMessage m, int[] tried, boolean fresh) {
            int now = recipients.begins(tried.length, m.policies.recipients);
            m.inMemory = now;
            if (now == tried.length) {
                return tried;
            }
            m.large = new LargeMessage(m, tried, now, fresh, clock.nanos());
            return java.util.Arrays.copyOf(tried, now);
        }

        /// Deliveries of a large message are about to begin.
        void begins(ActiveMessage m, List<Entry> entries) {
            // One more stands for those that are not read.
            m.left.addAndGet(entries.size() + (m.left.get() == 0 ? 1 : 0));
            entries.forEach(e -> recipients.large(e.transport, e.recipients.length));
        }

        /// A delivery of it has ended, which still counts: more are read if there is room for them.
        /// What is thrown is said, and nobody waits for ever for those who are not read.
        void ended(LargeMessage large, Entry e) {
            try {
                large.ended(e);
            } catch (Throwable x) {
                manager.panic("outcomes of " + large.message.queued.id(), x);
            }
            recipients.ended(e.recipients.length);
            try {
                recipients.large(e.transport, -e.recipients.length);
                More more = more(large.message, e);
                int[] part = large.next(more, clock.nanos(), false);
                if (part != null) {
                    boolean[] whole = {false};
                    threads.start(
                            () -> {
                                readOn(large, part, more);
                                whole[0] = true;
                            },
                            () -> stopped(large, whole[0]));
                    return;
                }
            } catch (Throwable x) {
                manager.panic("reading recipients of " + large.message.queued.id(), x);
            }
            if (large.closes()) {
                large.message.left.decrementAndGet();
            }
        }

        /// Who read has ended: it may have been the last that the pass waited for.
        ///
        /// @param whole as far as there was room; else those that are not read wait
        private void stopped(LargeMessage large, boolean whole) {
            if (!whole) {
                large.fails(NOBODY);
            }
            if (large.closes() && large.message.left.decrementAndGet() == 0) {
                manager.passOver(large.message);
            }
        }

        private More more(ActiveMessage m, Entry e) {
            Lane.Job job = e.job;
            boolean passes = job != null && job.passing;
            return (has, left, waited) ->
                    recipients.more(
                            has,
                            left,
                            waited,
                            passes,
                            m.policies.recipients,
                            m.policies.recipients(e.transport),
                            e.transport);
        }

        /// Windows of recipients, as long as there is room for more.
        private void readOn(LargeMessage large, int[] first, More more) {
            ActiveMessage m = large.message;
            for (int[] part = first; part != null; part = large.next(more, clock.nanos(), true)) {
                try {
                    manager.dispatch(m, manager.entries(m, part, large.fresh));
                } catch (QueueException e) {
                    manager.warn(m.queued.id() + ": reading recipients: " + e.getMessage());
                    large.fails(part);
                } catch (Throwable e) {
                    manager.panic("reading recipients of " + m.queued.id(), e);
                    large.fails(part);
                }
            }
        }

        int inMemory() {
            return recipients.count();
        }

        /// It is under delivery no more.
        void over(ActiveMessage m) {
            recipients.ended(m.inMemory);
        }
    }
}
