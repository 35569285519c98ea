package org.postrider.qmgr;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.postrider.delivery.Probe;
import org.postrider.queue.Dsn;
import org.postrider.queue.Mark;
import org.postrider.queue.QueuedMessage;
import org.postrider.queue.Recipient;

/// A message in one delivery pass. Settled before its first delivery but for what counts the pass
/// down; what its entries gathered is read by the thread that takes `left` to zero.
final class ActiveMessage {
    /// More reasons than these are put together.
    private static final int FEW = 1000;

    /// As it is delivered: a REDIRECT's with the address it goes to. Settled before its first
    /// delivery begins.
    QueuedMessage queued;

    final Policies policies;

    /// From arrival until it became active (a of delays=).
    final long waitedNanos;

    final long activeNanos;

    /// Recipients that this pass is about. Set before its first delivery begins.
    int owed;

    /// Deliveries not yet ended.
    final AtomicInteger left = new AtomicInteger();

    List<Entry> entries = List.of();

    /// Of a message whose recipients are not all in memory; null for others. Set before its first
    /// delivery begins.
    @Nullable LargeMessage large;

    /// Recipients that count as in memory; for [#large], under its lock.
    int inMemory;

    /// Whether no pass was over it before this one; null until that is asked, in the pass.
    private volatile @Nullable Boolean first;

    /// Failed recipients of ended deliveries that no notice has told of yet; guarded by itself.
    final List<Mark.Reason> failed = new ArrayList<>();

    /// Octets that the message keeps for them; guarded with them.
    long failedMemory;

    /// There was no memory to keep an answer: those that failed so far are told of now.
    volatile boolean pressed;

    /// Deleted or held meanwhile: start nothing more of it.
    volatile boolean withdrawn;

    /// It was asked for when all of it was marked and the pass was not over: due again once it is.
    volatile boolean askedMeanwhile;

    /// Who is still to get it.
    ///
    /// @param fresh nobody has it
    static int[] owed(QueuedMessage q, boolean fresh) {
        int n = q.envelope().recipients().size();
        int[] out = new int[n];
        int k = 0;
        for (int i = 0; i < n; i++) {
            if (fresh || !q.done(i)) {
                out[k++] = i;
            }
        }
        return k == n ? out : java.util.Arrays.copyOf(out, k);
    }

    /// How many of them the mail is delivered to: without aliases that stand beside their members
    /// (those of very many are counted with them).
    static int members(QueuedMessage q, int[] owed) {
        List<Recipient> all = q.envelope().recipients();
        int out = owed.length;
        if (!(all instanceof Recipient.Many)) {
            for (int r : owed) {
                out -= all.get(r).expanded() ? 1 : 0;
            }
        }
        return out;
    }

    /// Why they do not have it yet, as far as that is known.
    static List<Mark.Reason> known(QueuedMessage q) {
        return reasons(q, owed(q, false), _ -> null);
    }

    /// Why recipients wait.
    ///
    /// @param unknown of those of whom that is not known; null leaves them out
    static List<Mark.Reason> reasons(
            QueuedMessage q, int[] of, IntFunction<Mark.@Nullable Reason> unknown) {
        List<Mark.@Nullable Reason> all =
                new AbstractList<>() {
                    @Override
                    public Mark.@Nullable Reason get(int index) {
                        Mark.Reason known = q.reason(of[index]);
                        return known != null ? known : unknown.apply(of[index]);
                    }

                    @Override
                    public int size() {
                        return of.length;
                    }
                };
        return compact(q, all);
    }

    /// Reasons of few recipients, or of very many in little memory. Those that are null are left
    /// out.
    static List<Mark.Reason> compact(QueuedMessage q, List<? extends Mark.@Nullable Reason> all) {
        if (all instanceof Mark.Reasons) {
            return (Mark.Reasons) all;
        }
        if (all.size() <= FEW) {
            List<Mark.Reason> out = new ArrayList<>(all.size());
            for (Mark.Reason r : all) {
                if (r != null) {
                    out.add(r);
                }
            }
            return out;
        }
        var out = new Mark.Reasons.Gathering(q.envelope().recipients().size());
        for (Mark.Reason r : all) {
            if (r != null) {
                out.add(r);
            }
        }
        return out.all();
    }

    /// When it is due again if all that waits of it waits for rates of destinations; 0 for anything
    /// else.
    long turnMillis() {
        long first = 0;
        for (Entry e : entries) {
            Entry.Suspension why = e.suspension;
            if (e.deferred.isEmpty() && e.held.isEmpty()) {
                continue;
            }
            if (why == null || why.dueMillis() == 0) {
                return 0;
            }
            first = first == 0 ? why.dueMillis() : Math.min(first, why.dueMillis());
        }
        return first;
    }

    /// Nothing of it is delivered: what would become of it is told.
    boolean verifies() {
        return queued.envelope().verifies();
    }

    /// What it is if it is in no queue; null for mail.
    @Nullable Probe probe() {
        return queued instanceof Probe probe ? probe : null;
    }

    /// The pass over it has ended, one way or another.
    void forgotten() {
        Probe probe = probe();
        if (probe != null) {
            probe.answers().ended();
        }
    }

    /// What becomes of its recipients is told: in the first pass over it.
    boolean reports() {
        if (queued.envelope().dsn().report() != Dsn.Report.DELIVERY) {
            return false;
        }
        Boolean known = first;
        if (known == null) {
            known = true;
            for (int i = 0; i < queued.envelope().recipients().size() && known; i++) {
                known = queued.reason(i) == null;
            }
            first = known;
        }
        return known;
    }

    /// The sender was told in an earlier pass that it waits, and is told of each recipient who gets
    /// it (confirm_delay_cleared), as of success that NOTIFY= asked for.
    boolean clearsDelay() {
        return policies.confirmsDelayCleared && queued.delayWarned();
    }

    ActiveMessage(QueuedMessage queued, Policies policies, long waitedNanos, long activeNanos) {
        this.queued = queued;
        this.policies = policies;
        this.waitedNanos = waitedNanos;
        this.activeNanos = activeNanos;
    }

    /// The only recipient of the pass, and the pass is about all: one mark settles the message.
    boolean single() {
        return owed == 1;
    }
}
