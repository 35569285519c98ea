package org.postrider.qmgr.intake;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// Recipients in memory, of all messages and by transport. Any thread.
public final class RecipientsInMemory {
    /// What one message reads at a time: others have their turn in between.
    private static final int MOST_AT_ONCE = 5000;

    private final AtomicInteger all = new AtomicInteger();

    /// Only of messages that are not wholly in memory.
    private final Map<String, AtomicInteger> ofLarge = new ConcurrentHashMap<>();

    /// Of all messages.
    public int count() {
        return all.get();
    }

    /// A message begins: how many of its recipients it may have in memory, which are counted.
    ///
    /// @param owed how many it has
    public int begins(int owed, RecipientLimits limits) {
        int room = Math.min(limits.most() - all.get(), MOST_AT_ONCE);
        int now = Math.min(owed, Math.max(limits.least(), room));
        all.addAndGet(now);
        return now;
    }

    /// A large message has delivered to some of those that it has in memory: whether it reads more.
    ///
    /// @param has how many it has in memory
    /// @param left how many are not read
    /// @param waitedNanos since it read last
    /// @param passes it passes larger ones
    /// @return how many, which are counted; 0 for none now
    public int more(
            int has,
            int left,
            long waitedNanos,
            boolean passes,
            RecipientLimits limits,
            RecipientLimits.OfTransport transport,
            String name) {
        int most = transport.most() + (passes ? transport.extra() : 0);
        int room = Math.min(limits.most() - all.get(), most - of(name).get());
        int may = Math.min(left, Math.min(MOST_AT_ONCE, Math.max(room, limits.least() - has)));
        boolean enough = may >= Math.min(left, transport.refill());
        if (may <= 0 || !enough && has > 0 && waitedNanos < transport.refillNanos()) {
            return 0;
        }
        all.addAndGet(may);
        return may;
    }

    /// Some are no longer in memory.
    public void ended(int some) {
        all.addAndGet(-some);
    }

    /// Recipients of a large message go by this transport, or have gone.
    ///
    /// @param some negative for those that have gone
    public void large(String transport, int some) {
        of(transport).addAndGet(some);
    }

    private AtomicInteger of(String transport) {
        return ofLarge.computeIfAbsent(transport, _ -> new AtomicInteger());
    }
}
