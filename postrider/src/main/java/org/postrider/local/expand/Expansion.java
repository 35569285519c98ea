package org.postrider.local.expand;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.address.Quoting;
import org.postrider.dsn.Status;
import org.postrider.maps.Fold;
import org.postrider.maps.TableException;
import org.postrider.queue.Recipient;
import org.postrider.rewrite.Resolved;
import org.postrider.rights.Account;
import org.postrider.threads.Turn;

/// From one local recipient to all the places where his mail ends: aliases, `:include:` files and
/// `.forward` files, in the order and with the rights of local(8). Delivers nothing: what it finds
/// is a list of [Leaf], made from nothing but its [World], before the first octet is written. One
/// recipient, one thread.
public final class Expansion {
    /// Deeper than this is a loop.
    private static final int DEEPEST = 100;

    private static final String INCLUDE = ":include:";
    private static final Status LOOP = new Status(5, 4, 6);
    private static final Status CONFIGURATION = new Status(5, 3, 5);
    private static final Status NOT_NOW = new Status(4, 3, 0);
    private static final String MISCONFIGURED = "mail system configuration error";
    private static final String NO_ALIASES = "alias database unavailable";
    private static final String LOOKUP_ERROR = "user lookup error";

    private final Policy policy;
    private final World world;
    private final Mailboxes mailboxes;
    private final Set<String> deliveredTo;
    private final Found found;
    private final Seen seen;
    private final Turn turn = new Turn();
    private String id = "";

    /// Takes what is found, in order.
    public interface Found extends World.Room {
        /// @throws TooMany where there is no room for more
        void leaf(Leaf leaf) throws TooMany;

        /// Only that he is there is asked: what an alias or a `.forward` says is not followed.
        default boolean probed() {
            return false;
        }

        /// The recipient is an alias or has a `.forward`, and wanted to hear of success.
        void expanded(boolean list);

        @Override
        default int take(int wanted) {
            return wanted;
        }

        @Override
        default void give(int octets) {}
    }

    /// More places than there is memory for.
    public static final class TooMany extends RuntimeException {
        private static final long serialVersionUID = 1;

        public TooMany(String message) {
            super(message);
        }
    }

    /// @param deliveredTo addresses of the mail's Delivered-To fields, in lower case
    public Expansion(
            Policy policy, World world, Mailboxes mailboxes, Set<String> deliveredTo, Found found) {
        this.policy = policy;
        this.world = world;
        this.mailboxes = mailboxes;
        this.deliveredTo = deliveredTo;
        this.found = found;
        seen = new Seen(policy.duplicates);
    }

    /// All of a recipient.
    ///
    /// @param sender the mail's
    /// @param id the mail's, for the log
    public void run(Recipient recipient, Address sender, String id) {
        this.id = id;
        recipient(
                new Way(
                        0,
                        recipient,
                        Name.of("", "", false),
                        new Way.Back(sender, null, false, null),
                        new Way.Through(Way.By.NOBODY, null, null, ""),
                        null));
    }

    private void settled(Way way, Status status, String text) {
        found.leaf(new Leaf.Settled(way, status, text, false));
    }

    // ---- an address

    private void recipient(Way from) {
        turn.perhaps();
        Way way = from.deeper();
        String address = way.to().address().text();
        if (way.level() > DEEPEST) {
            world.warn("recipient nesting limit exceeded for " + address);
            settled(way, LOOP, "recipient nesting limit exceeded");
            return;
        }
        if (seen.before("recipient " + way.level() + " " + address)) {
            return;
        }
        if (deliveredTo.contains(Fold.lower(Quoting.rfc5322(way.to().address())))) {
            found.leaf(new Leaf.Settled(way, LOOP, "mail forwarding loop for " + address, true));
            return;
        }
        if (way.back().delivered() == null) {
            way = way.with(way.back().withDelivered(way.to().address()));
        }
        Name name = Name.of(address, policy.delimiters, policy.ownerSpecial);
        if (name.domain() == null) {
            world.warn("no @ in recipient address: " + name.local());
        }
        if (name.illegal()) {
            world.warn(
                    id
                            + ": address with illegal extension: "
                            + Fold.lower(way.to().address().local()));
        }
        way = way.with(name);
        way = way.with(unmatched(way, name.extension()));
        if (name.user().isEmpty()) {
            settled(way, new Status(5, 1, 3), "null username in \"" + address + "\"");
            return;
        }
        choose(way.deeper());
    }

    private static Way.Through unmatched(Way way, @Nullable String extension) {
        String delimiter = way.name().delimiter();
        Way.Through through = way.through();
        return new Way.Through(
                through.by(), through.from(), extension, delimiter == null ? "" : delimiter);
    }

    /// Alias, other user, `.forward`, mailbox, or nobody.
    private void choose(Way way) {
        Name name = way.name();
        if (name.local().startsWith("\\")) {
            escaped(way);
            return;
        }
        Way plain = way.with(way.through().withUnmatched(null));
        if (alias(plain, name.local())) {
            return;
        }
        if (name.extension() != null) {
            Way.Through kept =
                    policy.propagate.contains(Way.By.ALIAS) ? way.through() : plain.through();
            if (alias(way.with(kept), name.user())) {
                return;
            }
        }
        // Other users get a mail of their own, so that each has marks of his own, unless an alias
        // without an owner named them.
        String owner = way.back().owner();
        if ((owner != null && !Fold.same(owner, name.user()))
                || way.through().by() == Way.By.INCLUDE) {
            forward(way);
            return;
        }
        if (policy.homeWanted && homeMissing(way)) {
            return;
        }
        if (!forwardFile(way)) {
            mailbox(way);
        }
    }

    /// A backslash before the name: no alias, no `.forward`.
    private void escaped(Way way) {
        Recipient to = way.to();
        Address without = new Address(to.address().text().substring(1));
        Name name = way.name();
        Name bare =
                new Name(
                        name.local().substring(1),
                        name.user().substring(1),
                        name.extension(),
                        name.domain(),
                        false);
        mailbox(way.to(without).with(bare));
    }

    private boolean homeMissing(Way way) {
        try {
            Account user = world.user(way.name().user());
            String fault = user == null ? null : world.homeFault(user);
            if (fault == null || user == null) {
                return false;
            }
            settled(way, NOT_NOW, "cannot access home directory " + user.home() + ": " + fault);
        } catch (World.NoAnswer e) {
            noAnswer(way, e);
        }
        return true;
    }

    private void noAnswer(Way way, World.NoAnswer why) {
        world.warn(
                "error looking up passwd info for " + way.name().user() + ": " + why.getMessage());
        settled(way, new Status(4, 0, 0), LOOKUP_ERROR);
    }

    private void forward(Way way) {
        if (!seen.before("indirect " + way.to().address().text())) {
            found.leaf(new Leaf.Forward(way));
        }
    }

    private void mailbox(Way way) {
        if (seen.before("mailbox " + way.name().local())) {
            return;
        }
        try {
            Leaf leaf = mailboxes.of(way.deeper(), world);
            if (leaf instanceof Leaf.ToCommand c) {
                command(c.way(), c.command());
            } else if (leaf != null) {
                found.leaf(leaf);
            } else {
                unknown(way.deeper());
            }
        } catch (World.NoAnswer e) {
            noAnswer(way, e);
        }
    }

    private void unknown(Way way) {
        Name name = way.name();
        if (seen.before("deliver_unknown " + name.local())) {
            return;
        }
        Leaf passed = mailboxes.fallback(way, world);
        if (passed != null) {
            found.leaf(passed);
        } else if (!policy.luserRelay.isEmpty()) {
            luser(way.with(way.through().withUnmatched(null)));
        } else if (name.user().equals("mailer-daemon") || name.user().equals("postmaster")) {
            world.warn("required alias not found: " + name.user());
            settled(way, new Status(2, 0, 0), "discarded");
        } else {
            nobody(way);
        }
    }

    private void nobody(Way way) {
        settled(way, new Status(5, 1, 1), "unknown user: \"" + way.name().user() + "\"");
    }

    private void luser(Way way) {
        String text = Macros.expand(policy.luserRelay, way, policy.delimiters, null).text();
        List<String> addresses = Members.ofValue(text == null ? "" : text);
        Address to = new Address(addresses.isEmpty() ? "" : addresses.getFirst());
        if (Fold.same(world.canonical(to).text(), way.to().address().text())) {
            nobody(way);
        } else {
            resolved(way, to);
        }
    }

    // ---- aliases

    /// @return false where there is no alias of this name
    private boolean alias(Way from, String key) {
        Way way = from.deeper();
        String before = way.through().from();
        if (before != null && Fold.same(before, key)) {
            // an alias that names itself is the user
            return false;
        }
        if (way.level() > DEEPEST) {
            world.warn("alias database loop for " + key);
            settled(way, LOOP, "alias database loop for " + key);
            return true;
        }
        Way.Through through = way.through();
        way =
                way.with(
                        new Way.Through(
                                through.by(), key, through.unmatched(), through.delimiter()));
        for (AliasTable table : world.aliases()) {
            try {
                String value = table.lookup(key);
                if (value != null) {
                    expanded(way, table, key, value);
                    return true;
                }
            } catch (TableException e) {
                e.warnings().forEach(world::warn);
                world.warn(table.spec() + ": lookup of '" + key + "' failed");
                settled(way, NOT_NOW, NO_ALIASES);
                return true;
            }
        }
        return false;
    }

    private void expanded(Way from, AliasTable table, String key, String value) {
        if (found.probed()) {
            settled(from, new Status(2, 0, 0), "aliased to " + value);
            return;
        }
        Way.Through old = from.through();
        Way way =
                from.with(
                        new Way.Through(
                                Way.By.ALIAS, old.from(), old.unmatched(), old.delimiter()));
        try {
            way = way.as(AliasOwner.rights(table, world));
        } catch (AliasOwner.Nobody e) {
            settled(way, NOT_NOW, String.valueOf(e.getMessage()));
            return;
        }
        Way.Back back;
        try {
            back = AliasOwner.back(way.back(), key, policy, world);
        } catch (TableException e) {
            e.warnings().forEach(world::warn);
            settled(way, NOT_NOW, NO_ALIASES);
            return;
        }
        if (!policy.frozenDelivered) {
            back = back.withDelivered(way.to().address());
        }
        members(way.with(back), key, value, way.back().list() != back.list() || back.list());
    }

    private void members(Way from, String key, String value, boolean list) {
        Recipient to = from.to();
        Way way = from.withoutSuccess(list);
        seen.looked(value.length());
        List<String> members = Members.ofValue(value);
        for (String member : members) {
            member(way, member);
        }
        if (members.isEmpty()) {
            world.warn("no recipient in alias lookup result for " + key);
            settled(way, NOT_NOW, NO_ALIASES);
        } else if ((to.dsnNotify() & Recipient.SUCCESS) != 0) {
            found.expanded(list);
        }
    }

    // ---- what stands in aliases and files

    /// @param text in internal form
    private void member(Way way, String text) {
        turn.perhaps();
        if (text.startsWith("/")) {
            file(way, text);
        } else if (text.startsWith("~")) {
            home(way, text);
        } else if (text.startsWith("|")) {
            if (policy.commands.contains(way.through().by())) {
                command(way, text.substring(1));
            } else {
                settled(way, new Status(5, 7, 1), "mail to command is restricted");
            }
        } else if (text.regionMatches(true, 0, INCLUDE, 0, INCLUDE.length())) {
            include(way.deeper(), text.substring(INCLUDE.length()));
        } else {
            resolved(way, new Address(text));
        }
    }

    private void home(Way way, String text) {
        Account user = way.as();
        if (!text.startsWith("~/")) {
            world.warn("bad home directory syntax for: " + text);
            settled(way, CONFIGURATION, MISCONFIGURED);
        } else if (user == null) {
            world.warn("unknown home directory for: " + text);
            settled(way, CONFIGURATION, MISCONFIGURED);
        } else {
            file(
                    way,
                    user.home().equals("/") ? text.substring(1) : user.home() + text.substring(1));
        }
    }

    private void file(Way from, String path) {
        Way way = from.deeper();
        if (seen.before("file " + uid(way) + " " + path)) {
            return;
        }
        if (!policy.files.contains(way.through().by())) {
            found.leaf(
                    new Leaf.Settled(way, new Status(5, 7, 1), "mail to file is restricted", true));
        } else if (path.endsWith("/")) {
            found.leaf(new Leaf.Maildir(way, path));
        } else {
            found.leaf(new Leaf.ToFile(way, path));
        }
    }

    private void command(Way from, String text) {
        Way way = from.deeper();
        if (!seen.before("command " + way.name().user() + ":" + uid(way) + " " + text)) {
            found.leaf(new Leaf.ToCommand(way, text));
        }
    }

    private static int uid(Way way) {
        Account as = way.as();
        return as == null ? 0 : as.uid();
    }

    private void resolved(Way from, Address address) {
        Way way = from.deeper();
        Resolved to;
        try {
            to = world.resolve(world.canonical(address));
        } catch (TableException e) {
            e.warnings().forEach(world::warn);
            settled(way, NOT_NOW, "address resolver failure");
            return;
        }
        if (to.badSyntax()) {
            settled(
                    way,
                    new Status(5, 1, 3),
                    "bad recipient address syntax: " + to.recipient().text());
            return;
        }
        way = way.to(way.through().extended(to.recipient()));
        if (to.transport().equals(policy.service)) {
            recipient(way);
        } else {
            forward(way);
        }
    }

    // ---- files of addresses

    private void include(Way from, String path) {
        Way way = from;
        if (way.level() > DEEPEST) {
            world.warn(":include: nesting limit exceeded for " + path);
            settled(way, LOOP, ":include: nesting limit exceeded");
            return;
        }
        if (seen.before("include " + uid(way) + " " + path)) {
            return;
        }
        if (!path.startsWith("/")) {
            world.warn(":include:" + path + " uses a relative path");
            settled(way, CONFIGURATION, MISCONFIGURED);
            return;
        }
        switch (world.include(path, way.as(), found)) {
            case World.Text.Absent _ -> settled(way, CONFIGURATION, MISCONFIGURED);
            case World.Text.Refused(String warning) -> {
                world.warn(warning);
                settled(way, CONFIGURATION, MISCONFIGURED);
            }
            case World.Text.Unread(String why) ->
                    settled(way, NOT_NOW, "error reading forwarding file: " + why);
            case World.Text.Lines(String text, int owner) -> included(way, path, text, owner);
        }
    }

    /// A file of root's keeps the rights that named it. One of a user's that an alias of root's
    /// names gives its owner's: he must not get at those of default_privs.
    private void included(Way from, String path, String text, int owner) {
        Way way = from;
        if (way.as() == null || uid(way) == 0) {
            Account user = null;
            String why = "";
            try {
                user = world.user(owner);
            } catch (World.NoAnswer e) {
                why = ": " + e.getMessage();
            }
            if (user == null) {
                world.warn("cannot find username for uid " + owner + why);
                world.warn(path + ": cannot find :include: file owner username");
                settled(way, new Status(4, 3, 5), MISCONFIGURED);
                return;
            }
            if (user.uid() != 0) {
                way = way.as(user);
            }
        }
        Way.Back back = way.back();
        if (back.owner() == null) {
            way = way.with(back.withOwner(way.to().address().text()));
        }
        lines(byFile(way, Way.By.INCLUDE, policy.propagate.contains(Way.By.INCLUDE)), text);
    }

    /// The first of forward_path's files that is there.
    ///
    /// @return false where the mail goes to the mailbox
    private boolean forwardFile(Way from) {
        if (policy.forwardPath.isEmpty()) {
            return false;
        }
        Account user;
        try {
            user = world.user(from.name().user());
        } catch (World.NoAnswer e) {
            noAnswer(from, e);
            return true;
        }
        if (user == null) {
            return false;
        }
        Way.Back back = from.back().withOwner(from.name().user());
        if (!policy.frozenDelivered) {
            back = back.withDelivered(from.to().address());
        }
        Way way = from.deeper().as(user).with(back);
        for (String pattern : policy.forwardPath) {
            Macros.Result path =
                    Macros.expand(pattern, way, policy.delimiters, policy.forwardFilter);
            String file = path.text();
            if (file == null || path.undefined()) {
                continue;
            }
            World.Text text = world.forward(file, user, found);
            if (!(text instanceof World.Text.Absent)) {
                return forwarded(way, file, text, path.extension());
            }
        }
        return false;
    }

    private boolean forwarded(Way from, String file, World.Text text, boolean extension) {
        if (seen.before("forward " + file)) {
            return seen.has("forward-done " + file);
        }
        boolean propagates = policy.propagate.contains(Way.By.FORWARD) && !extension;
        Way way = byFile(from, Way.By.FORWARD, propagates);
        return switch (text) {
            case World.Text.Absent _ -> false;
            case World.Text.Refused(String warning) -> {
                world.warn(warning);
                yield false;
            }
            case World.Text.Unread(String why) -> {
                settled(way, NOT_NOW, "error reading forwarding file: " + why);
                yield true;
            }
            case World.Text.Lines(String lines, int _) when found.probed() -> {
                found.give(lines.length());
                settled(way, new Status(2, 0, 0), "forward via file: " + file);
                yield true;
            }
            case World.Text.Lines(String lines, int _) -> {
                int count = lines(way.withoutSuccess(false), lines);
                if (count > 0) {
                    seen.before("forward-done " + file);
                    if ((way.to().dsnNotify() & Recipient.SUCCESS) != 0) {
                        found.expanded(false);
                    }
                }
                yield count > 0;
            }
        };
    }

    private static Way byFile(Way from, Way.By by, boolean propagates) {
        Way.Through old = from.through();
        String unmatched = propagates ? old.unmatched() : null;
        return from.with(new Way.Through(by, from.name().local(), unmatched, old.delimiter()));
    }

    /// @return how many members they name
    private int lines(Way way, String text) {
        int[] count = new int[1];
        try {
            seen.looked(text.length());
            Members.ofFile(
                    text,
                    policy.lineLimit,
                    member -> {
                        count[0]++;
                        member(way, member);
                    });
        } finally {
            found.give(text.length());
        }
        return count[0];
    }
}
