package org.postrider.qmgr;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.address.Quoting;
import org.postrider.bounce.BounceService;
import org.postrider.delivery.Agent;
import org.postrider.delivery.Outcome;
import org.postrider.delivery.Probe;
import org.postrider.dsn.Status;
import org.postrider.log.DeliveryEvent;
import org.postrider.log.LogTag;
import org.postrider.log.MailLog;
import org.postrider.maps.Fold;
import org.postrider.maps.TableException;
import org.postrider.queue.Mark;
import org.postrider.queue.Queue;
import org.postrider.queue.QueueException;
import org.postrider.queue.Recipient;
import org.postrider.queue.Transaction;
import org.postrider.time.Clock;

/// What becomes of recipients: log line and mark at once, the rest at the end of the pass. On the
/// delivery's thread.
final class Outcomes {
    private static final int PER_REASON = 128;
    private static final int SHORT = 100;
    private static final Status NOT_MADE = new Status(4, 3, 0);
    private static final String NOT_READ_TEXT = "recipients could not be read";
    private static final String NOT_MADE_TEXT = "unable to queue the mail that takes its place";

    private final Queue queue;
    private final MailLog log;
    private final Clock clock;

    Outcomes(Queue queue, MailLog log, Clock clock) {
        this.queue = queue;
        this.log = log;
        this.clock = clock;
    }

    /// Takes the outcomes of one delivery.
    final class Taker implements Agent.Report {
        private final Entry entry;
        private final ActiveMessage message;
        private final LogTag tag;
        private final long startNanos;
        private final boolean softBounce;
        private final boolean[] seen;

        /// Whom it is about can be said without a file: what was done is written down.
        private final List<Recipient> recipients;

        private Taker(Entry entry, List<Recipient> recipients, LogTag tag, boolean softBounce) {
            this.recipients = recipients;
            this.softBounce = softBounce;
            this.entry = entry;
            this.message = java.util.Objects.requireNonNull(entry.message);
            this.tag = tag;
            this.startNanos = clock.nanos();
            this.seen = new boolean[entry.recipients.length];
        }

        @Override
        public void outcome(int recipient, Outcome outcome) {
            Outcome kept = taken(recipient, outcome);
            Recipient of = recipients.get(recipient);
            String probed = trace(of, recipient, kept);
            String status = probed == null ? status(outcome, kept) : probed;
            logLine(message, of, kept.detail(), status, tag, startNanos);
        }

        @Override
        public boolean outcome(int recipient, Outcome outcome, List<Agent.Member> members) {
            Outcome kept = taken(recipient, outcome);
            boolean made = kept instanceof Outcome.Sent || !(outcome instanceof Outcome.Sent);
            Recipient of = recipients.get(recipient);
            for (Agent.Member each : members) {
                if (made || !each.made()) {
                    Recipient to =
                            new Recipient(each.address(), each.original(), 0, of.originalDsn());
                    trace(to, recipient, memberLine(each));
                }
            }
            if (!made || members.isEmpty()) {
                String probed = trace(of, recipient, kept);
                String status = probed == null ? status(outcome, kept) : probed;
                logLine(message, of, kept.detail(), status, tag, startNanos);
            }
            return made;
        }

        private Outcome memberLine(Agent.Member m) {
            Outcome kept =
                    m.outcome() instanceof Outcome.Bounced b && softBounce && !message.verifies()
                            ? softened(b)
                            : m.outcome();
            LogTag own = m.tag();
            line(
                    message,
                    new To(m.address(), m.original()),
                    kept.detail(),
                    status(m.outcome(), kept),
                    own == null ? tag : own,
                    startNanos);
            return kept;
        }

        /// For the report, if one is wanted, or for who asked.
        ///
        /// @return the word for the log; null for the usual one
        private @Nullable String trace(Recipient to, int recipient, Outcome what) {
            Probe probe = message.probe();
            if (probe != null) {
                return probe.answers().told(to, what);
            }
            if (message.verifies() || message.reports()) {
                entry.traced(new BounceService.Fate(to, kept(reason(recipient, what.detail()))));
            }
            return null;
        }

        /// The destination may have asked for less mail.
        void hears(String reply) {
            Entry.Rating rating = entry.rating;
            Policies.Route route =
                    rating == null || rating.throttled != null
                            ? null
                            : message.policies.route(entry.transport);
            if (rating == null || route == null || route.rates == null) {
                return;
            }
            try {
                rating.throttled = route.rates.throttled(reply);
            } catch (TableException e) {
                e.warnings().forEach(line -> log.warning(tag, line));
            }
        }

        /// Writes down what was said, which is what is kept of it.
        private Outcome taken(int recipient, Outcome outcome) {
            int at = indexOf(recipient);
            if (at < 0 || seen[at]) {
                throw new IllegalArgumentException(
                        "outcome for recipient " + recipient + " which is not owed");
            }
            if (message.verifies()) {
                seen[at] = true;
                entry.reported++;
                return outcome;
            }
            // Reported is what is written down, not what was said.
            if (outcome instanceof Outcome.Deferred d && d.detail().remoteMta() != null) {
                String reply = d.detail().diagnostic();
                hears(reply == null ? d.detail().text() : reply);
            }
            Outcome kept = settled(recipient, outcome);
            switch (kept) {
                case Outcome.Sent s -> sent(recipient, s);
                case Outcome.Deferred d when d.held() && message.policies.holdsForGood ->
                        entry.held(kept(reason(recipient, d.detail())));
                case Outcome.Deferred d -> entry.deferred(kept(reason(recipient, d.detail())));
                case Outcome.Bounced b -> bounced(reason(recipient, b.detail()));
            }
            seen[at] = true;
            entry.reported++;
            return kept;
        }

        /// What becomes of an outcome: a failure under soft_bounce is none yet, and mail that is
        /// made is there, with its recipient's mark, or the recipient waits.
        private Outcome settled(int recipient, Outcome outcome) {
            return switch (outcome) {
                case Outcome.Bounced b when softBounce -> softened(b);
                case Outcome.Sent s when !s.makes().isEmpty() -> made(recipient, s);
                case Outcome.Sent s -> s;
                case Outcome.Deferred d -> d;
                case Outcome.Bounced b -> b;
            };
        }

        private String status(Outcome said, Outcome kept) {
            if (message.verifies()) {
                return kept instanceof Outcome.Sent ? "deliverable" : "undeliverable";
            }
            return switch (kept) {
                case Outcome.Sent _ -> "sent";
                case Outcome.Deferred _ ->
                        said instanceof Outcome.Bounced ? "SOFTBOUNCE" : "deferred";
                case Outcome.Bounced _ -> "bounced";
            };
        }

        private void bounced(Mark.Reason why) {
            if (message.queued.keeps(octets(why))) {
                entry.bouncedMemory += octets(why);
            } else {
                message.pressed = true;
            }
            entry.bounced(why);
        }

        /// New mail and the mark of whom it stands for, in one transaction, with the notice of
        /// success where one is owed.
        private Outcome made(int recipient, Outcome.Sent s) {
            Transaction all =
                    new Transaction(
                            s.makes(), List.of(new Mark.Done(message.queued.id(), recipient)));
            try {
                if (owesNotice(recipient, s)) {
                    List<Mark.Reason> done = List.of(reason(recipient, s.detail()));
                    message.policies.bounce.delivered(message.queued, done, all);
                } else {
                    queue.commit(all);
                }
                return s;
            } catch (QueueException e) {
                log.warning(tag, message.queued.id() + ": mail not made: " + e.getMessage());
                return new Outcome.Deferred(
                        Outcome.Detail.local(NOT_MADE, s.detail().relay(), NOT_MADE_TEXT));
            }
        }

        private boolean owesNotice(int recipient, Outcome.Sent s) {
            int notify = recipients.get(recipient).dsnNotify();
            // What the next hop was told of success is its to tell.
            int ours = s.dsnSupported() ? notify & ~Recipient.SUCCESS : notify;
            return (ours & Recipient.SUCCESS) != 0
                    || (message.clearsDelay() && (ours == 0 || (ours & Recipient.DELAY) != 0));
        }

        private int indexOf(int recipient) {
            int[] all = entry.recipients;
            for (int i = 0; i < all.length; i++) {
                if (all[i] == recipient) {
                    return i;
                }
            }
            return -1;
        }

        private void sent(int recipient, Outcome.Sent s) {
            if (!s.makes().isEmpty()) {
                // Settled already.
                return;
            }
            if (owesNotice(recipient, s)) {
                // Settled together with the notice, at the end of the pass.
                entry.noticed(kept(reason(recipient, s.detail())));
            } else if (!message.single()) {
                queue.post(new Mark.Done(message.queued.id(), recipient));
            }
        }

        /// What is kept of an answer; less of it where there is no memory.
        private Mark.Reason kept(Mark.Reason r) {
            if (message.queued.keeps(octets(r))) {
                keeps(octets(r));
                return r;
            }
            // The first of very many are kept whole, more of them in short, the rest not.
            Mark.Reason less =
                    shortened(r, r.text().substring(0, Math.min(SHORT, r.text().length())));
            if (message.queued.keeps(octets(less))) {
                keeps(octets(less));
                return less;
            }
            return shortened(r, Mark.Reason.NOT_KEPT);
        }

        private void keeps(long octets) {
            LargeMessage large = message.large;
            if (large != null) {
                large.keeps(entry, octets);
            }
        }

        private static Mark.Reason shortened(Mark.Reason r, String text) {
            return new Mark.Reason(
                    r.recipient(), r.status(), text, r.relay(), r.remoteMta(), null, r.action());
        }

        /// For recipients that the agent said nothing about.
        ///
        /// @return false where there are none
        boolean rest(Outcome outcome) {
            if (entry.reported == seen.length) {
                return false;
            }
            for (int i = 0; i < seen.length; i++) {
                if (!seen[i]) {
                    outcome(entry.recipients[i], outcome);
                }
            }
            return true;
        }
    }

    /// @param recipients of the message; those of the entry are read
    /// @param softBounce what fails for good waits
    Taker taker(Entry entry, List<Recipient> recipients, LogTag tag, boolean softBounce) {
        return new Taker(entry, recipients, tag, softBounce);
    }

    private static Outcome.Deferred softened(Outcome.Bounced b) {
        Outcome.Detail d = b.detail();
        return new Outcome.Deferred(
                new Outcome.Detail(
                        d.status().as(4),
                        d.relay(),
                        d.text(),
                        d.action(),
                        d.remoteMta(),
                        d.diagnostic(),
                        d.spent()));
    }

    /// What it takes of memory.
    static long octets(Mark.Reason r) {
        String diagnostic = r.diagnostic();
        return PER_REASON + r.text().length() + (diagnostic == null ? 0 : diagnostic.length());
    }

    static Mark.Reason reason(int recipient, Outcome.Detail d) {
        return new Mark.Reason(
                recipient,
                d.status(),
                d.text(),
                d.relay(),
                d.remoteMta(),
                d.diagnostic(),
                d.action());
    }

    /// Recipients of an entry of which none was tried, as they cannot be read: all of them wait.
    void unread(Entry entry) {
        for (int recipient : entry.recipients) {
            entry.deferred(unread(recipient));
            entry.reported++;
        }
    }

    /// Why one waits who cannot be read.
    static Mark.Reason unread(int recipient) {
        return new Mark.Reason(recipient, NOT_MADE, NOT_READ_TEXT, "none", null, null, "");
    }

    /// Recipients of an entry that is not tried; those that cannot be read wait, too.
    void suspended(Entry entry, Entry.Suspension why) {
        ActiveMessage m = java.util.Objects.requireNonNull(entry.message);
        if (why == Routing.EXPANDED) {
            expanded(entry, why);
            return;
        }
        List<Recipient> all;
        try {
            all = entry.having().recipients();
        } catch (QueueException e) {
            LogTag qmgr = new LogTag("postfix/qmgr", ProcessHandle.current().pid());
            log.warning(qmgr, m.queued.id() + ": reading recipients: " + e.getMessage());
            unread(entry);
            return;
        }
        long start = clock.nanos();
        Outcome.Detail detail = Outcome.Detail.local(why.status(), "none", why.text());
        Policies.Route route = m.policies.route("retry");
        Policies.Route as = route != null ? route : m.policies.route("error");
        String name = as != null ? as.tagName : "postfix/error";
        Long slot = as != null ? as.transport.slots().take() : null;
        LogTag tag = new LogTag(name, slot == null ? ProcessHandle.current().pid() : slot);
        try {
            for (int recipient : entry.recipients) {
                String status = m.verifies() ? "undeliverable" : "deferred";
                Probe probe = m.probe();
                if (probe != null) {
                    Recipient of = all.get(recipient);
                    status = probe.answers().told(of, new Outcome.Deferred(detail));
                } else if (m.verifies() || m.reports()) {
                    entry.traced(
                            new BounceService.Fate(all.get(recipient), reason(recipient, detail)));
                }
                if (!m.verifies() && why.held() && m.policies.holdsForGood) {
                    entry.held(reason(recipient, detail));
                } else if (!m.verifies()) {
                    entry.deferred(reason(recipient, detail));
                }
                entry.reported++;
                logLine(m, all.get(recipient), detail, status, tag, start);
            }
        } finally {
            if (as != null && slot != null) {
                as.transport.slots().give(slot);
            }
        }
    }

    /// Aliases whose members are recipients of their own: the sender is told with what else the
    /// pass tells him.
    private static void expanded(Entry entry, Entry.Suspension why) {
        ActiveMessage m = java.util.Objects.requireNonNull(entry.message);
        List<Recipient> all = m.queued.envelope().recipients();
        for (int r : entry.recipients) {
            Mark.Reason told =
                    new Mark.Reason(r, why.status(), why.text(), "none", null, null, "expanded");
            if (m.verifies() || m.reports()) {
                entry.traced(new BounceService.Fate(all.get(r), told));
            }
            if (!m.verifies()) {
                entry.noticed(told);
            }
            entry.reported++;
        }
    }

    private void logLine(
            ActiveMessage m,
            Recipient r,
            Outcome.Detail d,
            String status,
            LogTag tag,
            long startNanos) {
        line(m, new To(r.address(), r.original()), d, status, tag, startNanos);
    }

    /// Whom a line is about.
    private record To(Address address, @Nullable Address original) {}

    private void line(
            ActiveMessage m, To to, Outcome.Detail d, String status, LogTag tag, long startNanos) {
        long now = clock.nanos();
        Outcome.Spent spent = d.spent();
        boolean measured = spent.connectNanos() != 0 || spent.transmitNanos() != 0;
        long[] delays = {
            m.waitedNanos,
            startNanos - m.activeNanos,
            spent.connectNanos(),
            measured ? spent.transmitNanos() : now - startNanos
        };
        log.event(
                tag,
                new DeliveryEvent.Delivery(
                        m.queued.id().text(),
                        Quoting.rfc5321(to.address()),
                        original(to),
                        new DeliveryEvent.Relay(d.relay(), spent.connectionUse(), spent.tls()),
                        m.waitedNanos + now - m.activeNanos,
                        delays,
                        d.status().toString(),
                        status,
                        d.text()));
    }

    private static @Nullable String original(To to) {
        Address o = to.original();
        return o == null || o.text().isEmpty() || Fold.same(o.text(), to.address().text())
                ? null
                : Quoting.rfc5321(o);
    }

    /// All reasons of one kind over the entries of a pass.
    static <T> List<T> gathered(
            List<Entry> entries, java.util.function.Function<Entry, List<T>> kind) {
        if (entries.size() == 1) {
            return kind.apply(entries.getFirst());
        }
        List<T> out = new ArrayList<>();
        for (Entry e : entries) {
            out.addAll(kind.apply(e));
        }
        return out;
    }

    /// For an administrator's expiry of mail that was never tried.
    static Mark.Reason administrative(int recipient) {
        return new Mark.Reason(
                recipient,
                new Status(4, 7, 0),
                "message is administratively expired",
                "none",
                null,
                null,
                "");
    }
}
