package org.postrider.qmgr;

import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.qmgr.rate.Budget;

/// One next hop of one transport: its window and what waits for it. For the scheduler only.
final class Destination {
    static final long ALIVE = Long.MIN_VALUE;

    /// Deliveries this close follow each other.
    static final long BACK_TO_BACK_NANOS = 1_000_000_000L;

    final Lane lane;
    final String key;

    /// In order of arrival; entries whose job passes stand in `passing` instead.
    final ArrayDeque<Entry> waiting = new ArrayDeque<>();

    final ArrayDeque<Entry> passing = new ArrayDeque<>();

    /// Deliveries under way.
    int busy;

    int window;

    /// Parts of a step up or down that have gathered.
    double success;

    double failure;
    double failedCohorts;

    /// When a dead destination is tried again; [#ALIVE].
    long deadUntil = ALIVE;

    /// Flushes of some messages that there had been when it died: mail of a later one revives it.
    long asksAtDeath;

    Entry.@Nullable Suspension reason;

    /// Rate delay: none may start before.
    long notBefore = Long.MIN_VALUE;

    /// When a delivery ended last; [#ALIVE] for never.
    long lastDone = ALIVE;

    /// A timer will look whether it can be forgotten.
    boolean lingers;

    /// What limits its rate; none for most.
    List<Budget<Destination>> budgets = List.of();

    /// It stands in a budget's line.
    boolean blocked;

    /// Nothing starts until it is known which group it is in.
    boolean grouping;

    boolean inRing;
    boolean inPassingRing;

    Destination(Lane lane, String key) {
        this.lane = lane;
        this.key = key;
        this.window = lane.limits.firstWindow();
    }

    boolean dead() {
        return deadUntil != ALIVE;
    }

    /// Its window, and less where it asked for less mail.
    private int widest() {
        int most = window;
        for (Budget<Destination> b : budgets) {
            most = Math.min(most, b.widest());
        }
        return most;
    }

    boolean mayStart(long now) {
        return !dead()
                && !grouping
                && busy < widest()
                && (notBefore == Long.MIN_VALUE || notBefore - now <= 0);
    }

    /// Deliveries that wait or are under way.
    int entries() {
        return busy + lane.along.getOrDefault(this, 0) + waiting.size() + passing.size();
    }

    boolean idle(long now) {
        return busy == 0
                && !lane.along.containsKey(this)
                && waiting.isEmpty()
                && passing.isEmpty()
                && !dead()
                && (notBefore == Long.MIN_VALUE || notBefore - now <= 0);
    }

    /// A delivery that begins now is not the only one for it of this moment.
    boolean busyTimes(long now) {
        return busy > 1
                || !waiting.isEmpty()
                || !passing.isEmpty()
                || (lastDone != ALIVE && now - lastDone <= BACK_TO_BACK_NANOS);
    }

    /// A delivery got through to the destination.
    void widen(Limits limits) {
        failedCohorts = 0;
        boolean room = limits.concurrency() == 0 || limits.concurrency() > window;
        // Only a window that is in use says anything about a wider one.
        if (!room || window >= busy + 1 + limits.initialConcurrency()) {
            return;
        }
        double step = limits.positive().at(window);
        success += step;
        while (success + step / 2 >= 1) {
            window++;
            success -= 1;
            failure = 0;
        }
        if (limits.concurrency() > 0 && window > limits.concurrency()) {
            window = limits.concurrency();
        }
    }

    /// A delivery found the destination unreachable. True: it is dead now.
    boolean narrow(Limits limits) {
        failedCohorts += 1.0 / window;
        if (limits.failedCohorts() > 0 && failedCohorts >= limits.failedCohorts() - 1e-9) {
            return true;
        }
        double step = limits.negative().at(window);
        failure -= step;
        while (failure - step / 2 < 0) {
            window--;
            success = 0;
            failure += 1;
        }
        window = Math.max(1, window);
        return false;
    }

    /// What failed counts only while something waits for it, as in qmgr(8), which forgets an empty
    /// destination. A window that success has widened stays for what follows at once.
    void forgetFailures(Limits limits) {
        window = Math.max(window, limits.firstWindow());
        failure = 0;
        failedCohorts = 0;
    }

    void revive(Limits limits) {
        deadUntil = ALIVE;
        reason = null;
        window = limits.firstWindow();
        success = 0;
        failure = 0;
        failedCohorts = 0;
    }
}
