package org.postrider.smtp;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.postrider.time.Clock;

/// Open sessions that wait a moment for the next mail to the same server (scache(8)). Any thread.
final class SessionCache implements AutoCloseable {
    private static final long LOOK_NANOS = 500_000_000L;

    private final Clock clock;
    private final long idleNanos;
    private final long reuseNanos;
    private final int reuseCount;
    private final Map<Route.Server, Deque<SmtpSession>> idle = new HashMap<>();
    private boolean reaping;
    private boolean closed;

    SessionCache(Clock clock, long idleNanos, long reuseNanos, int reuseCount) {
        this.clock = clock;
        this.idleNanos = idleNanos;
        this.reuseNanos = reuseNanos;
        this.reuseCount = reuseCount;
    }

    @Nullable SmtpSession take(Route.Server server) {
        synchronized (idle) {
            Deque<SmtpSession> there = idle.get(server);
            // The youngest: old ones get to their idle limit.
            return there == null ? null : there.pollLast();
        }
    }

    /// Keeps a session for others, or ends it where it has served enough.
    void give(SmtpSession s) {
        long now = clock.nanos();
        boolean worn = now - s.openedNanos > reuseNanos || (reuseCount > 0 && s.used >= reuseCount);
        if (!worn && !s.replies.leftOver()) {
            s.idleSinceNanos = now;
            synchronized (idle) {
                if (!closed) {
                    idle.computeIfAbsent(s.server, _ -> new ArrayDeque<>()).addLast(s);
                    if (!reaping) {
                        reaping = true;
                        Thread.ofVirtual().name("session-cache").start(this::reap);
                    }
                    return;
                }
            }
        }
        quit(s);
    }

    private void reap() {
        while (true) {
            LockSupport.parkNanos(LOOK_NANOS);
            List<SmtpSession> old = new ArrayList<>();
            synchronized (idle) {
                long now = clock.nanos();
                for (Deque<SmtpSession> each : idle.values()) {
                    while (!each.isEmpty() && now - each.peekFirst().idleSinceNanos > idleNanos) {
                        old.add(each.pollFirst());
                    }
                }
                idle.values().removeIf(Deque::isEmpty);
                reaping = !idle.isEmpty();
                if (!reaping && old.isEmpty()) {
                    return;
                }
            }
            for (SmtpSession s : old) {
                quit(s);
            }
            synchronized (idle) {
                if (idle.isEmpty()) {
                    reaping = false;
                    return;
                }
                reaping = true;
            }
        }
    }

    static void quit(SmtpSession s) {
        try (var connection = s.connection) {
            connection.deadline(1000);
            s.send("QUIT\r\n");
        } catch (IOException e) {
            // it was over anyway
        }
    }

    @Override
    public void close() {
        List<SmtpSession> all = new ArrayList<>();
        synchronized (idle) {
            closed = true;
            idle.values().forEach(all::addAll);
            idle.clear();
        }
        all.forEach(SessionCache::quit);
    }
}
