package org.postrider.local;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.address.Quoting;
import org.postrider.bounce.BounceService;
import org.postrider.cleanup.CleanupService.Prepared;
import org.postrider.cleanup.CleanupService.Result;
import org.postrider.delivery.Agent.Member;
import org.postrider.delivery.Agent.Report;
import org.postrider.delivery.DeliveryRequest;
import org.postrider.delivery.Outcome;
import org.postrider.dsn.Status;
import org.postrider.local.expand.AliasTable;
import org.postrider.local.expand.Expansion;
import org.postrider.local.expand.Leaf;
import org.postrider.local.expand.Way;
import org.postrider.log.LogTag;
import org.postrider.maps.TableException;
import org.postrider.memory.Budget;
import org.postrider.queue.Attributes;
import org.postrider.queue.Dsn;
import org.postrider.queue.Envelope;
import org.postrider.queue.Mark;
import org.postrider.queue.NewMessage;
import org.postrider.queue.QueueException;
import org.postrider.queue.QueuedMessage;
import org.postrider.queue.Recipient;

/// One recipient: what he stands for, each place in turn, then what becomes of him. What was
/// delivered is not delivered again because another of his places has to wait: the rest becomes a
/// mail of its own, made durable together with his mark, and so are mail to other addresses and the
/// notices about those that failed. One thread.
final class LocalDelivery {
    private static final Status SENT = new Status(2, 0, 0);
    private static final Status LATER = new Status(4, 3, 0);
    private static final String NOT_FORWARDED = "unable to forward message";

    private final LocalAgent agent;
    private final DeliveryRequest request;
    private final int index;
    private final Recipient recipient;
    private final QueuedMessage message;
    private final LocalWorld world;
    private final Settling settling;
    private final List<Member> members = new ArrayList<>();
    private final List<NewMessage> makes = new ArrayList<>();
    private final List<AutoCloseable> open = new ArrayList<>();
    private final List<BounceService.Unsent> notices = new ArrayList<>();
    private final Map<Address, List<Failed>> failed = new LinkedHashMap<>();
    private Outcome.@Nullable Deferred waits;
    private Outcome.@Nullable Sent first;

    /// One of whom the sender, or a list's owner, is to hear.
    ///
    /// @param list its sender is a list's owner
    private record Failed(Recipient to, Outcome.Detail detail, boolean list) {}

    LocalDelivery(LocalAgent agent, DeliveryRequest request, int index) {
        this.agent = agent;
        this.request = request;
        this.index = index;
        message = request.message();
        recipient = message.envelope().recipients().get(index);
        settling = new Settling(message.envelope().routing().settled());
        world = agent.world(this::warn);
    }

    private void warn(String text) {
        agent.log().warning(request.tag(), text);
    }

    void run(Report report) {
        try (Budget.Share memory = agent.cleanup().receiving()) {
            Gathered found = new Gathered(memory);
            Address original = recipient.original();
            Address asked = original == null ? recipient.address() : original;
            String given = recipient.originalDsn();
            Recipient to =
                    new Recipient(
                            recipient.address(),
                            asked,
                            recipient.dsnNotify(),
                            given == null ? "rfc822;" + Quoting.rfc5322(asked) : given);
            try {
                agent.expansion(world, message, found)
                        .run(to, message.envelope().sender(), message.id().text());
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
            Done done =
                    switch (leaf) {
                        case Leaf.Settled _, Leaf.Pass _ -> place(leaf);
                        case Leaf.Mailbox _ -> would("delivers to mailbox");
                        case Leaf.Maildir m ->
                                would(
                                        way.through().by() == Way.By.NOBODY
                                                ? "delivers to maildir"
                                                : "delivers to file: " + m.directory());
                        case Leaf.ToFile f -> would("delivers to file: " + f.file());
                        case Leaf.ToCommand c -> would("delivers to command: " + c.command());
                        case Leaf.Forward _ ->
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
        Outcome last = would("delivers to nobody").outcome();
        report.outcome(index, members.isEmpty() ? last : members.getLast().outcome(), members);
    }

    private Done would(String text) {
        return new Done(
                new Outcome.Sent(Outcome.Detail.local(SENT, agent.service(), text), false), null);
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

    private Outcome.Deferred deferred(String text) {
        return new Outcome.Deferred(Outcome.Detail.local(LATER, agent.service(), text));
    }

    private void deliver(Gathered found, Report report) {
        if (found.places.size() == 1 && found.forwards.isEmpty() && alone(found)) {
            Leaf leaf = found.places.getFirst();
            Done done = place(leaf);
            if (owner(leaf, done.outcome()) == null) {
                said(report, done);
                return;
            }
            count(leaf, done);
        } else {
            for (Leaf leaf : found.places) {
                if (!settling.has(Settling.key(leaf))) {
                    count(leaf, place(leaf));
                }
            }
        }
        if (!settling.has(Settling.FORWARDED)) {
            found.forwards.forEach(this::forward);
        }
        tell();
        settle(found, report);
    }

    /// The recipient himself, by no alias or file.
    private boolean alone(Gathered found) {
        Way way = found.places.getFirst().way();
        return !found.expanded
                && settling.isEmpty()
                && way.through().by() == Way.By.NOBODY
                && way.to().address().equals(recipient.address());
    }

    private void said(Report report, Done done) {
        if (done.tag() == null) {
            report.outcome(index, done.outcome());
        } else {
            report.outcome(index, done.outcome(), List.of(member(recipient, done, false)));
        }
    }

    /// @param tag who did it; null for the agent itself
    private record Done(Outcome outcome, @Nullable LogTag tag) {}

    private Done place(Leaf leaf) {
        Done done =
                switch (leaf) {
                    case Leaf.Settled s -> new Done(settled(s), null);
                    case Leaf.Pass p -> {
                        Passing.Answered answer = agent.passing().pass(p, request, index);
                        yield new Done(answer.outcome(), answer.tag());
                    }
                    case Leaf.Mailbox _, Leaf.Maildir _, Leaf.ToFile _, Leaf.ToCommand _ ->
                            new Done(agent.writer().write(leaf, message, this::warn), null);
                    case Leaf.Forward _ -> throw new IllegalArgumentException("no place: " + leaf);
                };
        return done.tag() != null
                ? done
                : new Done(agent.filter().apply(done.outcome(), this::warn), null);
    }

    private Outcome settled(Leaf.Settled s) {
        Outcome.Detail detail = Outcome.Detail.local(s.status(), agent.service(), s.text());
        return switch (s.status().kind()) {
            case 2 -> new Outcome.Sent(detail, false);
            case 4 -> new Outcome.Deferred(detail);
            default -> new Outcome.Bounced(detail);
        };
    }

    private Member member(Recipient to, Done done, boolean made) {
        return new Member(to.address(), to.original(), done.outcome(), made, done.tag());
    }

    private void count(Leaf leaf, Done done) {
        Way way = leaf.way();
        Recipient to =
                new Recipient(
                        way.to().address(),
                        way.original(),
                        way.to().dsnNotify(),
                        way.to().originalDsn());
        members.add(member(to, done, false));
        switch (done.outcome()) {
            case Outcome.Sent s -> {
                makes.addAll(s.makes());
                first = first == null ? s : first;
                settling.add(Settling.key(leaf));
            }
            case Outcome.Deferred d -> waits(d);
            case Outcome.Bounced b when agent.softBounce() ->
                    waits(new Outcome.Deferred(b.detail()));
            case Outcome.Bounced b -> {
                Address owner = owner(leaf, b);
                failed.computeIfAbsent(
                                owner == null ? message.envelope().sender() : owner,
                                _ -> new ArrayList<>())
                        .add(
                                new Failed(
                                        way.back().list() ? unnamed(to) : to,
                                        b.detail(),
                                        owner != null));
                settling.add(Settling.key(leaf));
            }
        }
    }

    /// Whom the mail was for is not told a list's owner.
    private static Recipient unnamed(Recipient to) {
        return new Recipient(to.address(), Address.NULL, to.dsnNotify(), null);
    }

    private void waits(Outcome.Deferred d) {
        waits = waits == null ? d : waits;
    }

    /// Who hears of a member's failure in the sender's place.
    private @Nullable Address owner(Leaf leaf, Outcome outcome) {
        Way way = leaf.way();
        if (!(outcome instanceof Outcome.Bounced)) {
            return null;
        }
        if (way.back().list()) {
            return way.back().sender();
        }
        boolean asked =
                leaf instanceof Leaf.ToFile
                        || leaf instanceof Leaf.ToCommand
                        || (leaf instanceof Leaf.Settled s && s.toOwner());
        return asked && agent.policy().ownerSpecial ? ownerOf(way) : null;
    }

    private @Nullable Address ownerOf(Way way) {
        try {
            String local = way.to().address().local();
            for (String name : List.of(local, way.name().user())) {
                String owner = "owner-" + name;
                String value = AliasTable.first(world.aliases(), owner);
                if (value != null) {
                    return world.canonical(new Address(agent.policy().expandOwner ? value : owner));
                }
            }
        } catch (TableException e) {
            e.warnings().forEach(this::warn);
        }
        return null;
    }

    // ---- what is made

    private void forward(Forwarding.Group group, List<Recipient> to) {
        try {
            Forwarding.Ready ready = agent.forwarding().forward(message, group, to);
            open.add(ready);
            switch (ready.prepared()) {
                case Prepared.Ready r -> {
                    makes.add(r.message());
                    forwarded(ready.id().text());
                }
                case Prepared.Dropped _ -> forwarded(ready.id().text());
                case Prepared.Refused(Result.Rejected r) when r.code() / 100 == 4 ->
                        notForwarded(to, null);
                case Prepared.Refused(Result.Rejected r) -> notForwarded(to, r);
            }
        } catch (IOException | QueueException e) {
            warn(message.id() + ": " + e.getMessage());
            notForwarded(to, null);
        }
    }

    private void forwarded(String id) {
        Outcome.Sent sent =
                new Outcome.Sent(
                        Outcome.Detail.local(SENT, agent.service(), "forwarded as " + id), true);
        first = first == null ? sent : first;
        members.add(member(recipient, new Done(sent, null), true));
        settling.add(Settling.FORWARDED);
    }

    /// @param refused why it never can be; null for now
    private void notForwarded(List<Recipient> to, Result.@Nullable Rejected refused) {
        for (Recipient each : to) {
            Outcome outcome = deferred(NOT_FORWARDED);
            if (refused != null) {
                Outcome.Detail detail =
                        Outcome.Detail.local(refused.status(), agent.service(), refused.text());
                outcome = new Outcome.Bounced(detail);
                failed.computeIfAbsent(message.envelope().sender(), _ -> new ArrayList<>())
                        .add(new Failed(each, detail, false));
            } else {
                waits(deferred(NOT_FORWARDED));
            }
            members.add(member(each, new Done(outcome, null), false));
        }
    }

    /// Notices about those that failed, to the sender or to a list's owner.
    private void tell() {
        failed.forEach((sender, all) -> {
            Envelope before = message.envelope();
            List<Mark.Reason> reasons = new ArrayList<>();
            for (int i = 0; i < all.size(); i++) {
                reasons.add(reason(i, all.get(i).detail()));
            }
            boolean list = all.getFirst().list();
            Envelope envelope =
                    new Envelope(
                            sender,
                            all.stream().map(Failed::to).toList(),
                            before.arrivalMillis(),
                            list ? withoutWishes(before.attributes()) : before.attributes());
            try {
                BounceService.Unsent unsent =
                        agent.bounces().unsent(new PassedMessage(message, envelope), reasons);
                open.add(unsent);
                notices.add(unsent);
                makes.addAll(unsent.messages());
            } catch (QueueException e) {
                warn(message.id() + ": no notice: " + e.getMessage());
                waits(deferred("unable to queue the notice of a failure"));
            }
        });
    }

    private static Mark.Reason reason(int at, Outcome.Detail d) {
        return new Mark.Reason(
                at, d.status(), d.text(), d.relay(), d.remoteMta(), d.diagnostic(), d.action());
    }

    // ---- what becomes of the recipient

    private void settle(Gathered found, Report report) {
        Outcome.Deferred later = waits;
        boolean nothing = first == null && failed.isEmpty();
        if (later != null && (nothing || settling.size() > Settling.MOST || !again())) {
            report.outcome(index, later, members.stream().filter(m -> !m.made()).toList());
            return;
        }
        Outcome.Sent sent = first;
        Outcome.Detail detail = found.expanded || sent == null ? expanded(found) : sent.detail();
        // a mail that goes on tells of success at its end
        boolean told = later != null || (!found.expanded && sent != null && sent.dsnSupported());
        if (report.outcome(index, new Outcome.Sent(detail, told, makes), members)) {
            notices.forEach(BounceService.Unsent::committed);
        }
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

    /// What a list's owner hears of a mail: nothing of what its sender wished for.
    private static Attributes withoutWishes(Attributes a) {
        return new Attributes(
                a.origin(), a.login(), Dsn.NONE, a.routing(), a.encoding(), a.unknown());
    }
}
