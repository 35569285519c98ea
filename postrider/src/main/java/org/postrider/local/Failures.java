package org.postrider.local;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.bounce.BounceService;
import org.postrider.delivery.Outcome;
import org.postrider.local.expand.AliasTable;
import org.postrider.local.expand.Leaf;
import org.postrider.local.expand.Way;
import org.postrider.maps.TableException;
import org.postrider.queue.Attributes;
import org.postrider.queue.Dsn;
import org.postrider.queue.Envelope;
import org.postrider.queue.Mark;
import org.postrider.queue.NewMessage;
import org.postrider.queue.QueueException;
import org.postrider.queue.QueuedMessage;
import org.postrider.queue.Recipient;

/// Those of one recipient's places that failed for good, and who hears of it: the mail's sender, or
/// the owner of the list that named them, who is not told whom the mail was for. One thread.
final class Failures {
    private final LocalAgent agent;
    private final LocalWorld world;
    private final QueuedMessage message;
    private final Consumer<String> warnings;
    private final Map<Address, List<Failed>> failed = new LinkedHashMap<>();
    private final List<BounceService.Unsent> notices = new ArrayList<>();

    /// @param list an owner hears of it
    /// @param key of the place
    private record Failed(Recipient to, Outcome.Detail detail, boolean list, String key) {}

    Failures(LocalAgent agent, LocalWorld world, QueuedMessage message, Consumer<String> warnings) {
        this.agent = agent;
        this.world = world;
        this.message = message;
        this.warnings = warnings;
    }

    boolean isEmpty() {
        return failed.isEmpty();
    }

    /// @throws TableException when an alias table cannot say who is to hear of it
    void add(Leaf leaf, Recipient to, Outcome.Bounced why) {
        boolean list = leaf.way().back().list();
        Recipient told = list ? unnamed(to) : to;
        Address owner = owner(leaf);
        add(owner, new Failed(told, why.detail(), owner != null, Settling.key(leaf)));
    }

    /// One that cannot be forwarded to.
    void add(Forwarding.Group group, Recipient to, Outcome.Detail why) {
        boolean list = group.list();
        Recipient told = list ? unnamed(to) : to;
        add(list ? group.sender() : null, new Failed(told, why, list, Settling.key(group, to)));
    }

    private void add(@Nullable Address owner, Failed one) {
        Address whom = owner == null ? message.envelope().sender() : owner;
        failed.computeIfAbsent(whom, _ -> new ArrayList<>()).add(one);
    }

    /// Whom the mail was for is not told a list's owner.
    private static Recipient unnamed(Recipient to) {
        return new Recipient(to.address(), Address.NULL, to.dsnNotify(), null);
    }

    /// Whether another than the sender hears of it, or nobody can say.
    boolean isOwned(Leaf leaf) {
        try {
            return owner(leaf) != null;
        } catch (TableException e) {
            return true;
        }
    }

    private boolean asksOwner(Leaf leaf) {
        boolean asked =
                leaf instanceof Leaf.ToFile
                        || leaf instanceof Leaf.ToCommand
                        || (leaf instanceof Leaf.Settled s && s.toOwner());
        return asked && agent.policy().ownerSpecial;
    }

    /// Who hears of it in the sender's place.
    private @Nullable Address owner(Leaf leaf) {
        Way way = leaf.way();
        return way.back().list() ? way.back().sender() : asksOwner(leaf) ? ownerOf(way) : null;
    }

    private @Nullable Address ownerOf(Way way) {
        String local = way.to().address().local();
        for (String name : List.of(local, way.name().user())) {
            String owner = "owner-" + name;
            String value = AliasTable.first(world.aliases(), owner);
            if (value != null) {
                return world.canonical(new Address(agent.policy().expandOwner ? value : owner));
            }
        }
        return null;
    }

    /// Makes the notices. Who is told of counts as settled.
    ///
    /// @return false where one of them cannot be made now
    boolean tell(List<NewMessage> makes, List<AutoCloseable> open, Settling settling) {
        boolean all = true;
        for (Map.Entry<Address, List<Failed>> each : failed.entrySet()) {
            try {
                BounceService.Unsent unsent = notice(each.getKey(), each.getValue());
                open.add(unsent);
                notices.add(unsent);
                makes.addAll(unsent.messages());
                each.getValue().forEach(one -> settling.add(one.key()));
            } catch (QueueException e) {
                warnings.accept(message.id() + ": no notice: " + e.getMessage());
                all = false;
            }
        }
        return all;
    }

    private BounceService.Unsent notice(Address sender, List<Failed> all) {
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
        return agent.bounces().unsent(message.under(envelope), reasons);
    }

    private static Mark.Reason reason(int at, Outcome.Detail d) {
        return new Mark.Reason(
                at, d.status(), d.text(), d.relay(), d.remoteMta(), d.diagnostic(), d.action());
    }

    /// What a list's owner hears of a mail: nothing of what its sender wished for, and at the
    /// address that is the owner's.
    private static Attributes withoutWishes(Attributes a) {
        return new Attributes(
                a.origin(),
                a.login(),
                Dsn.NONE,
                a.routing().withVerp(null),
                a.encoding(),
                a.unknown());
    }

    /// The notices are durable.
    void committed() {
        notices.forEach(BounceService.Unsent::committed);
    }
}
