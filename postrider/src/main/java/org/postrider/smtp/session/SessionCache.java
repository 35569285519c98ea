package org.postrider.smtp.session;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.postrider.smtp.ClientSettings;
import org.postrider.smtp.SmtpParams;
import org.postrider.smtp.policy.SessionKey;
import org.postrider.threads.Each;
import org.postrider.threads.Loop;
import org.postrider.threads.Supervisor;
import org.postrider.threads.Work;
import org.postrider.time.Clock;

/// Open sessions that wait a moment for the next mail to the same server (scache(8)). Bounded: one
/// more than [#MOST] ends instead of waiting. Any thread.
public final class SessionCache implements AutoCloseable {
    private static final long LOOK_NANOS = 500_000_000L;
    private static final int MOST = 500;

    private final Clock clock;
    private final long idleNanos;
    private final long reuseNanos;
    private final int reuseCount;
    private final Loop reaper;
    private final Map<SessionKey, Deque<SmtpSession>> idle = new HashMap<>();
    private int waiting;
    private boolean closed;

    /// Nothing was kept since the reaper's last look but one: it sleeps until it is woken, once.
    private boolean reaperSleeps;

    /// A session was kept since the reaper's last look, and may have been taken again: while mail
    /// comes, the reaper looks as often as it does anyway, and is not woken by each.
    private boolean kept;

    /// @param settings of one transport
    public SessionCache(ClientSettings settings, Supervisor threads, Clock clock) {
        this.clock = clock;
        idleNanos = settings.get(SmtpParams.CACHE_TIME).toNanos();
        reuseNanos = settings.get(SmtpParams.REUSE_TIME).toNanos();
        reuseCount = settings.get(SmtpParams.REUSE_COUNT);
        String name = Objects.requireNonNullElse(settings.text("service_name"), "smtp");
        Work work =
                Work.of("session-cache " + name, "ends kept sessions that nobody took up again");
        reaper = threads.loop(work, this::reap).start();
    }

    /// @return null where none waits
    public @Nullable SmtpSession take(SessionKey key) {
        synchronized (idle) {
            Deque<SmtpSession> there = idle.get(key);
            // The youngest: old ones get to their idle limit.
            SmtpSession s = there == null ? null : there.pollLast();
            waiting -= s == null ? 0 : 1;
            return s;
        }
    }

    /// Keeps a session for others, or ends it where it has served enough.
    public void give(SmtpSession s) {
        long now = clock.nanos();
        boolean worn =
                now - s.openedNanos() > reuseNanos || (reuseCount > 0 && s.used() >= reuseCount);
        if (worn || leftOver(s) || !keep(s, now)) {
            s.quit();
        }
    }

    private static boolean leftOver(SmtpSession s) {
        try {
            return s.dialogue().leftOver();
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
            kept = true;
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
            more = kept || !idle.isEmpty();
            kept = false;
            reaperSleeps = !more;
        }
        Each.of(old, s -> s.dialogue().quit(0));
        return more ? LOOK_NANOS : Loop.UNTIL_WOKEN;
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
        Each.of(all, s -> s.dialogue().quit(0));
    }
}
