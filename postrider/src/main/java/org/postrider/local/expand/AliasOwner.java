package org.postrider.local.expand;

import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.maps.Fold;
import org.postrider.maps.TableException;
import org.postrider.rights.Account;

/// Whose an alias is: with whose rights its files and commands are delivered to, and who hears of
/// its members' problems.
final class AliasOwner {
    /// There is no saying with whose rights.
    static final class Nobody extends Exception {
        private static final long serialVersionUID = 1;

        Nobody(String message) {
            super(message);
        }
    }

    private AliasOwner() {}

    /// Those of the owner of the table; null, for default_privs, where that is root.
    static @Nullable Account rights(AliasTable table, World world) throws Nobody {
        return switch (table.owner()) {
            case AliasTable.Owner.Trusted _ -> null;
            case AliasTable.Owner.Unknown _ -> {
                world.warn("deliver_alias: no owner UID for alias database " + table.spec());
                throw new Nobody("mail system configuration error");
            }
            case AliasTable.Owner.Uid(int uid) -> account(uid, table, world);
        };
    }

    private static Account account(int uid, AliasTable table, World world) throws Nobody {
        String why = "";
        try {
            Account account = world.user(uid);
            if (account != null) {
                return account;
            }
        } catch (World.NoAnswer e) {
            why = ": " + e.getMessage();
        }
        world.warn("cannot find alias database owner for " + table.spec() + why);
        throw new Nobody("cannot find alias database owner");
    }

    /// The owner of a list is its `owner-` alias, or what that stands for. A notice to an owner
    /// that the list itself takes keeps its null sender: it would go in a circle for ever, where a
    /// member cannot be reached (in Postfix it does).
    ///
    /// @throws TableException when an alias table cannot answer
    static Way.Back back(Way.Back before, String key, Policy policy, World world) {
        if (policy.ownerSpecial) {
            String owner = "owner-" + key;
            String value = AliasTable.first(world.aliases(), owner);
            if (value != null) {
                Address sender = world.canonical(new Address(policy.expandOwner ? value : owner));
                boolean toOwner =
                        before.sender().isNull()
                                && before.delivered() != null
                                && Fold.same(
                                        before.delivered().text(),
                                        world.canonical(new Address(owner)).text());
                return before.ownedBy(sender, toOwner ? before.sender() : sender);
            }
        }
        return policy.resetOwner ? before.withOwner(null) : before;
    }
}
