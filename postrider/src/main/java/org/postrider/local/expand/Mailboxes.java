package org.postrider.local.expand;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.agent.SafeTable;
import org.postrider.config.Settings;
import org.postrider.dsn.Status;
import org.postrider.local.LocalParams;
import org.postrider.maps.TableException;
import org.postrider.maps.Tables;
import org.postrider.rights.Account;

/// Where a user's own mail goes: another transport, a command, a Maildir or an mbox file; and the
/// mail of names that are no users. Immutable.
public final class Mailboxes {
    /// What helps where mail for root waits.
    public static final String ALIAS = "make an alias for root";

    private static final String ROOTS = "nothing is written as root; " + ALIAS;
    private static final Status NOT_NOW = new Status(4, 3, 0);

    private final List<SafeTable> transportMaps;
    private final String transport;
    private final List<SafeTable> commandMaps;
    private final String command;
    private final String home;
    private final String spool;
    private final List<SafeTable> fallbackMaps;
    private final String fallback;

    public Mailboxes(Settings settings, Tables tables) {
        transportMaps = open(tables, settings.get(LocalParams.MAILBOX_TRANSPORT_MAPS), false);
        transport = settings.get(LocalParams.MAILBOX_TRANSPORT);
        commandMaps = open(tables, settings.get(LocalParams.MAILBOX_COMMAND_MAPS), true);
        command = settings.get(LocalParams.MAILBOX_COMMAND);
        home = settings.get(LocalParams.HOME_MAILBOX);
        spool = settings.get(LocalParams.MAIL_SPOOL_DIRECTORY);
        fallbackMaps = open(tables, settings.get(LocalParams.FALLBACK_TRANSPORT_MAPS), false);
        fallback = settings.get(LocalParams.FALLBACK_TRANSPORT);
    }

    private static List<SafeTable> open(Tables tables, List<String> names, boolean commands) {
        return names.stream().map(name -> new SafeTable(tables, name, commands)).toList();
    }

    /// @return null where the name is no user's
    @Nullable Leaf of(Way way, World world) throws World.NoAnswer {
        try {
            String service =
                    SafeTable.first(
                            LocalParams.MAILBOX_TRANSPORT_MAPS.name(),
                            transportMaps,
                            way.name().user());
            if (service != null) {
                return new Leaf.Pass(way, service);
            }
            if (!transport.isEmpty()) {
                return new Leaf.Pass(way, transport);
            }
            Account user = world.user(way.name().user());
            return user == null ? null : ofUser(way.as(user), user);
        } catch (TableException e) {
            return failed(way, world, e);
        }
    }

    private Leaf ofUser(Way way, Account user) {
        String own =
                SafeTable.first(
                        LocalParams.MAILBOX_COMMAND_MAPS.name(), commandMaps, way.name().user());
        if (own != null) {
            return new Leaf.ToCommand(way, own);
        }
        if (!command.isEmpty()) {
            return new Leaf.ToCommand(way, command);
        }
        if (user.uid() == 0) {
            return new Leaf.Settled(way, NOT_NOW, ROOTS, false);
        }
        if (home.endsWith("/")) {
            return new Leaf.Maildir(way, user.home() + "/" + home);
        }
        if (home.isEmpty() && spool.endsWith("/")) {
            return new Leaf.Maildir(way, spool + way.name().user() + "/");
        }
        return home.isEmpty()
                ? new Leaf.Mailbox(way, spool + "/" + way.name().user(), false)
                : new Leaf.Mailbox(way, user.home() + "/" + home, true);
    }

    /// The transport for a name that is no user's; null where none is configured.
    @Nullable Leaf fallback(Way way, World world) {
        try {
            String service =
                    SafeTable.first(
                            LocalParams.FALLBACK_TRANSPORT_MAPS.name(),
                            fallbackMaps,
                            way.name().user());
            if (service != null) {
                return new Leaf.Pass(way, service);
            }
        } catch (TableException e) {
            return failed(way, world, e);
        }
        return fallback.isEmpty() ? null : new Leaf.Pass(way, fallback);
    }

    private static Leaf failed(Way way, World world, TableException e) {
        e.warnings().forEach(world::warn);
        return new Leaf.Settled(way, NOT_NOW, "table lookup failure", false);
    }
}
