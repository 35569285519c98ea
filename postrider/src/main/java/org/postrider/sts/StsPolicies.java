package org.postrider.sts;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.postrider.disk.Disk;
import org.postrider.dns.Resolver;
import org.postrider.io.Connector;
import org.postrider.log.LogTag;
import org.postrider.log.MailLog;
import org.postrider.sts.Discovery.Announced;
import org.postrider.sts.Discovery.Fetched;
import org.postrider.threads.Family;
import org.postrider.threads.Loop;
import org.postrider.threads.Supervisor;
import org.postrider.threads.Work;
import org.postrider.time.Clock;

/// The policies of MTA-STS that count now, over all transports and reloads. Nothing is asked, read
/// or written before somebody [#begin]s. Any thread.
///
/// What is not known is asked for on a thread of its own; the first mail to a domain waits for that
/// up to smtp_tls_sts_first_wait, all other mail goes by what is known. A policy counts until its
/// max_age is over, whatever becomes of its record and its host meanwhile (RFC 8461 3.3), and is
/// fetched anew each day, while mail asks for it.
public final class StsPolicies implements StsSource, AutoCloseable {
    static final int MOST_RUNNING = 32;
    static final int MOST_PENDING = 1000;
    private static final long SECOND = 1_000_000_000L;
    private static final long CHECK_SECONDS = 300;
    private static final long SHORTEST_CHECK_SECONDS = 60;
    private static final long LONGEST_CHECK_SECONDS = 3600;
    private static final long SAVE_NANOS = 5 * SECOND;
    private static final long LOOK_NANOS = 60 * SECOND;
    private static final long UNUSED_SECONDS = 30 * 86_400;
    private static final long USE_SECONDS = 3600;
    private static final int MOST_SHOWN = 200;

    private static final Work FETCHING =
            Work.of("mta-sts", "asks for policies of MTA-STS").failing("it is asked again");
    private static final Work KEEPING =
            Work.of("mta-sts-upkeep", "writes policies of MTA-STS, and has them fetched anew")
                    .onPlatform();

    private final Discovery discovery;
    private final PolicyFile file;
    private final Supervisor threads;
    private final Clock clock;
    private final MailLog log;
    private final LogTag tag;

    // Under this object's lock.
    private final KnownDomains domains = new KnownDomains();
    private final Deque<Known> pending = new ArrayDeque<>();
    private final Set<Thread> asking = new HashSet<>();
    private int running;
    private int clients;
    private @Nullable StsSettings settings;
    private @Nullable Loop loop;
    private boolean closed;
    private boolean changed;
    private long savedNanos;
    private long saidNanos;
    private @Nullable Family family;

    /// What it reaches the world and the disk by.
    ///
    /// @param directory data_directory
    public record Means(Resolver dns, Connector connector, Disk disk, Path directory) {}

    /// @param tag of the lines about policies
    public StsPolicies(Means means, Supervisor threads, Clock clock, MailLog log, LogTag tag) {
        this(
                new Discovery(means.dns(), means.connector(), clock),
                new PolicyFile(means.disk(), means.directory(), text -> log.warning(tag, text)),
                threads,
                clock,
                log,
                tag);
    }

    StsPolicies(
            Discovery discovery,
            PolicyFile file,
            Supervisor threads,
            Clock clock,
            MailLog log,
            LogTag tag) {
        this.discovery = discovery;
        this.file = file;
        this.threads = threads;
        this.clock = clock;
        this.log = log;
        this.tag = tag;
    }

    /// From now on it answers, by these settings, for one client more. The first call reads what
    /// was kept.
    public synchronized void begin(StsSettings by) {
        clients++;
        boolean first = settings == null;
        settings = by;
        if (!first || closed) {
            return;
        }
        long seconds = seconds();
        for (PolicyFile.Kept each : file.load()) {
            Known known = domains.add(each.policy().domain(), by.domains());
            if (known != null) {
                // What was fetched in the future was fetched when the clock was wrong.
                known.fetched = Math.min(each.fetched(), seconds);
                known.used = Math.min(each.used(), seconds);
                known.checkNanos = clock.nanos();
                domains.put(known, each.policy());
            }
        }
        savedNanos = clock.nanos() - SAVE_NANOS;
        saidNanos = savedNanos - LOOK_NANOS;
        family = threads.family(FETCHING);
        loop = threads.loop(KEEPING, this::step).start();
    }

    /// A client that had begun asks no more: without any, nothing is fetched anew.
    public synchronized void end() {
        clients--;
    }

    private long seconds() {
        return clock.wallMillis() / 1000;
    }

    /// What counts for a domain. Returns at once, but for the first mail to a domain.
    @Override
    public StsFinding of(String domain) {
        String name = Discovery.name(domain);
        Known known;
        CountDownLatch latch;
        long waitNanos;
        synchronized (this) {
            known = name == null ? null : asked(name);
            if (known == null) {
                return StsFinding.NONE;
            }
            latch = known.running;
            waitNanos = known.waitNanos - clock.nanos();
            if (known.policy != null || known.answered || latch == null || waitNanos <= 0) {
                return known.finding();
            }
        }
        try {
            latch.await(waitNanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        synchronized (this) {
            return known.finding();
        }
    }

    private @Nullable Known asked(String name) {
        StsSettings by = settings;
        if (by == null || closed) {
            return null;
        }
        Known known = domains.get(name);
        if (known == null) {
            known = domains.add(name, by.domains());
            if (known == null) {
                return null;
            }
            known.checkNanos = clock.nanos();
        }
        long seconds = seconds();
        if (known.ended(seconds)) {
            ended(seconds);
        }
        changed |= known.policy != null && seconds - known.used > USE_SECONDS;
        known.used = seconds;
        boolean due = clock.nanos() - known.checkNanos >= 0;
        if (known.running == null && due) {
            begin(known, by);
        }
        return known;
    }

    private void ended(long seconds) {
        for (String each : domains.end(seconds)) {
            changed = true;
            log.info(tag, "MTA-STS policy of " + each + ": ended, max_age is over");
        }
    }

    // ---- asking

    private void begin(Known known, StsSettings by) {
        if (running >= MOST_RUNNING && pending.size() >= MOST_PENDING) {
            if (clock.nanos() - saidNanos >= LOOK_NANOS) {
                saidNanos = clock.nanos();
                log.warning(
                        tag,
                        "MTA-STS: "
                                + MOST_PENDING
                                + " domains wait to be asked: mail to others goes by what is"
                                + " known of them");
            }
            return;
        }
        known.running = new CountDownLatch(1);
        known.waitNanos = clock.nanos() + by.firstWait().toNanos();
        if (running >= MOST_RUNNING) {
            pending.add(known);
        } else {
            start(known);
        }
    }

    private void start(Known known) {
        Family by = family;
        if (by != null) {
            running++;
            by.start(() -> ask(known), () -> done(known));
        }
    }

    private void ask(Known known) {
        StsSettings by;
        synchronized (this) {
            by = settings;
            if (by == null || closed) {
                return;
            }
            asking.add(Thread.currentThread());
        }
        try {
            // Whatever is thrown, it is not asked again at once.
            later(known, CHECK_SECONDS);
            switch (discovery.announced(known.domain)) {
                case Announced.Nothing _ -> {
                    // What was fetched counts on.
                }
                case Announced.Trouble _ -> later(known, SHORTEST_CHECK_SECONDS);
                case Announced.Id id -> {
                    if (wanted(known, id.id())) {
                        fetched(
                                known,
                                id.id(),
                                discovery.fetched(known.domain, id.id(), by.authorities()));
                    }
                    later(
                            known,
                            Math.clamp(
                                    id.ttl().toSeconds(),
                                    SHORTEST_CHECK_SECONDS,
                                    LONGEST_CHECK_SECONDS));
                }
            }
        } finally {
            synchronized (this) {
                asking.remove(Thread.currentThread());
            }
        }
    }

    private synchronized void later(Known known, long seconds) {
        known.checkNanos = clock.nanos() + seconds * SECOND;
    }

    private synchronized boolean wanted(Known known, String id) {
        StsPolicy now = known.policy;
        if (known.failures > 0
                && id.equals(known.failedId)
                && clock.nanos() - known.retryNanos < 0) {
            return false;
        }
        return now == null || !now.id().equals(id) || known.wantsRefresh(seconds());
    }

    private synchronized void fetched(Known known, String id, Fetched what) {
        if (closed) {
            return;
        }
        switch (what) {
            case Fetched.Failed(StsFinding.Failure why) -> {
                known.failure = why;
                known.failures = id.equals(known.failedId) ? known.failures + 1 : 1;
                known.failedId = id;
                long seconds =
                        Math.min(
                                CHECK_SECONDS << Math.min(known.failures - 1, 4),
                                LONGEST_CHECK_SECONDS);
                known.retryNanos = clock.nanos() + seconds * SECOND;
                StsPolicy now = known.policy;
                log.warning(
                        tag,
                        "MTA-STS policy of "
                                + known.domain
                                + ": "
                                + why.kind().word()
                                + ": "
                                + why.text()
                                + (now == null
                                        ? "; mail goes as without a policy"
                                        : "; the one of id " + now.id() + " counts on"));
            }
            case Fetched.Policy(StsPolicy policy) -> {
                StsPolicy before = known.policy;
                known.failure = null;
                known.failures = 0;
                known.failedId = "";
                known.fetched = seconds();
                changed = true;
                if (!policy.equals(before)) {
                    String how = before == null ? "found" : "changed";
                    log.info(tag, "MTA-STS policy of " + known.domain + ": " + how + shown(policy));
                }
                // One that ends at once takes the place of the one before, and counts for nothing.
                StsPolicy counts = policy.maxAgeSeconds() == 0 ? null : policy;
                for (String each : domains.put(known, counts)) {
                    log.warning(
                            tag,
                            "MTA-STS policy of " + each + ": too large to be kept beside others");
                }
                wake();
            }
        }
    }

    private static String shown(StsPolicy policy) {
        String mx = String.join(",", policy.patterns());
        return ": id="
                + policy.id()
                + ", mode="
                + policy.mode().word()
                + ", max_age="
                + policy.maxAgeSeconds()
                + ", mx="
                + (mx.length() > MOST_SHOWN ? mx.substring(0, MOST_SHOWN) + "..." : mx);
    }

    private synchronized void done(Known known) {
        running--;
        known.answered = true;
        CountDownLatch latch = known.running;
        known.running = null;
        if (latch != null) {
            latch.countDown();
        }
        Known next = closed ? null : pending.poll();
        if (next != null) {
            start(next);
        }
    }

    // ---- upkeep

    private void wake() {
        Loop made = loop;
        if (made != null) {
            made.wake();
        }
    }

    private long step() throws IOException {
        List<PolicyFile.Kept> all = null;
        synchronized (this) {
            long seconds = seconds();
            ended(seconds);
            refresh(seconds);
            long since = clock.nanos() - savedNanos;
            if (changed && since < SAVE_NANOS) {
                return SAVE_NANOS - since;
            }
            all = changed ? snapshot() : null;
        }
        if (all != null) {
            save(all);
        }
        return LOOK_NANOS;
    }

    /// Those that mail asks for are fetched anew before they end, as long as there is room.
    private void refresh(long seconds) {
        StsSettings by = settings;
        if (by == null || clients == 0) {
            return;
        }
        for (Known each : domains.all()) {
            if (running >= MOST_RUNNING / 2) {
                return;
            }
            boolean due = clock.nanos() - each.checkNanos >= 0;
            if (each.running == null
                    && due
                    && each.wantsRefresh(seconds)
                    && seconds - each.used < UNUSED_SECONDS) {
                begin(each, by);
            }
        }
    }

    private List<PolicyFile.Kept> snapshot() {
        List<PolicyFile.Kept> out = new ArrayList<>();
        for (Known each : domains.all()) {
            StsPolicy policy = each.policy;
            if (policy != null) {
                out.add(new PolicyFile.Kept(policy, each.fetched, each.used));
            }
        }
        changed = false;
        savedNanos = clock.nanos();
        return out;
    }

    private void save(List<PolicyFile.Kept> all) {
        try {
            file.save(all);
        } catch (IOException e) {
            log.warning(tag, "MTA-STS policies are not saved: " + e.getMessage());
            synchronized (this) {
                changed = true;
                // Not at once again.
                savedNanos = clock.nanos() + LOOK_NANOS;
            }
        }
    }

    /// Nobody is asked right now.
    synchronized boolean idle() {
        return running == 0;
    }

    /// Domains that are remembered.
    synchronized int size() {
        return domains.size();
    }

    /// Saves what is known, and asks nobody any more.
    @Override
    public void close() {
        Loop had;
        List<PolicyFile.Kept> all;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            had = loop;
            asking.forEach(Thread::interrupt);
            for (Known each : pending) {
                CountDownLatch latch = each.running;
                if (latch != null) {
                    latch.countDown();
                }
            }
            pending.clear();
        }
        if (had != null) {
            had.end(0);
        }
        synchronized (this) {
            all = changed ? snapshot() : null;
        }
        if (all != null) {
            save(all);
        }
    }
}
