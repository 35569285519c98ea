package org.postrider.qmgr;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.postrider.queue.Dsn;
import org.postrider.queue.Mark;
import org.postrider.queue.QueuedMessage;

/// A message in one delivery pass. Settled before its first delivery but for what counts the pass
/// down; what its entries gathered is read by the thread that takes `left` to zero.
final class ActiveMessage {
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

    /// Nothing of it is delivered: what would become of it is told.
    boolean verifies() {
        return queued.envelope().verifies();
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
