package org.postrider.smtp;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.postrider.threads.Each;
import org.postrider.threads.Loop;
import org.postrider.threads.Supervisor;
import org.postrider.threads.Work;
import org.postrider.time.Clock;

/// Open sessions that wait a moment for the next mail to the same server (scache(8)). Bounded: one
/// more than [#MOST] ends instead of waiting. Any thread.
final class SessionCache implements AutoCloseable {
    private static final long LOOK_NANOS = 500_000_000L;
    private static final int MOST = 500;

    private final Clock clock;
    private final long idleNanos;
    private final long reuseNanos;
    private final int reuseCount;
    private final Loop reaper;
    private final Map<Key, Deque<SmtpSession>> idle = new HashMap<>();
    private int waiting;
    private boolean closed;

    /// Nothing was kept at the reaper's last look: it sleeps until it is woken, once.
    private boolean reaperSleeps;

    /// @param name of the transport
    SessionCache(
            String name,
            Supervisor threads,
            Clock clock,
            long idleNanos,
            long reuseNanos,
            int reuseCount) {
        this.clock = clock;
        this.idleNanos = idleNanos;
        this.reuseNanos = reuseNanos;
        this.reuseCount = reuseCount;
        Work work =
                Work.of("session-cache " + name, "ends kept sessions that nobody took up again");
        reaper = threads.loop(work, this::reap).start();
    }

    /// Mail goes over a session that its own destination would have opened: to the same server,
    /// under the same TLS policy, for the same name.
    record Key(Route.Server server, SmtpTls tls, String tlsName) {}

    @Nullable SmtpSession take(Key key) {
        synchronized (idle) {
            Deque<SmtpSession> there = idle.get(key);
            // The youngest: old ones get to their idle limit.
            SmtpSession s = there == null ? null : there.pollLast();
            waiting -= s == null ? 0 : 1;
            return s;
        }
    }

    /// Keeps a session for others, or ends it where it has served enough.
    void give(SmtpSession s) {
        long now = clock.nanos();
        boolean worn = now - s.openedNanos > reuseNanos || (reuseCount > 0 && s.used >= reuseCount);
        if (worn || leftOver(s) || !keep(s, now)) {
            quit(s);
        }
    }

    private static boolean leftOver(SmtpSession s) {
        try {
            return s.leftOver();
        } catch (IOException e) {
            return true;
        }
    }

    private boolean keep(SmtpSession s, long now) {
        s.idleSinceNanos = now;
        synchronized (idle) {
            if (closed || waiting >= MOST) {
                return false;
            }
            waiting++;
            idle.computeIfAbsent(s.key(), _ -> new ArrayDeque<>()).addLast(s);
            if (reaperSleeps) {
                reaperSleeps = false;
                reaper.wake();
            }
        }
        return true;
    }

    private long reap() {
        List<SmtpSession> old = new ArrayList<>();
        boolean more;
        synchronized (idle) {
            long now = clock.nanos();
            for (Deque<SmtpSession> each : idle.values()) {
                while (!each.isEmpty() && now - each.peekFirst().idleSinceNanos > idleNanos) {
                    old.add(each.pollFirst());
                    waiting--;
                }
            }
            idle.values().removeIf(Deque::isEmpty);
            more = !idle.isEmpty();
            reaperSleeps = !more;
        }
        Each.of(old, SessionCache::quit);
        return more ? LOOK_NANOS : Loop.UNTIL_WOKEN;
    }

    /// Says QUIT and goes; the reply is not waited for (smtp_skip_quit_response).
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
            reaper.close();
            idle.values().forEach(all::addAll);
            idle.clear();
            waiting = 0;
        }
        Each.of(all, SessionCache::quit);
    }
}
