package org.postrider.local;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.local.expand.AliasTable;
import org.postrider.local.expand.Leaf;
import org.postrider.local.expand.World;
import org.postrider.rewrite.Resolved;
import org.postrider.rights.Account;

/// The machine if no user had a `.forward`. Few have, and who writes to a mailbox finds it out
/// without another look: what is supposed of a user is a condition of what is written for him. What
/// the log says is said once it is known to be so. One recipient's, one thread.
final class Supposed implements World {
    private final World world;
    private final Map<Integer, List<String>> absent = new HashMap<>();
    private final List<String> warnings = new ArrayList<>();
    private final Set<String> said = new HashSet<>();

    Supposed(World world) {
        this.world = world;
    }

    /// The files that the user of a place has not.
    List<String> unless(Leaf leaf) {
        Account as = leaf.way().as();
        return as == null ? List.of() : absent.getOrDefault(as.uid(), List.of());
    }

    /// Whether all that is supposed is looked at by those who write to these places.
    boolean holds(List<Leaf> places) {
        Set<Integer> looked = new HashSet<>();
        for (Leaf leaf : places) {
            Account as = leaf.way().as();
            if (as != null && absent.containsKey(as.uid())) {
                if (!(leaf instanceof Leaf.Mailbox || leaf instanceof Leaf.Maildir)) {
                    return false;
                }
                looked.add(as.uid());
            }
        }
        return looked.size() == absent.size();
    }

    /// Whether the log has it.
    boolean said(String text) {
        return said.contains(text);
    }

    /// It is taken for what is so.
    void taken() {
        warnings.forEach(world::warn);
        said.addAll(warnings);
        warnings.clear();
    }

    @Override
    public Text forward(String file, Account as, Room room) {
        if (as.uid() == 0) {
            return world.forward(file, as, room);
        }
        List<String> files = absent.computeIfAbsent(as.uid(), _ -> new ArrayList<>(2));
        if (!files.contains(file)) {
            files.add(file);
        }
        return new Text.Absent();
    }

    @Override
    public Text include(String file, @Nullable Account as, Room room) {
        return world.include(file, as, room);
    }

    @Override
    public @Nullable Account user(String name) throws NoAnswer {
        return world.user(name);
    }

    @Override
    public @Nullable Account user(int uid) throws NoAnswer {
        return world.user(uid);
    }

    @Override
    public @Nullable String homeFault(Account user) {
        return world.homeFault(user);
    }

    @Override
    public Address canonical(Address address) {
        return world.canonical(address);
    }

    @Override
    public Resolved resolve(Address address) {
        return world.resolve(address);
    }

    @Override
    public List<AliasTable> aliases() {
        return world.aliases();
    }

    @Override
    public void warn(String text) {
        warnings.add(text);
    }
}
