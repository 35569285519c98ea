package org.postrider.virtual;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.access.AccessParams;
import org.postrider.address.Address;
import org.postrider.agent.SafeTable;
import org.postrider.cleanup.CleanupParams;
import org.postrider.config.ConfigException;
import org.postrider.config.Settings;
import org.postrider.maps.AddressMaps;
import org.postrider.maps.TableException;
import org.postrider.maps.Tables;
import org.postrider.rights.Identity;

/// Where an address's mail is written, and with whose numbers: three tables. Immutable.
final class Mailboxes {
    private static final int DIGITS = 11;
    private static final long LARGEST = 0xffff_fffeL;

    private final Map mailboxes;
    private final Map users;
    private final Map groups;
    private final String base;
    private final int leastUser;

    /// What the tables say of an address.
    sealed interface Found {
        /// @param path with a `/` at its end a Maildir
        record Mailbox(String path, Identity as) implements Found {}

        record Unknown() implements Found {}

        /// It cannot be said, or not be done.
        record Fault(String warning) implements Found {}
    }

    /// @throws ConfigException for a base that is no absolute path
    Mailboxes(Settings settings, Tables tables) {
        String delimiters = settings.get(CleanupParams.RECIPIENT_DELIMITER);
        Tables safe = SafeTable.among(tables, true);
        mailboxes = new Map("virtual_mailbox_maps", settings, safe, delimiters);
        users = new Map("virtual_uid_maps", settings, safe, delimiters);
        groups = new Map("virtual_gid_maps", settings, safe, delimiters);
        base = base(settings);
        leastUser = settings.get(VirtualParams.VIRTUAL_MINIMUM_UID);
    }

    /// The directory that paths begin at.
    ///
    /// @throws ConfigException for one that is no absolute path
    static String base(Settings settings) {
        String base = settings.get(VirtualParams.VIRTUAL_MAILBOX_BASE);
        if (!base.isEmpty() && !base.startsWith("/")) {
            throw new ConfigException(
                    "do not specify relative pathname: virtual_mailbox_base = " + base);
        }
        return base;
    }

    /// Tables of one parameter.
    private record Map(String name, AddressMaps tables) {
        Map(String name, Settings settings, Tables tables, String delimiters) {
            this(name, new AddressMaps(name, words(name, settings), tables, delimiters));
        }

        private static List<String> words(String name, Settings settings) {
            return switch (name) {
                case "virtual_uid_maps" -> settings.get(VirtualParams.VIRTUAL_UID_MAPS);
                case "virtual_gid_maps" -> settings.get(VirtualParams.VIRTUAL_GID_MAPS);
                default -> settings.get(AccessParams.VIRTUAL_MAILBOX_MAPS);
            };
        }

        @Nullable String lookup(Address user) {
            return tables.lookup(user, false);
        }
    }

    /// @param user in lower case
    /// @param warnings what tables say that cannot answer
    Found find(Address user, Consumer<String> warnings) {
        if (base.isEmpty()) {
            return new Found.Fault("bad string length 0 < 1: virtual_mailbox_base = ");
        }
        Map at = mailboxes;
        try {
            String mailbox = at.lookup(user);
            if (mailbox == null) {
                return new Found.Unknown();
            }
            at = users;
            String uid = at.lookup(user);
            if (uid == null) {
                return missing(user, at);
            }
            long number = number(uid);
            if (number < Math.max(1, leastUser)) {
                return new Found.Fault(
                        "recipient " + user + ": bad uid " + uid + " in " + at.name());
            }
            at = groups;
            String gid = at.lookup(user);
            if (gid == null) {
                return missing(user, at);
            }
            long group = number(gid);
            if (group <= 0) {
                return new Found.Fault(
                        "recipient " + user + ": bad gid " + gid + " in " + at.name());
            }
            return new Found.Mailbox(
                    base + "/" + mailbox, Identity.of(user.text(), (int) number, (int) group));
        } catch (TableException e) {
            e.warnings().forEach(warnings);
            return new Found.Fault(
                    "table " + at.name() + ": lookup " + user + ": " + e.getMessage());
        }
    }

    private static Found missing(Address user, Map at) {
        return new Found.Fault("recipient " + user + ": not found in " + at.name());
    }

    /// As strtol(3) reads the number of a user or a group; -1 for what is none.
    private static long number(String text) {
        int end = 0;
        while (end < text.length() && end < DIGITS && Character.digit(text.charAt(end), 10) >= 0) {
            end++;
        }
        long number = end == 0 ? -1 : Long.parseLong(text, 0, end, 10);
        return number > LARGEST ? -1 : number;
    }
}
