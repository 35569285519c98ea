package org.postrider.local;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.local.expand.Expansion;
import org.postrider.local.expand.Leaf;
import org.postrider.local.expand.Way;
import org.postrider.memory.Budget;
import org.postrider.queue.Recipient;

/// What one recipient stands for, within the memory that there is for it. One thread.
final class Gathered implements Expansion.Found {
    private static final int PER_LEAF = 1024;

    private final Budget.Share memory;

    /// Octets of it that this has.
    private long kept;

    /// Places here, in order.
    final List<Leaf> places = new ArrayList<>();

    /// Other addresses, by whom the mail is from and what it was delivered for.
    final Map<Forwarding.Group, List<Recipient>> forwards = new LinkedHashMap<>();

    /// He is an alias, or has a `.forward`, and the sender wants to hear of success.
    boolean expanded;

    /// The alias is a list: its members are told of to its owner.
    boolean list;

    private final boolean probed;

    /// @param probed only that he is there is asked
    Gathered(Budget.Share memory, boolean probed) {
        this.memory = memory;
        this.probed = probed;
    }

    @Override
    public boolean probed() {
        return probed;
    }

    @Override
    public void leaf(Leaf leaf) {
        if (leaf instanceof Leaf.Forward f) {
            forward(f.way());
        } else {
            keep(PER_LEAF);
            places.add(leaf);
        }
    }

    private void forward(Way way) {
        Recipient given = way.to();
        // what is the same is kept once
        Recipient to =
                new Recipient(
                        given.address(), way.original(), given.dsnNotify(), given.originalDsn());
        keep(2 * to.memory());
        Address delivered = way.back().delivered();
        forwards.computeIfAbsent(
                        new Forwarding.Group(
                                delivered == null ? given.address() : delivered,
                                way.back().sender(),
                                way.back().list()),
                        _ -> new ArrayList<>())
                .add(to);
    }

    /// The one place, if there is nothing else.
    @Nullable Leaf only() {
        return places.size() == 1 && forwards.isEmpty() ? places.getFirst() : null;
    }

    /// Of no use any more.
    void forget() {
        memory.give(kept);
        kept = 0;
    }

    /// From the beginning.
    void begin() {
        forget();
        places.clear();
        forwards.clear();
    }

    private void keep(long octets) {
        if (!memory.take(octets)) {
            throw new Expansion.TooMany(
                    "no memory for more than " + (places.size() + forwards.size()) + " members");
        }
        kept += octets;
    }

    @Override
    public int take(int wanted) {
        int octets = wanted;
        while (octets > 0 && !memory.take(octets)) {
            octets /= 2;
        }
        return octets;
    }

    @Override
    public void give(int octets) {
        memory.give(octets);
    }

    @Override
    public void expanded(boolean ofList) {
        expanded = true;
        list |= ofList;
    }
}
