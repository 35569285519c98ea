package org.postrider.qmgr;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.RandomAccess;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import org.postrider.address.Quoting;
import org.postrider.bounce.BounceService;
import org.postrider.log.LogTag;
import org.postrider.log.MailLog;
import org.postrider.log.QueueEvent;
import org.postrider.queue.Mark;
import org.postrider.queue.Queue;
import org.postrider.queue.QueueId;
import org.postrider.queue.QueuedMessage;
import org.postrider.queue.Transaction;
import org.postrider.time.Clock;

/// What follows when every delivery of a message's pass has ended: notices with their marks, the
/// next attempt, or the end. On the thread of the last delivery; may block.
final class PassEnd {
    private static final long DAY_MILLIS = 24 * 3600 * 1000L;
    private static final int MOST_COMPLAINTS = 100;
    private static final long POSTPONED_MILLIS = 1_000;

    /// More reasons than these are not copied.
    private static final int FEW = 1000;

    private final Queue queue;
    private final MailLog log;
    private final LogTag tag;
    private final Clock clock;
    private final LongConsumer due;

    /// What could not be put off, for the feeder to try again.
    private final java.util.Queue<Mark> unposted = new ConcurrentLinkedQueue<>();

    /// When it was last said that mail waits for a reason.
    private final ConcurrentHashMap<String, Long> complaints = new ConcurrentHashMap<>();

    /// @param due told when a message is due again, wall milliseconds
    PassEnd(Queue queue, MailLog log, LogTag tag, Clock clock, LongConsumer due) {
        this.due = due;
        this.queue = queue;
        this.log = log;
        this.tag = tag;
        this.clock = clock;
    }

    /// A delivery of a message of very many recipients has ended: those that failed are told of in
    /// notices of so many each, so that not all of them need be remembered until the pass is over.
    void part(ActiveMessage m, Entry e) {
        report(m);
        if (e.bounced.isEmpty()
                || m.withdrawn
                || (m.owed <= m.policies.recipients.perNotice() && !m.pressed)) {
            return;
        }
        List<Mark.Reason> now = List.of();
        long memory = 0;
        synchronized (m.failed) {
            m.failed.addAll(e.bounced);
            m.failedMemory += e.bouncedMemory;
            e.bounced = List.of();
            e.bouncedMemory = 0;
            if (m.pressed || m.failed.size() >= m.policies.recipients.perNotice()) {
                now = List.copyOf(m.failed);
                m.failed.clear();
                memory = m.failedMemory;
                m.failedMemory = 0;
                m.pressed = false;
            }
        }
        if (now.isEmpty()) {
            return;
        }
        boolean told = false;
        try {
            m.policies.bounce.bounced(m.queued, now, Transaction.NONE);
            told = true;
            m.queued.letsGo(memory);
        } catch (RuntimeException x) {
            putOff(m.queued.id(), false, x);
        } finally {
            if (!told) {
                now.forEach(e::deferred);
            }
        }
    }

    /// The same for the report that was asked for. One that is told in parts may be told again
    /// where the pass does not come to its end.
    private void report(ActiveMessage m) {
        LargeMessage large = m.large;
        if (large == null || m.probe() != null) {
            return;
        }
        List<BounceService.Fate> now = large.report(m.policies.recipients.perNotice());
        if (now.isEmpty()) {
            return;
        }
        boolean told = false;
        try {
            m.policies.bounce.reported(m.queued, now, Transaction.NONE);
            told = true;
            long memory = 0;
            for (BounceService.Fate f : now) {
                memory += Outcomes.octets(f.why());
            }
            m.queued.letsGo(memory);
        } catch (RuntimeException x) {
            putOff(m.queued.id(), false, x);
        } finally {
            if (!told) {
                large.untold(now);
            }
        }
    }

    void run(ActiveMessage m) {
        List<Mark.Reason> deferred = Outcomes.gathered(m.entries, e -> e.deferred);
        List<Mark.Reason> held = Outcomes.gathered(m.entries, e -> e.held);
        List<Mark.Reason> bounced = failed(m);
        List<Mark.Reason> noticed = Outcomes.gathered(m.entries, e -> e.noticed);
        if (m.withdrawn && !allDone(m)) {
            // Deleted, or held with recipients still owed: what is done is marked.
            for (Entry e : m.entries) {
                delivered(m, e);
            }
            return;
        }
        if (!m.withdrawn && reported(m) != m.owed) {
            throw new IllegalStateException(
                    "outcomes of " + reported(m) + " recipients where " + m.owed + " are owed");
        }
        if (m.probe() != null) {
            // It is in no queue, and who asked has been told.
            log.event(tag, new QueueEvent.Removed(m.queued.id().text()));
            return;
        }
        if (m.verifies()) {
            verified(m);
            return;
        }
        if (deferred.isEmpty()
                && held.isEmpty()
                && bounced.isEmpty()
                && noticed.isEmpty()
                && !m.reports()) {
            removed(m.queued.id(), List.of());
            return;
        }
        settle(m, deferred, held, bounced, noticed);
    }

    /// Nothing was delivered: the report and the mail's end are one transaction.
    private void verified(ActiveMessage m) {
        QueuedMessage q = m.queued;
        List<BounceService.Fate> traced = Outcomes.gathered(m.entries, e -> e.traced);
        Mark last = new Mark.Removed(q.id());
        try {
            told(m, traced, Transaction.of(last));
            removed(q.id(), List.of(last));
        } catch (RuntimeException e) {
            putOff(q.id(), true, e);
            long next = nextAttempt(m, 0);
            Map<Integer, Mark.Reason> each = new LinkedHashMap<>();
            traced.forEach(f -> each.putIfAbsent(f.why().recipient(), f.why()));
            queue.post(new Mark.Deferred(q.id(), next, List.copyOf(each.values())));
            due.accept(next);
        }
    }

    private static List<Mark.Reason> failed(ActiveMessage m) {
        List<Mark.Reason> last = Outcomes.gathered(m.entries, e -> e.bounced);
        synchronized (m.failed) {
            if (m.failed.isEmpty()) {
                return last;
            }
            List<Mark.Reason> out = new ArrayList<>(m.failed);
            out.addAll(last);
            return out;
        }
    }

    private static boolean allDone(ActiveMessage m) {
        synchronized (m.failed) {
            if (!m.failed.isEmpty()) {
                return false;
            }
        }
        for (Entry e : m.entries) {
            if (!e.deferred.isEmpty() || !e.held.isEmpty() || !e.bounced.isEmpty()) {
                return false;
            }
        }
        return reported(m) == m.owed;
    }

    private static int reported(ActiveMessage m) {
        int sum = 0;
        for (Entry e : m.entries) {
            sum += e.reported;
        }
        return sum;
    }

    /// A delivery has ended while others of the pass go on, for minutes perhaps: what it owes
    /// notices of success for is settled now, so that neither a hold nor a stop makes it be
    /// delivered again. Where that fails, the pass's end tries once more.
    void delivered(ActiveMessage m, Entry e) {
        // A report tells of them too, at the end of the pass.
        // What an alias was expanded to is told with the others.
        if (e.noticed.isEmpty()
                || (e.suspension == Routing.EXPANDED && !m.withdrawn)
                || m.queued.removed()
                || (m.reports() && !m.withdrawn)) {
            return;
        }
        try {
            notice(m, e.noticed, Transaction.NONE);
            e.noticed = List.of();
        } catch (RuntimeException x) {
            putOff(m.queued.id(), false, x);
        }
    }

    /// One notice that these were delivered, with their marks and more.
    private static void notice(ActiveMessage m, List<Mark.Reason> noticed, Transaction more) {
        QueuedMessage q = m.queued;
        List<Mark> marks = new ArrayList<>();
        for (Mark.Reason r : noticed) {
            marks.add(new Mark.Done(q.id(), r.recipient()));
        }
        m.policies.bounce.delivered(q, noticed, more.after(marks));
    }

    private void removed(QueueId id, List<Mark> already) {
        if (already.isEmpty()) {
            queue.post(new Mark.Removed(id));
        }
        log.event(tag, new QueueEvent.Removed(id.text()));
    }

    /// @param deferred of those, all go back when the message is too old
    /// @param held those wait however old it is, until they can be delivered or the administrator
    ///   forces them to expire
    private void settle(
            ActiveMessage m,
            List<Mark.Reason> deferred,
            List<Mark.Reason> held,
            List<Mark.Reason> bounced,
            List<Mark.Reason> noticed) {
        QueuedMessage q = m.queued;
        long ageMillis = Math.max(0, clock.wallMillis() - q.envelope().arrivalMillis());
        boolean forced = q.forcedToExpire();
        List<Mark.Reason> mayExpire = forced ? joined(deferred, held) : deferred;
        List<Mark.Reason> waiting = joined(deferred, held);
        List<Mark.Reason> failed = bounced;
        if (!held.isEmpty() && !forced && expired(m, ageMillis)) {
            kept(held.getFirst());
        }
        if (!mayExpire.isEmpty() && expired(m, ageMillis)) {
            log.event(
                    tag,
                    new QueueEvent.Expired(
                            q.id().text(),
                            Quoting.rfc5321(q.envelope().sender()),
                            q.forcedToExpire()));
            failed = joined(bounced, mayExpire);
            waiting = forced ? List.of() : held;
        }
        long next = nextAttempt(m, ageMillis);
        Mark last =
                waiting.isEmpty()
                        ? new Mark.Removed(q.id())
                        : new Mark.Deferred(q.id(), next, ActiveMessage.compact(q, waiting));
        try {
            notices(m, waiting, failed, noticed, last, ageMillis);
            if (waiting.isEmpty()) {
                removed(q.id(), List.of(last));
            } else {
                due.accept(next);
            }
        } catch (RuntimeException e) {
            // Nobody was told, so nothing is settled but what was marked on the way.
            putOff(q.id(), true, e);
            List<Mark.Reason> all = joined(joined(waiting, failed), noticed);
            queue.post(new Mark.Deferred(q.id(), next, ActiveMessage.compact(q, all)));
            due.accept(next);
        }
    }

    /// Due again later, with the reasons that are known. Not thrown: what the queue does not take
    /// now the feeder offers again.
    void later(ActiveMessage m, long millis) {
        if (m.probe() != null) {
            // It is tried once.
            return;
        }
        long next = clock.wallMillis() + millis;
        post(new Mark.Deferred(m.queued.id(), next, ActiveMessage.known(m.queued)));
        due.accept(next);
    }

    /// The pass before is not over. Its end makes the message due again if it was asked for, so
    /// that it is tried as what it is then.
    ///
    /// @param goesOn whether [#over] is still to come for the one before
    void behind(ActiveMessage before, ActiveMessage m, BooleanSupplier goesOn) {
        boolean asked = m.queued.asked();
        later(m, POSTPONED_MILLIS);
        if (asked) {
            before.askedMeanwhile = true;
            if (!goesOn.getAsBoolean()) {
                asked(m.queued.id());
            }
        }
    }

    /// Nobody sees that this is under delivery any more.
    void over(ActiveMessage m) {
        if (m.askedMeanwhile) {
            asked(m.queued.id());
        }
    }

    private void asked(QueueId id) {
        post(new Mark.DueNow(id));
        due.accept(clock.wallMillis());
    }

    private void post(Mark mark) {
        try {
            queue.post(mark);
        } catch (Throwable e) {
            unposted.add(mark);
            log.panic(tag, "putting off " + mark.id(), e);
        }
    }

    /// Offers again what the queue did not take.
    void again() {
        for (Mark mark = unposted.peek(); mark != null; mark = unposted.peek()) {
            queue.post(mark);
            unposted.remove();
        }
    }

    private void putOff(QueueId id, boolean last, RuntimeException why) {
        log.event(
                tag,
                new QueueEvent.NoticePutOff(id.text(), last, String.valueOf(why.getMessage())));
    }

    private static List<Mark.Reason> joined(List<Mark.Reason> some, List<Mark.Reason> others) {
        if (some.isEmpty() || others.isEmpty()) {
            return some.isEmpty() ? others : some;
        }
        if (some.size() + others.size() > FEW) {
            return new Joined(some, others);
        }
        List<Mark.Reason> out = new ArrayList<>(some);
        out.addAll(others);
        return out;
    }

    /// Very many, without a copy.
    private static final class Joined extends AbstractList<Mark.Reason> implements RandomAccess {
        private final List<Mark.Reason> some;
        private final List<Mark.Reason> others;

        Joined(List<Mark.Reason> some, List<Mark.Reason> others) {
            this.some = some;
            this.others = others;
        }

        @Override
        public Mark.Reason get(int index) {
            int before = some.size();
            return index < before ? some.get(index) : others.get(index - before);
        }

        @Override
        public int size() {
            return some.size() + others.size();
        }
    }

    /// Says once a day of each reason that mail is kept for it.
    private void kept(Mark.Reason why) {
        if (complaints.size() >= MOST_COMPLAINTS) {
            complaints.clear();
        }
        long now = clock.wallMillis();
        boolean[] first = new boolean[1];
        // Several passes end at a time: one of them says it.
        complaints.compute(
                why.text(),
                (_, said) -> {
                    first[0] = said == null || now - said >= DAY_MILLIS;
                    return first[0] ? now : said;
                });
        if (first[0]) {
            log.event(tag, new QueueEvent.Kept(why.text()));
        }
    }

    /// Each notice commits its own recipients' marks; the last carries the pass's.
    private void notices(
            ActiveMessage m,
            List<Mark.Reason> waiting,
            List<Mark.Reason> failed,
            List<Mark.Reason> successes,
            Mark last,
            long ageMillis) {
        QueuedMessage q = m.queued;
        BounceService bounce = m.policies.bounce;
        List<Mark.Reason> noticed = m.reports() ? report(m, successes) : successes;
        boolean warn =
                !waiting.isEmpty()
                        && m.policies.delayWarningMillis > 0
                        && ageMillis > m.policies.delayWarningMillis
                        && !q.delayWarned();
        if (!noticed.isEmpty()) {
            boolean end = failed.isEmpty() && !warn;
            notice(m, noticed, end ? Transaction.of(last) : Transaction.NONE);
            if (end) {
                return;
            }
        }
        int most = m.policies.recipients.perNotice();
        for (int from = 0; from < failed.size(); from += most) {
            int to = Math.min(failed.size(), from + most);
            boolean end = to == failed.size() && !warn;
            bounce.bounced(
                    q, failed.subList(from, to), end ? Transaction.of(last) : Transaction.NONE);
            if (end) {
                return;
            }
        }
        for (int from = 0; warn && from < waiting.size(); from += most) {
            int to = Math.min(waiting.size(), from + most);
            boolean end = to == waiting.size();
            bounce.delayed(
                    q, waiting.subList(from, to), end ? Transaction.of(last) : Transaction.NONE);
        }
        if (warn) {
            return;
        }
        queue.post(last);
    }

    /// The report that was asked for, with the marks of those who were owed a notice of success.
    ///
    /// @return who is still owed one
    private List<Mark.Reason> report(ActiveMessage m, List<Mark.Reason> successes) {
        List<Mark> marks = new ArrayList<>();
        for (Mark.Reason r : successes) {
            marks.add(new Mark.Done(m.queued.id(), r.recipient()));
        }
        told(
                m,
                Outcomes.gathered(m.entries, e -> e.traced),
                marks.isEmpty() ? Transaction.NONE : Transaction.of(marks));
        return List.of();
    }

    /// The report, or what is left of it: of very many all may be told of by then.
    private void told(ActiveMessage m, List<BounceService.Fate> traced, Transaction with) {
        if (!traced.isEmpty() || m.large == null) {
            m.policies.bounce.reported(m.queued, traced, with);
        } else if (!with.isEmpty()) {
            queue.commit(with);
        }
    }

    private boolean expired(ActiveMessage m, long ageMillis) {
        boolean fromNull = m.queued.envelope().sender().isNull();
        Policies p = m.policies;
        return m.queued.forcedToExpire()
                || ageMillis >= (fromNull ? p.bounceLifetimeMillis : p.lifetimeMillis);
    }

    private long nextAttempt(ActiveMessage m, long ageMillis) {
        long turn = m.turnMillis();
        return turn > 0 ? turn : clock.wallMillis() + m.policies.backoffMillis(ageMillis);
    }
}
