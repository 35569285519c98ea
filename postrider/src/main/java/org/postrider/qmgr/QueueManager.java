package org.postrider.qmgr;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Quoting;
import org.postrider.anvil.Rates;
import org.postrider.bounce.BounceService;
import org.postrider.config.Settings;
import org.postrider.delivery.Transports;
import org.postrider.dns.Resolver;
import org.postrider.log.LogTag;
import org.postrider.log.MailLog;
import org.postrider.log.QueueEvent;
import org.postrider.maps.Fold;
import org.postrider.maps.Tables;
import org.postrider.qmgr.intake.Intake;
import org.postrider.qmgr.intake.RecipientsInMemory;
import org.postrider.qmgr.rate.Groups;
import org.postrider.qmgr.rate.RateTables;
import org.postrider.queue.Mark;
import org.postrider.queue.Queue;
import org.postrider.queue.QueueException;
import org.postrider.queue.QueueId;
import org.postrider.queue.QueuedMessage;
import org.postrider.queue.Transaction;
import org.postrider.rewrite.RewriteService;
import org.postrider.threads.Family;
import org.postrider.threads.Loop;
import org.postrider.threads.Supervisor;
import org.postrider.threads.Work;
import org.postrider.time.Clock;

/// The shell around the [Scheduler]: takes messages from the queue, runs deliveries on virtual
/// threads and settles what became of them. Messages come from the threads that commit them and,
/// when they fall due, from a feeder thread, which also keeps the timers. Any thread.
public final class QueueManager implements Queue.Listener, AutoCloseable {
    private static final int DUE_BATCH = 256;
    private static final long LONGEST_PARK_NANOS = 60_000_000_000L;
    private static final long SICK_PARK_NANOS = 1_000_000_000L;
    private static final long CLOSE_WAIT_NANOS = 5_000_000_000L;
    private static final Work FEEDER =
            Work.of("qmgr", "takes what is due from the queue and keeps the scheduler's time");
    private static final Work SCHEDULER =
            Work.of("scheduler", "decides what is delivered when, on its callers' threads");

    /// Whatever delivers, a part of a delivery too.
    public static final Work DELIVERIES =
            Work.of("delivery", "delivers mail").failing("the recipients are deferred");

    private static final Work SETTLING =
            Work.of("settle", "defers and settles mail that is not tried")
                    .failing("the mail is deferred");

    /// What one reading of the configuration gives it.
    ///
    /// @param suspended null where no destination ever is
    /// @param paces null where no destination's rate is limited
    /// @param settings of qmgr's line in master.cf
    public record Services(
            Transports transports,
            RewriteService rewrite,
            BounceService bounce,
            @Nullable SuspendedDestinations suspended,
            @Nullable Paces paces,
            Settings settings) {}

    /// What rates of destinations are found and counted with; counts are opened when first asked.
    public record Paces(Tables tables, Supplier<Rates> rates, Resolver dns) {}

    private final Queue queue;
    private final MailLog log;
    private final LogTag tag;
    private final Clock clock;
    private final Routing routing;
    private final Outcomes outcomes;
    private final PassEnd passEnd;
    private final Scheduler scheduler;
    private final OwnerInbox<Event> inbox;
    private final ConcurrentHashMap<QueueId, ActiveMessage> active = new ConcurrentHashMap<>();
    private final LargeMessage.Reader reader;
    private final Intake intake = new Intake(LONGEST_PARK_NANOS);
    private final Loop feeder;
    private final Family deliveries;
    private final Family settling;

    private volatile Policies policies;
    private volatile boolean sick;
    private volatile boolean closed;
    private volatile long timer = Long.MAX_VALUE;

    private @Nullable Worker runningFor;

    /// Begins to deliver once the queue has it as listener: `queue.listener(manager)`, then
    /// [#start].
    ///
    /// @param tag `postfix/qmgr[pid]`
    public QueueManager(
            Queue queue,
            MailLog log,
            LogTag tag,
            Clock clock,
            Services services,
            Supervisor threads) {
        this.queue = queue;
        this.log = log;
        this.tag = tag;
        this.clock = clock;
        policies = new Policies(services);
        routing = new Routing(log, tag, new Groups(clock));
        outcomes = new Outcomes(queue, log, clock);
        passEnd = new PassEnd(queue, log, tag, clock, this::dueAt);
        scheduler =
                new Scheduler(
                        new Starter(), policies::limits, () -> policies.paces().rates().get());
        scheduler.clogs(new Clogs(policies, intake::active, this::warn));
        deliveries = threads.family(DELIVERIES);
        settling = threads.family(SETTLING);
        reader = new LargeMessage.Reader(this, new RecipientsInMemory(), settling, clock);
        inbox = new OwnerInbox<>(threads.guard(SCHEDULER), settling, this::handle);
        feeder = threads.loop(FEEDER, this::feed);
    }

    /// Starts taking what is due in the queue.
    public void start() {
        feeder.start();
    }

    /// New agents, routes and figures for the passes that begin from now on.
    public void generation(Services services) {
        Policies now = new Policies(services);
        policies = now;
        inbox.put(new Event.NewLimits(now), null);
        wake();
    }

    /// `postqueue -f`: everything deferred is due, dead destinations get another chance.
    public void flush() {
        inbox.put(new Event.Revive(), null);
        queue.flushAll();
        wake();
    }

    /// `postqueue -i`: one message is due.
    ///
    /// @return false where there is none of this id
    public boolean flush(QueueId id) {
        if (queue.state(id) == null) {
            return false;
        }
        inbox.put(new Event.Asked(), null);
        queue.post(new Mark.DueNow(id));
        wake();
        return true;
    }

    /// Some messages are due, as ETRN wants it.
    public void flush(List<QueueId> ids) {
        inbox.put(new Event.Asked(), null);
        queue.flush(ids);
        wake();
    }

    /// A slowed destination or group is at full speed; false where none of the name is slowed.
    public boolean fullSpeed(String name) {
        String lower = Fold.lower(name);
        boolean slowed = scheduler.slowed(lower);
        if (slowed) {
            inbox.put(new Event.FullSpeed(lower), null);
        }
        return slowed;
    }

    /// Destinations and groups that asked for less mail, `smtp:example.com`, and how much they get.
    public Map<String, String> slowed() {
        return scheduler.slowed();
    }

    /// Receivers should slow down: more comes in than can be taken on (in_flow_delay).
    public boolean congested() {
        return intake.full(policies.activeLimit);
    }

    /// Messages under delivery.
    public int activeMessages() {
        return intake.active();
    }

    /// For tests: recipients of messages under delivery that are in memory.
    int recipientsInMemory() {
        return reader.inMemory();
    }

    // ---- what the queue tells

    @Override
    public boolean arrived(QueuedMessage message) {
        if (closed || sick || intake.full(policies.activeLimit)) {
            intake.refused(true);
            wake();
            return false;
        }
        take(message, true);
        return true;
    }

    @Override
    public void wake() {
        feeder.wake();
    }

    @Override
    public void withdrawn(QueueId id) {
        ActiveMessage m = active.get(id);
        if (m != null) {
            m.withdrawn = true;
        }
    }

    // ---- taking on

    /// Whatever is thrown, the message is under delivery after this or waits in the queue.
    ///
    /// @param fresh no recipient can be settled yet
    private void take(QueuedMessage q, boolean fresh) {
        intake.begins();
        Policies p = policies;
        long now = clock.nanos();
        long waited = Math.max(0, clock.wallMillis() - q.envelope().arrivalMillis()) * 1_000_000;
        ActiveMessage m = new ActiveMessage(q, p, waited, now);
        boolean on = false;
        try {
            on = begun(m, fresh, now);
        } catch (QueueException e) {
            warn("taking on " + q.id() + ": " + e.getMessage());
            passEnd.later(m, p.maximalBackoffMillis);
        } catch (Throwable e) {
            passEnd.later(m, p.maximalBackoffMillis);
            panic("taking on " + q.id(), e);
        } finally {
            if (!on) {
                forget(m);
            }
        }
    }

    /// @return false where nothing of it is tried now
    private boolean begun(ActiveMessage m, boolean fresh, long now) {
        QueuedMessage q = m.queued;
        ActiveMessage before = active.putIfAbsent(q.id(), m);
        if (before != null) {
            // Held and released while its deliveries run, or its pass is just ending: that first.
            passEnd.behind(before, m, () -> active.get(q.id()) == before);
            return false;
        }
        if (q.removed() || q.held()) {
            // The pass before this one, or the administrator, was here after it was read.
            return false;
        }
        // Only now does no other pass settle recipients any more.
        int[] owed = ActiveMessage.owed(q, fresh);
        log.event(
                tag,
                new QueueEvent.Active(
                        q.id().text(),
                        Quoting.rfc5321(q.envelope().sender()),
                        q.size(),
                        ActiveMessage.members(q, owed)));
        int[] tried = RedirectedMessage.tried(m, owed, routing);
        m.owed = tried.length;
        if (tried.length == 0 || q.forcedToExpire()) {
            notTried(m, tried);
        } else {
            int[] first = reader.first(m, tried, fresh);
            dispatch(m, entries(m, first, fresh));
        }
        return true;
    }

    List<Entry> entries(ActiveMessage m, int[] part, boolean fresh) {
        List<Entry> entries = routing.entries(m, part, clock.nanos());
        if (!fresh) {
            entries.forEach(Entry::again);
        }
        return entries;
    }

    void dispatch(ActiveMessage m, List<Entry> entries) {
        if (m.large == null) {
            m.entries = entries;
            m.left.set(entries.size());
        } else {
            reader.begins(m, entries);
        }
        List<Entry> deliverable = entries;
        if (entries.size() > 1 || entries.getFirst().suspension != null) {
            List<Entry> suspended = new ArrayList<>();
            deliverable = new ArrayList<>();
            for (Entry e : entries) {
                (e.suspension != null ? suspended : deliverable).add(e);
            }
            suspend(suspended);
        }
        if (!deliverable.isEmpty()) {
            boolean asked = m.queued.asked();
            deliverable.forEach(e -> e.asked = asked);
            inbox.put(new Event.Add(deliverable), null);
        }
    }

    /// Nothing to deliver: settled already, or expired by the administrator.
    private void notTried(ActiveMessage m, int[] owed) {
        Entry e = new Entry(m, "retry", "", "", owed);
        m.entries = List.of(e);
        m.left.set(1);
        e.deferred = ActiveMessage.reasons(m.queued, owed, Outcomes::administrative);
        e.reported = owed.length;
        settling.start(() -> {}, () -> over(e));
    }

    // ---- the scheduler and what it wants; one thread at a time

    private void handle(Event event, @Nullable Worker by) {
        runningFor = by;
        try {
            long now = clock.nanos();
            switch (event) {
                case Event.Add e -> scheduler.add(e.entries(), now);
                case Event.Ended e -> scheduler.finished(e.entry(), e.verdict(), now);
                case Event.Tick _ -> scheduler.tick(now);
                case Event.Revive _ -> scheduler.reviveAll(now);
                case Event.Asked _ -> scheduler.asked();
                case Event.Pause e -> scheduler.pause(e.on(), now);
                case Event.FullSpeed e -> scheduler.fullSpeed(e.name(), now);
                case Event.Grouped e -> grouped(e.asked(), e.found(), now);
                case Event.NewLimits e -> {
                    scheduler.limits(e.policies()::limits);
                    scheduler.clogs(new Clogs(e.policies(), intake::active, this::warn));
                }
            }
            Long next = scheduler.nextTimer();
            long at = next == null ? Long.MAX_VALUE : next;
            if (at != timer) {
                boolean sooner = timer == Long.MAX_VALUE || (at != Long.MAX_VALUE && at < timer);
                timer = at;
                if (sooner) {
                    wake();
                }
            }
        } finally {
            runningFor = null;
        }
    }

    /// Runs the scheduler's wishes. On the thread that owns the scheduler at the moment.
    private final class Starter implements Scheduler.Actions {
        @Override
        public void start(Entry entry) {
            Worker by = runningFor;
            if (by == null || !by.take(entry)) {
                Worker made = new Worker(QueueManager.this, entry);
                deliveries.start(made::run, made::over);
            }
        }

        @Override
        public void suspend(List<Entry> entries) {
            QueueManager.this.suspend(entries);
        }

        @Override
        public void putBack(List<Entry> entries) {
            long wallNanos = clock.wallMillis() * 1_000_000 - clock.nanos();
            entries.forEach(e -> e.putBack(wallNanos));
            QueueManager.this.suspend(entries);
        }

        @Override
        public void speed(String transport, String name, String what) {
            warn(transport + " to " + name + ": " + what);
        }

        @Override
        public void group(Entry e) {
            ActiveMessage m = java.util.Objects.requireNonNull(e.message);
            Entry.Rating rating = java.util.Objects.requireNonNull(e.rating);
            Groups.Found[] found = {new Groups.Found(List.of(), "no answer")};
            deliveries.start(
                    () -> {
                        Policies.Route route = m.policies.route(e.transport);
                        RateTables tables = route == null ? null : route.rates;
                        if (tables != null) {
                            Resolver dns = m.policies.paces().dns();
                            found[0] = routing.groups().find(tables, e.nexthop, rating.known, dns);
                        }
                    },
                    () -> inbox.put(new Event.Grouped(e, found[0]), null));
        }
    }

    private void grouped(Entry asked, Groups.Found found, long now) {
        String why = found.failure();
        if (why != null) {
            warn(asked.transport + " to " + asked.nexthop + ": " + why);
        }
        scheduler.grouped(asked, found.rates(), why == null ? null : Routing.RATE_NOT_FOUND, now);
    }

    private void suspend(List<Entry> entries) {
        if (entries.isEmpty()) {
            return;
        }
        java.util.Queue<Entry> left = new ArrayDeque<>(entries);
        settling.start(
                () -> {
                    for (Entry e = left.peek(); e != null; e = left.peek()) {
                        ActiveMessage m = java.util.Objects.requireNonNull(e.message);
                        if (!m.withdrawn) {
                            outcomes.suspended(e, java.util.Objects.requireNonNull(e.suspension));
                        }
                        left.remove();
                        over(e);
                    }
                },
                () -> left.forEach(this::over));
    }

    // ---- deliveries

    Outcomes outcomes() {
        return outcomes;
    }

    /// A worker's delivery ended: the message's pass may be over, the worker may get another.
    ///
    /// @param by null where it takes none
    void ended(Entry e, Entry.Verdict verdict, @Nullable Worker by) {
        try {
            over(e);
            if (sick || !queue.marksWritable()) {
                sicken();
            }
        } finally {
            inbox.put(new Event.Ended(e, verdict), by);
        }
    }

    /// Once for each entry; what it throws is said, and the mail waits in the queue.
    private void over(Entry e) {
        ActiveMessage m = java.util.Objects.requireNonNull(e.message);
        try {
            passEnd.part(m, e);
            if (m.left.get() > 1) {
                passEnd.delivered(m, e);
            }
        } catch (Throwable x) {
            panic("notice of " + m.queued.id(), x);
        }
        LargeMessage large = m.large;
        if (large != null) {
            reader.ended(large, e);
        }
        if (m.left.decrementAndGet() == 0) {
            passOver(m);
        }
    }

    /// The last delivery of its pass has ended.
    void passOver(ActiveMessage m) {
        LargeMessage large = m.large;
        if (large != null) {
            m.entries = List.of(large.sum());
        }
        try {
            passEnd.run(m);
        } catch (Throwable x) {
            passEnd.later(m, m.policies.maximalBackoffMillis);
            panic("settling " + m.queued.id(), x);
        } finally {
            forget(m);
        }
    }

    private void forget(ActiveMessage m) {
        active.remove(m.queued.id(), m);
        passEnd.over(m);
        // First what others wait for: who asked for a probe is told by code of its own.
        reader.over(m);
        if (intake.ends()) {
            wake();
        }
        m.forgotten();
    }

    /// A message waits until then: the feeder must not sleep longer.
    private void dueAt(long wallMillis) {
        if (intake.sleepsBeyond(wallMillis)) {
            wake();
        }
    }

    void warn(String text) {
        log.warning(tag, text);
    }

    void panic(String what, Throwable bug) {
        log.panic(tag, what, bug);
    }

    // ---- the feeder

    /// Outcomes cannot be written down: start nothing that would have to be done again.
    private void sicken() {
        if (!sick) {
            sick = true;
            log.event(tag, new QueueEvent.Suspended());
            inbox.put(new Event.Pause(true), null);
            wake();
        }
    }

    private long feed() {
        passEnd.again();
        return sick ? recover() : round();
    }

    private long recover() {
        try {
            queue.commit(new Transaction(List.of(), List.of()));
        } catch (QueueException e) {
            return SICK_PARK_NANOS;
        }
        if (!queue.marksWritable()) {
            return SICK_PARK_NANOS;
        }
        sick = false;
        log.event(tag, new QueueEvent.Resumed());
        inbox.put(new Event.Pause(false), null);
        return 1;
    }

    /// Takes what is due and tells the scheduler the time.
    ///
    /// @return how long there is nothing to do
    private long round() {
        long now = clock.nanos();
        long at = timer;
        if (at != Long.MAX_VALUE && at - now <= 0) {
            inbox.put(new Event.Tick(), null);
            at = timer;
        }
        long wall = clock.wallMillis();
        boolean full = false;
        while (!closed && !sick) {
            feeder.goesOn();
            int room = intake.room(policies.activeLimit);
            if (room <= 0 && intake.refused()) {
                full = true;
                break;
            }
            if (room <= 0) {
                // Set before the look that counts: what ends after it wakes this thread.
                intake.refused(true);
                continue;
            }
            List<QueuedMessage> due = queue.due(wall, Math.min(DUE_BATCH, room));
            if (due.isEmpty()) {
                intake.refused(false);
                break;
            }
            for (QueuedMessage m : due) {
                take(m, false);
            }
        }
        long park = full ? LONGEST_PARK_NANOS : intake.nextLook(queue, wall, clock);
        if (at != Long.MAX_VALUE) {
            park = Math.min(park, Math.max(1, at - clock.nanos()));
        }
        return park;
    }

    /// Starts nothing more and waits a little for deliveries under way; those that go on are cut
    /// off and will be tried again after the next start.
    @Override
    public void close() {
        closed = true;
        inbox.put(new Event.Pause(true), null);
        feeder.end(CLOSE_WAIT_NANOS / 1_000_000);
        long end = clock.nanos() + CLOSE_WAIT_NANOS;
        while (scheduler.busy() > 0 && end - clock.nanos() > 0) {
            LockSupport.parkNanos(10_000_000);
        }
    }
}
