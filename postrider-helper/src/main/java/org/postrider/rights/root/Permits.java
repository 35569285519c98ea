package org.postrider.rights.root;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import org.postrider.rights.Account;
import org.postrider.rights.Accounts;
import org.postrider.rights.Errno;
import org.postrider.rights.FileFacts;
import org.postrider.rights.Identity;
import org.postrider.rights.Trouble;
import org.postrider.rights.Trouble.Kind;
import org.postrider.rights.system.Act;
import org.postrider.rights.system.Trusted;
import org.postrider.rights.system.UserFile;

/// What the helper does for nobody, and what it does by the word of main.cf and master.cf alone.
/// They are read again when they have changed. Any thread of the system, with root's rights.
final class Permits {
    private static final int LEAST_TABLE_GROUP = 100;

    private final Path directory;
    private final Accounts accounts;

    /// Of one request it is looked at once; null for all others.
    private final @Nullable Known fixed;

    private volatile @Nullable Known known;

    /// Who opens files of a directory, as one request found it.
    private final Map<String, Spool> spools = new HashMap<>();

    /// Of one reading of the files.
    ///
    /// @param commands groups that lines of master.cf give to their commands
    /// @param mailboxes groups that virtual_gid_maps gives to mailboxes
    private record Known(
            List<Object> stamp,
            Settings settings,
            int owner,
            Set<Integer> commands,
            Set<Integer> mailboxes) {}

    Permits(Path directory, Accounts accounts) {
        this(directory, accounts, null);
    }

    private Permits(Path directory, Accounts accounts, @Nullable Known fixed) {
        this.directory = directory;
        this.accounts = accounts;
        this.fixed = fixed;
    }

    /// The same for one request of many messages, by what the configuration says now. One thread's.
    Permits once() throws RefusedException {
        return new Permits(directory, accounts, known());
    }

    /// Who opens files of a directory of mail_spool_directory.
    private record Spool(Switch.Opener opener, int group) {}

    /// Refused, and why.
    static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1;
        private final transient Trouble trouble;

        RefusedException(String text) {
            super(text, null, false, false);
            trouble = new Trouble(Kind.FORBIDDEN, Errno.EPERM, text);
        }

        Trouble trouble() {
            return trouble;
        }
    }

    /// What the configuration says now.
    ///
    /// @throws RefusedException where it cannot be read, others than root may write to it, or it
    ///   names a mail_owner that is root or nobody
    private Known known() throws RefusedException {
        if (fixed != null) {
            return fixed;
        }
        List<Object> stamp = List.of(stamp("main.cf"), stamp("master.cf"));
        Known last = known;
        return last == null || !last.stamp().equals(stamp) ? known(stamp) : last;
    }

    private synchronized Known known(List<Object> stamp) throws RefusedException {
        try {
            Known last = known;
            if (last == null || !last.stamp().equals(stamp)) {
                last = read(stamp);
                known = last;
            }
            return last;
        } catch (Act e) {
            throw new RefusedException(
                    directory + " is not to be relied on: " + e.trouble().text());
        }
    }

    private Object stamp(String name) {
        try {
            return UserFile.look(directory.resolve(name).toString(), true);
        } catch (Act e) {
            return e.trouble();
        }
    }

    private Known read(List<Object> stamp) throws Act, RefusedException {
        for (String file : List.of("main.cf", "master.cf")) {
            Path path = directory.resolve(file);
            if (file.equals("main.cf") || Files.exists(path)) {
                Trusted.roots(path.toString());
            }
        }
        Settings settings = new Settings(directory);
        String name = settings.value("mail_owner");
        Account owner = accounts.named(name);
        if (owner == null || owner.uid() == 0) {
            throw new RefusedException(
                    "mail_owner " + name + " is " + (owner == null ? "nobody" : "root"));
        }
        return new Known(
                stamp, settings, owner.uid(), commandGroups(settings), mailboxGroups(settings));
    }

    private Set<Integer> commandGroups(Settings settings) {
        Set<Integer> out = new HashSet<>();
        for (String name : settings.groups()) {
            Integer number = number(name);
            if (number != null) {
                out.add(number);
            }
        }
        return out;
    }

    /// Those that main.cf names itself.
    private Set<Integer> mailboxGroups(Settings settings) {
        Set<Integer> out = new HashSet<>();
        for (String value : settings.values("virtual_gid_maps")) {
            for (String word : value.split("[\\s,]+", -1)) {
                Integer number = word.startsWith("static:") ? number(word.substring(7)) : null;
                if (number != null) {
                    out.add(number);
                }
            }
        }
        return out;
    }

    private @Nullable Integer number(String group) {
        return group.matches("\\d{1,9}") ? Integer.valueOf(group) : accounts.group(group);
    }

    /// mail_owner's number.
    int owner() throws RefusedException {
        return known().owner();
    }

    /// Whose rights sockets of this directory are made and connected to with: its owner's, who can
    /// exchange it.
    ///
    /// @return null for root's
    @Nullable Switch directoryOwner(String directory) throws Act, RefusedException {
        FileFacts facts = UserFile.look(directory, false);
        Account owner = accounts.numbered(facts.uid());
        if (facts.uid() == 0) {
            Trusted.roots(directory);
            return null;
        }
        if (owner == null || facts.uid() != owner() || !facts.directory()) {
            throw new RefusedException(directory + " belongs to neither mail_owner nor root");
        }
        return new Switch(Identity.of(owner.name(), owner.uid(), owner.gid()));
    }

    String queueDirectory() throws RefusedException {
        return known().settings().value("queue_directory");
    }

    /// Root's own directory, in data_directory, which the server may be about to make: of one that
    /// is neither mail_owner's nor root's nobody knows where it is.
    ///
    /// @return its path, by which no other directory than that one is reached
    String ownDirectory() throws Act, RefusedException {
        String data = known().settings().value("data_directory");
        Helper.await(Path.of(data));
        FileFacts facts = UserFile.look(data, true);
        if (facts.uid() == 0) {
            Trusted.roots(data);
        } else if (facts.uid() != owner() || !facts.directory()) {
            throw new RefusedException(data + " belongs to neither mail_owner nor root");
        }
        return data + "/helper";
    }

    /// Whose files are read and whose commands are run.
    ///
    /// @throws RefusedException for root, mail_owner, and groups that are neither the user's nor
    ///   those of a line of master.cf
    void identity(Identity who) throws RefusedException {
        Known now = known();
        identity(now, who, now.commands()::contains);
    }

    /// Whose mailbox is written to: virtual(8) has numbers of its own, which are of no use for
    /// anything else.
    ///
    /// @throws RefusedException for root, mail_owner, and groups that are nobody's but others'
    void mailbox(Identity who) throws RefusedException {
        Known now = known();
        identity(now, who, group -> now.mailboxes().contains(group) || inTables(now, group));
    }

    private void identity(Known now, Identity who, IntPredicate given) throws RefusedException {
        if (who.uid() == 0 || who.uid() == -1) {
            throw new RefusedException("nothing is done as root");
        }
        if (who.uid() == now.owner()) {
            throw new RefusedException("nothing is done as mail_owner");
        }
        Set<Integer> groups = new HashSet<>(who.groups());
        groups.add(who.gid());
        Account account = accounts.numbered(who.uid());
        for (int group : groups) {
            if (!has(account, group) && (group == 0 || group == -1 || !given.test(group))) {
                throw new RefusedException(
                        who.name()
                                + " (uid "
                                + Integer.toUnsignedString(who.uid())
                                + ") is not in group "
                                + Integer.toUnsignedString(group));
            }
        }
    }

    private boolean has(@Nullable Account account, int group) {
        return account != null
                && (account.gid() == group
                        || accounts.groups(account.name(), account.gid()).contains(group));
    }

    /// Of tables it is not known which they give, but none of the system's own.
    private static boolean inTables(Known now, int group) {
        return now.settings().values("virtual_gid_maps").stream()
                        .anyMatch(v -> v.contains(":") && !v.matches("(static:\\S+[\\s,]*)*"))
                && Integer.compareUnsigned(group, LEAST_TABLE_GROUP) >= 0;
    }

    /// @throws RefusedException for a file that neither main.cf nor master.cf names, nor is Cyrus's
    ///   user database
    void configured(String path) throws RefusedException {
        Settings settings = known().settings();
        if (!settings.names(path) && !new CyrusFiles(directory, settings).name(path)) {
            throw new RefusedException(
                    path + " is named by neither main.cf nor master.cf in " + directory);
        }
    }

    /// Who opens a file of mail_spool_directory: the user, with the directory's group if that may
    /// write there; root if only root may (set_eugid calls of local(8)).
    ///
    /// @throws RefusedException for a file elsewhere, and as [#identity]
    Switch spool(Identity who, String path) throws RefusedException {
        Known now = known();
        identity(now, who, now.commands()::contains);
        int slash = path.lastIndexOf('/');
        String parent = path.substring(0, Math.max(0, slash));
        String name = path.substring(slash + 1);
        if (name.isEmpty() || name.equals(".") || name.equals("..")) {
            throw new RefusedException(path + " is not in mail_spool_directory");
        }
        Spool spool = fixed == null ? null : spools.get(parent);
        if (spool == null) {
            spool = spool(now, path, parent);
            if (fixed != null) {
                spools.put(parent, spool);
            }
        }
        return new Switch(who, spool.opener(), spool.group());
    }

    private static Spool spool(Known now, String path, String parent) throws RefusedException {
        boolean inSpool =
                now.settings().values("mail_spool_directory").stream()
                        .anyMatch(v -> !v.isEmpty() && v.replaceAll("/+$", "").equals(parent));
        if (!inSpool) {
            throw new RefusedException(path + " is not in mail_spool_directory");
        }
        Spool users = new Spool(Switch.Opener.USER, 0);
        FileFacts facts;
        try {
            facts = UserFile.look(parent, true);
        } catch (Act e) {
            return users;
        }
        if (facts.worldWritable() || !facts.directory()) {
            return users;
        }
        // The rights of root's group are nearly root's: where those would be needed, see below.
        if (facts.groupWritable() && facts.gid() != 0) {
            return new Spool(Switch.Opener.GROUP, facts.gid());
        }
        try {
            Trusted.roots(parent);
        } catch (Act e) {
            throw new RefusedException(e.trouble().text());
        }
        return new Spool(Switch.Opener.ROOT, 0);
    }
}
