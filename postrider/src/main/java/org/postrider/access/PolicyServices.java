package org.postrider.access;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.postrider.access.policy.PolicyConnection;
import org.postrider.access.policy.PolicyService;
import org.postrider.io.Connector;
import org.postrider.threads.Each;
import org.postrider.threads.Loop;
import org.postrider.threads.Supervisor;
import org.postrider.threads.Work;
import org.postrider.time.Clock;

/// Connections to policy servers, kept for the next session of any listener. Belongs to a
/// generation: closed with it, it keeps none, and those in use end when they are given back. Any
/// thread.
public final class PolicyServices implements AutoCloseable {
    private static final long LOOK_NANOS = 1_000_000_000L;

    private static final long LAST_STEP_MILLIS = 100;

    private final Connector connector;
    private final Clock clock;
    private final Loop reaper;
    private final Map<PolicyService, Deque<PolicyConnection>> idle = new HashMap<>();
    private boolean begun;
    private boolean closed;

    public PolicyServices(Connector connector, Supervisor threads, Clock clock) {
        this.connector = connector;
        this.clock = clock;
        reaper =
                threads.loop(
                        Work.of(
                                "policy-services",
                                "ends kept connections to policy servers that nobody"
                                        + " took up again"),
                        this::reap);
    }

    /// One that the mail kept, or one that waits, or a new one.
    ///
    /// @throws IOException where the server cannot be reached
    public PolicyConnection take(PolicyService service, @Nullable PolicyLease lease)
            throws IOException {
        PolicyConnection one = lease == null ? null : lease.take(service);
        if (one == null) {
            one = waiting(service);
        }
        while (one != null) {
            if (one.usable(clock.nanos())) {
                return one;
            }
            one.close();
            one = waiting(service);
        }
        long timeout = service.timeoutMillis();
        return new PolicyConnection(
                service, this, service.address().connect(connector, timeout), clock.nanos());
    }

    private @Nullable PolicyConnection waiting(PolicyService service) {
        synchronized (idle) {
            Deque<PolicyConnection> there = idle.get(service);
            // The youngest: old ones get to their idle limit.
            return there == null ? null : there.pollLast();
        }
    }

    /// The request is answered: the mail keeps the connection, or it waits for the next one.
    public void answered(PolicyConnection one, @Nullable PolicyLease lease) {
        if (lease == null) {
            give(one);
        } else {
            lease.keep(one);
        }
    }

    /// Waits for the next request, or ends where it has served enough.
    public void give(PolicyConnection one) {
        if (!one.young(clock.nanos()) || !keep(one)) {
            one.close();
        }
    }

    private boolean keep(PolicyConnection one) {
        one.idle(clock.nanos());
        synchronized (idle) {
            if (closed) {
                return false;
            }
            idle.computeIfAbsent(one.service(), _ -> new ArrayDeque<>()).addLast(one);
            if (begun) {
                reaper.wake();
            } else {
                begun = true;
                reaper.start();
            }
        }
        return true;
    }

    private long reap() {
        List<PolicyConnection> old = new ArrayList<>();
        boolean more;
        synchronized (idle) {
            long now = clock.nanos();
            for (Deque<PolicyConnection> each : idle.values()) {
                each.removeIf(one -> !one.young(now) && old.add(one));
            }
            idle.values().removeIf(Deque::isEmpty);
            more = !idle.isEmpty();
        }
        Each.of(old, PolicyConnection::close);
        return more ? LOOK_NANOS : Loop.UNTIL_WOKEN;
    }

    /// How many wait.
    public int waiting() {
        synchronized (idle) {
            return idle.values().stream().mapToInt(Deque::size).sum();
        }
    }

    @Override
    public void close() {
        List<PolicyConnection> all = new ArrayList<>();
        synchronized (idle) {
            closed = true;
            idle.values().forEach(all::addAll);
            idle.clear();
        }
        Each.of(all, PolicyConnection::close);
        reaper.end(LAST_STEP_MILLIS);
    }
}
