package org.postrider.local;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.address.Quoting;
import org.postrider.cleanup.CleanupService.Prepared;
import org.postrider.cleanup.CleanupService.Result;
import org.postrider.delivery.Agent.Member;
import org.postrider.delivery.Agent.Report;
import org.postrider.delivery.DeliveryRequest;
import org.postrider.delivery.Outcome;
import org.postrider.dsn.Status;
import org.postrider.local.expand.Expansion;
import org.postrider.local.expand.Leaf;
import org.postrider.local.expand.Way;
import org.postrider.maps.TableException;
import org.postrider.memory.Budget;
import org.postrider.queue.Attributes;
import org.postrider.queue.Envelope;
import org.postrider.queue.NewMessage;
import org.postrider.queue.QueueException;
import org.postrider.queue.QueuedMessage;
import org.postrider.queue.Recipient;

/// One recipient: what he stands for, each place in turn (mailboxes of a long list some at a time),
/// then what becomes of him. What was delivered is not delivered again because another of his
/// places has to wait: the rest becomes a mail of its own, made durable together with his mark, and
/// so are mail to other addresses and the notices about those that failed. One thread.
final class LocalDelivery {
    private static final Status SENT = new Status(2, 0, 0);
    private static final Status LATER = new Status(4, 3, 0);
    private static final String NOT_FORWARDED = "unable to forward message";
    private static final String NO_ALIASES = "alias database unavailable";
    private static final String UNKNOWN = "unknown mail transport error";

    /// More agents than these do not wait within each other.
    private static final int DEEPEST = 20;

    private final LocalAgent agent;
    private final DeliveryRequest request;
    private final int index;
    private final Recipient recipient;
    private final QueuedMessage message;
    private final Finding finding;
    private final Failures failures;
    private final Settling settling;
    private final Beside beside;
    private final List<Member> members = new ArrayList<>();
    private final List<NewMessage> makes = new ArrayList<>();
    private final List<AutoCloseable> open = new ArrayList<>();
    private Outcome.@Nullable Deferred waits;
    private Outcome.@Nullable Sent first;

    /// What went to other addresses now.
    private final Map<Forwarding.Group, List<Recipient>> went = new LinkedHashMap<>();

    /// The next of the places that were found.
    private int next;

    /// Whom he stands for is not all known: some of them may be other addresses.
    private boolean partly;

    /// Nothing is left to be done, and whether it was to be: what was made is there.
    private @Nullable Boolean over;

    /// How many agents wait for this one to be over, so that what they make is made with it.
    private int waiting;

    /// A fault of this program's, thrown when all else is done.
    private @Nullable RuntimeException fault;

    LocalDelivery(LocalAgent agent, DeliveryRequest request, int index) {
        this.agent = agent;
        this.request = request;
        this.index = index;
        message = request.message();
        recipient = message.envelope().recipients().get(index);
        settling =
                new Settling(
                        message.id() + "/" + index,
                        message.envelope().routing().settled(),
                        agent.service());
        LocalWorld world = agent.world(this::warn);
        failures = new Failures(agent, world, message, this::warn);
        Address original = recipient.original();
        Address asked = original == null ? recipient.address() : original;
        String given = recipient.originalDsn();
        Recipient to =
                new Recipient(
                        recipient.address(),
                        asked,
                        recipient.dsnNotify(),
                        given == null ? "rfc822;" + Quoting.rfc5322(asked) : given);
        finding = new Finding(agent, world, message, to, this::warn);
        Writing writing = new Writing(agent.writer(), settling, finding, message, this::warn);
        beside = new Beside(agent.threads(), writing);
    }

    private void warn(String text) {
        agent.log().warning(request.tag(), text);
    }

    void run(Report report) {
        try (Budget.Share memory = agent.cleanup().receiving()) {
            Gathered found;
            try {
                found = finding.find(memory);
            } catch (Expansion.TooMany e) {
                report.outcome(index, deferred(String.valueOf(e.getMessage())));
                return;
            }
            if (message.envelope().verifies()) {
                verify(found, report);
            } else {
                deliver(found, report);
            }
        } finally {
            close();
        }
    }

    /// What would become of each place; nothing is written, run or made.
    private void verify(Gathered found, Report report) {
        for (Leaf leaf : found.places) {
            Way way = leaf.way();
            Recipient to = new Recipient(way.to().address(), way.original(), 0, null);
            if (leaf instanceof Leaf.Pass p) {
                pass(p, new Told(p));
                continue;
            }
            Outcome done =
                    switch (leaf) {
                        case Leaf.Settled settled ->
                                agent.filter().apply(settled(settled), this::warn);
                        case Leaf.Mailbox _ -> would("delivers to mailbox");
                        case Leaf.Maildir m ->
                                would(
                                        way.through().by() == Way.By.NOBODY
                                                ? "delivers to maildir"
                                                : "delivers to file: " + m.directory());
                        case Leaf.ToFile f -> would("delivers to file: " + f.file());
                        case Leaf.ToCommand c -> would("delivers to command: " + c.command());
                        case Leaf.Forward _, Leaf.Pass _ ->
                                throw new IllegalArgumentException("no place: " + leaf);
                    };
            members.add(member(to, done, false));
        }
        for (List<Recipient> each : found.forwards.values()) {
            for (Recipient to : each) {
                String address = Quoting.rfc5321(to.address());
                members.add(member(to, would("forwards to " + address), false));
            }
        }
        Outcome last = would("delivers to nobody");
        report.outcome(index, members.isEmpty() ? last : members.getLast().outcome(), members);
    }

    private Outcome would(String text) {
        return new Outcome.Sent(Outcome.Detail.local(SENT, agent.service(), text), false);
    }

    private void close() {
        for (AutoCloseable each : open) {
            try {
                each.close();
            } catch (Exception e) {
                warn(message.id() + ": " + e.getMessage());
            }
        }
    }

    /// Once, before the first command or other agent.
    private void turn() {
        if (open.stream().noneMatch(Turnstile.Passage.class::isInstance)) {
            String to = recipient.address().text() + " " + request.nexthop();
            open.add(agent.turnstile().through(to));
        }
    }

    private Outcome.Deferred deferred(String text) {
        return new Outcome.Deferred(Outcome.Detail.local(LATER, agent.service(), text));
    }

    private void deliver(Gathered found, Report report) {
        Leaf leaf = found.only();
        if (leaf != null && alone(found)) {
            if (leaf instanceof Leaf.Pass p) {
                // what was settled earlier is the other agent's
                turn();
                agent.passing(p).pass(to(p, request.message().envelope()), index, report);
                return;
            }
            Outcome outcome = place(leaf);
            if (outcome != null
                    && (!(outcome instanceof Outcome.Bounced) || !failures.isOwned(leaf))) {
                report.outcome(index, outcome);
                return;
            }
            next = 1;
            if (outcome != null) {
                count(leaf, outcome);
            } else if (known(found)) {
                deliver(found, report);
                return;
            }
        }
        rest(found, report);
        if (fault != null) {
            throw fault;
        }
    }

    /// What is so of those of whom something else was supposed.
    ///
    /// @return whether that makes a difference
    private boolean known(Gathered found) {
        try {
            if (!finding.again(found)) {
                return false;
            }
            next = 0;
            return true;
        } catch (Expansion.TooMany e) {
            partly = true;
            waits(deferred(String.valueOf(e.getMessage())));
            next = found.places.size();
            return false;
        }
    }

    /// The places that are left, and what becomes of the recipient.
    ///
    /// @return false where what is made could not be made
    private boolean rest(Gathered found, Report report) {
        do {
            while (over == null && next < found.places.size()) {
                beside.ahead(found.places.subList(next, found.places.size()), this::had);
                Leaf leaf = found.places.get(next++);
                String key = Settling.key(leaf);
                if (!had(key)) {
                    one(leaf, key, found, report);
                }
            }
        } while (over == null && known(found));
        Boolean known = over;
        if (known != null) {
            return known;
        }
        if (!settling.has(Settling.FORWARDED)) {
            found.forwards.forEach(this::forward);
        }
        if (!failures.tell(makes, open, settling)) {
            waits(deferred("unable to queue the notice of a failure"));
        }
        boolean made = settle(found, report);
        over = made;
        return made;
    }

    /// Whether the mail came there before, or was tried to.
    private boolean had(String key) {
        return settling.has(key) || finding.wasTried(key);
    }

    /// A fault in one place does not make the others get the mail again and again.
    private void one(Leaf leaf, String key, Gathered found, Report report) {
        try {
            if (leaf instanceof Leaf.Pass p) {
                finding.tried(key);
                pass(p, new Counted(p, found, report));
                return;
            }
            Outcome outcome = place(leaf);
            if (outcome != null) {
                finding.tried(key);
                count(leaf, outcome);
            }
        } catch (RuntimeException e) {
            finding.tried(key);
            fault = fault == null ? e : fault;
            if (over == null) {
                partly = true;
                count(leaf, deferred(UNKNOWN));
            }
        }
    }

    private void pass(Leaf.Pass leaf, Report report) {
        turn();
        Envelope own = message.envelope();
        // of whom this agent delivers to by itself the other knows nothing
        Attributes plain =
                own.attributes().withRouting(own.attributes().routing().withSettled(null));
        agent.passing(leaf).pass(to(leaf, own.withAttributes(plain)), index, report);
    }

    private DeliveryRequest to(Leaf.Pass leaf, Envelope envelope) {
        return new DeliveryRequest(
                message.under(envelope.withRecipient(index, leaf.way().to())),
                request.transport(),
                request.nexthop(),
                request.recipients(),
                request.more(),
                request.tag());
    }

    /// What another agent says of one of many.
    private class Told implements Report {
        final Leaf.Pass leaf;

        Told(Leaf.Pass leaf) {
            this.leaf = leaf;
        }

        @Override
        public void outcome(int recipient, Outcome outcome) {
            outcome(recipient, outcome, List.of(member(recipient(leaf), outcome, false)));
        }

        @Override
        public boolean outcome(int recipient, Outcome outcome, List<Member> all) {
            members.addAll(all);
            return true;
        }
    }

    /// The same where it has been done.
    private final class Counted extends Told {
        private final Gathered found;
        private final Report report;

        Counted(Leaf.Pass leaf, Gathered found, Report report) {
            super(leaf);
            this.found = found;
            this.report = report;
        }

        @Override
        public boolean outcome(int recipient, Outcome outcome, List<Member> all) {
            boolean makes = outcome instanceof Outcome.Sent s && !s.makes().isEmpty();
            if (makes && waiting == DEEPEST) {
                count(leaf, deferred("more agents than " + DEEPEST + " that make mail"));
                return false;
            }
            settled(leaf, outcome);
            members.addAll(all);
            if (!makes) {
                return true;
            }
            // it lets go of what it makes when this returns
            waiting++;
            try {
                return rest(found, report);
            } finally {
                waiting--;
            }
        }
    }

    /// The recipient himself, by no alias or file.
    private boolean alone(Gathered found) {
        Leaf leaf = found.places.getFirst();
        Way way = leaf.way();
        return !found.expanded
                && settling.isEmpty()
                && way.through().by() == Way.By.NOBODY
                && way.to().address().equals(recipient.address());
    }

    private @Nullable Outcome written(Leaf leaf) {
        if (leaf instanceof Leaf.ToCommand) {
            turn();
        }
        return beside.write(leaf);
    }

    /// @return null where nothing was done, since its user has a `.forward`
    private @Nullable Outcome place(Leaf leaf) {
        Outcome outcome =
                switch (leaf) {
                    case Leaf.Settled s -> settled(s);
                    case Leaf.Mailbox _, Leaf.Maildir _, Leaf.ToFile _, Leaf.ToCommand _ ->
                            written(leaf);
                    case Leaf.Forward _, Leaf.Pass _ ->
                            throw new IllegalArgumentException("no place: " + leaf);
                };
        if (outcome == null) {
            finding.mistaken();
            return null;
        }
        return agent.filter().apply(outcome, this::warn);
    }

    private Outcome settled(Leaf.Settled s) {
        Outcome.Detail detail = Outcome.Detail.local(s.status(), agent.service(), s.text());
        return switch (s.status().kind()) {
            case 2 -> new Outcome.Sent(detail, false);
            case 4 -> new Outcome.Deferred(detail);
            default -> new Outcome.Bounced(detail);
        };
    }

    private static Member member(Recipient to, Outcome outcome, boolean made) {
        return new Member(to.address(), to.original(), outcome, made, null);
    }

    /// As log and notices have him.
    private static Recipient recipient(Leaf leaf) {
        Way way = leaf.way();
        return new Recipient(
                way.to().address(), way.original(), way.to().dsnNotify(), way.to().originalDsn());
    }

    private void count(Leaf leaf, Outcome outcome) {
        members.add(member(recipient(leaf), settled(leaf, outcome), false));
    }

    /// @return what it comes to
    private Outcome settled(Leaf leaf, Outcome outcome) {
        return switch (outcome) {
            case Outcome.Sent s -> {
                makes.addAll(s.makes());
                first = first == null ? s : first;
                settling.add(Settling.key(leaf));
                yield s;
            }
            case Outcome.Deferred d -> waits(leaf, d);
            case Outcome.Bounced b when agent.softBounce() -> {
                waits(leaf, new Outcome.Deferred(b.detail()));
                yield b;
            }
            case Outcome.Bounced b -> {
                try {
                    failures.add(leaf, recipient(leaf), b);
                    yield b;
                } catch (TableException e) {
                    e.warnings().forEach(this::warn);
                    yield waits(leaf, deferred(NO_ALIASES));
                }
            }
        };
    }

    private Outcome waits(Leaf leaf, Outcome.Deferred d) {
        partly |= leaf instanceof Leaf.Settled;
        waits(d);
        return d;
    }

    private void waits(Outcome.Deferred d) {
        waits = waits == null ? d : waits;
    }

    // ---- what is made

    private void forward(Forwarding.Group group, List<Recipient> all) {
        List<Recipient> to = left(group, all);
        if (to.isEmpty()) {
            return;
        }
        try {
            Forwarding.Ready ready = agent.forwarding().forward(message, group, to);
            open.add(ready);
            switch (ready.prepared()) {
                case Prepared.Ready r -> {
                    makes.add(r.message());
                    went.put(group, to);
                    forwarded(ready.id().text());
                }
                case Prepared.Dropped _ -> {
                    went.put(group, to);
                    forwarded(ready.id().text());
                }
                case Prepared.Refused(Result.Rejected r) when r.code() / 100 == 4 ->
                        notForwarded(to);
                case Prepared.Refused(Result.Rejected r) -> refused(group, to, r);
            }
        } catch (IOException | QueueException e) {
            warn(message.id() + ": " + e.getMessage());
            notForwarded(to);
        }
    }

    /// Those that an earlier attempt did not forward to.
    private List<Recipient> left(Forwarding.Group group, List<Recipient> all) {
        return settling.isEmpty()
                ? all
                : all.stream().filter(to -> !settling.has(Settling.key(group, to))).toList();
    }

    private void forwarded(String id) {
        Outcome.Sent sent =
                new Outcome.Sent(
                        Outcome.Detail.local(SENT, agent.service(), "forwarded as " + id), true);
        first = first == null ? sent : first;
        members.add(member(recipient, sent, true));
    }

    private void notForwarded(List<Recipient> to) {
        partly = true;
        Outcome.Deferred outcome = deferred(NOT_FORWARDED);
        to.forEach(each -> members.add(member(each, outcome, false)));
        waits(outcome);
    }

    /// Never can be.
    private void refused(Forwarding.Group group, List<Recipient> to, Result.Rejected why) {
        Outcome.Detail detail = Outcome.Detail.local(why.status(), agent.service(), why.text());
        for (Recipient each : to) {
            Outcome.Bounced outcome = new Outcome.Bounced(detail);
            members.add(member(each, outcome, false));
            if (agent.softBounce()) {
                partly = true;
                waits(new Outcome.Deferred(detail));
            } else {
                failures.add(group, each, detail);
            }
        }
    }

    // ---- what becomes of the recipient

    private boolean settle(Gathered found, Report report) {
        Outcome.Deferred later = waits;
        boolean nothing = first == null && failures.isEmpty();
        if (later != null && (nothing || !remembered() || !again())) {
            List<Member> left = members.stream().filter(m -> !m.made()).toList();
            report.outcome(index, later, left);
            return false;
        }
        Outcome.Sent sent = first;
        Outcome.Detail detail = found.expanded || sent == null ? expanded(found) : sent.detail();
        // a mail that goes on tells of success at its end
        boolean told = later != null || (!found.expanded && sent != null && sent.dsnSupported());
        boolean made = report.outcome(index, new Outcome.Sent(detail, told, makes), members);
        if (made) {
            failures.committed();
        }
        return made;
    }

    /// Whether the mail for what is left can say who has had it. Many who went to other addresses
    /// are told in one word, but not while some of them are not known.
    private boolean remembered() {
        long many = went.values().stream().mapToLong(List::size).sum();
        if (settling.size() + many <= Settling.MOST) {
            went.forEach((group, to) -> to.forEach(r -> settling.add(Settling.key(group, r))));
        } else if (partly) {
            return false;
        } else if (many > 0) {
            settling.add(Settling.FORWARDED);
        }
        return settling.size() <= Settling.MOST;
    }

    private Outcome.Detail expanded(Gathered found) {
        return new Outcome.Detail(
                SENT,
                agent.service(),
                "alias expanded",
                found.list ? "" : "expanded",
                null,
                null,
                1,
                0,
                0);
    }

    /// Makes the mail for what is left.
    ///
    /// @return false where it cannot be made
    private boolean again() {
        try {
            Forwarding.Ready ready = agent.forwarding().again(message, recipient, settling.text());
            open.add(ready);
            makes.add(java.util.Objects.requireNonNull(ready.message()));
            forwarded(ready.id().text());
            return true;
        } catch (IOException | QueueException e) {
            warn(message.id() + ": " + e.getMessage());
            return false;
        }
    }
}
