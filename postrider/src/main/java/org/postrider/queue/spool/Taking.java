package org.postrider.queue.spool;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.postrider.memory.Budget;
import org.postrider.queue.QueuedMessage;
import org.postrider.queue.index.Index;
import org.postrider.queue.index.Meta;

/// Makes active what is due and what there is memory for: large messages wait for room in a line of
/// their own, which small ones pass. Any thread.
final class Taking {
    private static final long NOT_READ_MILLIS = 60_000L;
    private static final long TOO_LARGE_MILLIS = 600_000L;

    private final Views views;
    private final LiveMessages live;
    private final Budget memory;
    private final Ground ground;

    Taking(Views views, Ground ground) {
        this.views = views;
        this.live = views.live();
        this.memory = views.memory.active;
        this.ground = ground;
    }

    List<QueuedMessage> due(long nowMillis, int max) {
        Map<Meta, Budget.Share> taken = taken(nowMillis, max);
        List<QueuedMessage> out = new ArrayList<>(taken.size());
        try {
            views.inPool(() -> taken.forEach((m, share) -> read(m, share, out)));
        } catch (RuntimeException | Error e) {
            taken.forEach(this::notTaken);
            throw e;
        }
        out.forEach(view -> taken.remove(((SpoolMessage) view).meta));
        // Those that are damaged or gone.
        taken.values().forEach(Budget.Share::close);
        return out;
    }

    /// What cannot be read because of a bug must not keep others waiting.
    private void read(Meta m, Budget.Share share, List<QueuedMessage> out) {
        try {
            SpoolMessage view = views.load(m, share);
            if (view != null) {
                out.add(view);
            }
        } catch (RuntimeException | Error e) {
            ground.warnings().accept("panic: queue: reading " + views.id(m) + ": " + e);
            notTaken(m, share);
        }
    }

    private Map<Meta, Budget.Share> taken(long nowMillis, int max) {
        Map<Meta, Budget.Share> taken = new LinkedHashMap<>();
        List<Meta> tooLarge = new ArrayList<>();
        Index index = live.index;
        synchronized (live.lock) {
            boolean small = true;
            boolean large = true;
            while (taken.size() < max && (small || large)) {
                Meta m = index.nextDue(small, large);
                if (m == null || m.dueMillis > nowMillis) {
                    break;
                }
                Budget.Share share = memory.share();
                if (m.envelopeMemory() > memory.most()) {
                    tooLarge.add(m);
                    m.dueMillis = nowMillis + TOO_LARGE_MILLIS;
                    index.schedule(m);
                    continue;
                }
                if (!share.take(m.envelopeMemory())) {
                    small &= m.large();
                    large &= !m.large();
                    continue;
                }
                index.unschedule(m);
                m.set(Meta.ACTIVE, true);
                taken.put(m, share);
            }
        }
        tooLarge.forEach(this::waits);
        return taken;
    }

    /// The heap is smaller than the one it was accepted with. It must not stand before others that
    /// there is room for.
    private void waits(Meta m) {
        ground.warn(
                views.id(m)
                        + ": waits, it needs "
                        + m.envelopeMemory()
                        + " octets of memory, and "
                        + memory.most()
                        + " are for "
                        + memory.name()
                        + " (postrider_heap_size, postrider_active_memory_percent)");
    }

    /// Nobody got it: it waits again.
    private void notTaken(Meta m, Budget.Share share) {
        share.close();
        synchronized (live.lock) {
            if (live.index.find(m.id) == m && m.has(Meta.ACTIVE)) {
                live.waitsLocked(m, ground.clock().wallMillis() + NOT_READ_MILLIS);
            }
        }
    }
}
