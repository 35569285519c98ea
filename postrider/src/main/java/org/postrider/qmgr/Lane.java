package org.postrider.qmgr;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.postrider.qmgr.rate.Budget;

/// One transport: its destinations, those ready for a delivery in a ring, and the account of
/// passes. For the scheduler only.
final class Lane {
    /// The entries of one message on one transport.
    static final class Job {
        final List<Entry> entries;

        /// Not yet given to a delivery.
        int left;

        /// It went in front of others.
        boolean passing;

        Job(List<Entry> entries) {
            this.entries = entries;
            this.left = entries.size();
        }
    }

    final String name;
    Limits limits;
    final Map<String, Destination> destinations = new HashMap<>();

    /// Destinations that may have something to start, each once; served in turn.
    final ArrayDeque<Destination> ring = new ArrayDeque<>();

    /// Those with entries that pass in front.
    final ArrayDeque<Destination> passingRing = new ArrayDeque<>();

    /// By name: those that limit a destination, and those that must not be forgotten yet.
    final Map<String, Budget<Destination>> budgets = new HashMap<>();

    int busy;

    /// Deliveries that went with others, beside the window of their destination.
    final Map<Destination, Integer> along = new HashMap<>();

    /// When more may be said of destinations whose mail fills the active queue.
    final Map<Destination, Long> clogs = new HashMap<>();

    long notBefore = Long.MIN_VALUE;

    /// Large jobs with entries left: only in front of those is anything to pass.
    int largeJobs;

    /// Deliveries of large jobs that no small one has used yet, in parts of a slot.
    double earned;

    /// Small jobs that wait for enough slots, in order of arrival.
    final ArrayDeque<Job> candidates = new ArrayDeque<>();

    Lane(String name, Limits limits) {
        this.name = name;
        this.limits = limits;
    }

    boolean mayStart(long now) {
        return (limits.processLimit() == 0 || busy < limits.processLimit())
                && (notBefore == Long.MIN_VALUE || notBefore - now <= 0);
    }

    /// Whether others than those whose turn it is may start: half of it is free, and none of its
    /// deliveries has to wait for another's end.
    boolean roomy(long now) {
        return mayStart(now)
                && (limits.processLimit() == 0 || busy < limits.processLimit() / 2)
                && limits.destinationDelayNanos() == 0
                && limits.transportDelayNanos() == 0
                && limits.concurrency() != 1;
    }

    /// As large as that small ones may pass it.
    boolean large(int entries) {
        return limits.slotCost() > 0
                && entries >= Math.max(2, limits.minimumSlots()) * limits.slotCost();
    }

    /// What a small job of so many entries must have before it passes.
    boolean canPass(int entries) {
        double needed = entries * (100 - limits.slotDiscount()) / 100.0;
        return earned + limits.slotLoan() >= needed;
    }
}
