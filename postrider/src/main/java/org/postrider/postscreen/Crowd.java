package org.postrider.postscreen;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/// Who is here now: how many clients are tested and wait for an SMTP server, how many connections
/// each has, and whether that is so many that all must be brief. Any thread.
final class Crowd {
    private final int low;
    private final int high;
    private final Consumer<String> info;
    private final Map<String, Visitor> visitors = new HashMap<>();
    private int all;
    private int posted;
    private boolean stress;

    /// One client, by address, as long as it has connections.
    static final class Visitor {
        private int connections;
        private int passedNew;

        /// When its tests expire, for all its connections.
        private final long[] stamps = new long[Check.COUNT];

        synchronized long[] stamps() {
            return stamps.clone();
        }

        synchronized void stamp(Check check, long seconds) {
            stamps[check.place] = seconds;
        }

        synchronized long stamp(Check check) {
            return stamps[check.place];
        }

        synchronized void stamps(long[] from) {
            System.arraycopy(from, 0, stamps, 0, stamps.length);
        }

        /// True for the first of its connections that has passed all.
        synchronized boolean firstToPass() {
            return passedNew++ == 0;
        }
    }

    /// A connection's place in the crowd.
    record Place(Visitor visitor, int connections) {}

    /// @param limit postscreen_pre_queue_limit
    Crowd(int limit, Consumer<String> info) {
        low = (int) (.7 * limit);
        high = (int) (.9 * limit);
        this.info = info;
    }

    synchronized Place enter(String address) {
        Visitor visitor = visitors.computeIfAbsent(address, _ -> new Visitor());
        visitor.connections++;
        all++;
        if (!stress && all >= high) {
            stress = true;
            info.accept("entering STRESS mode with " + all + " connections");
        }
        return new Place(visitor, visitor.connections);
    }

    synchronized void leave(String address) {
        Visitor visitor = visitors.get(address);
        if (visitor != null && --visitor.connections == 0) {
            visitors.remove(address);
        }
        all--;
        if (stress && all <= low) {
            stress = false;
            info.accept("leaving STRESS mode with " + all + " connections");
        }
    }

    /// A client begins, or ends, to wait for an SMTP server.
    synchronized void posted(int more) {
        posted += more;
    }

    synchronized int posted() {
        return posted;
    }

    /// How many are tested now.
    synchronized int tested() {
        return all - posted;
    }

    synchronized boolean stressed() {
        return stress;
    }
}
