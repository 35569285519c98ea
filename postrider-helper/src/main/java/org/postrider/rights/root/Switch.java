package org.postrider.rights.root;

import java.util.List;
import org.postrider.rights.Identity;
import org.postrider.rights.system.Actor;
import org.postrider.rights.system.Posix;
import org.postrider.rights.system.Powers;

/// Gives the calling thread, and no other, the rights of a user, and takes them back. Only the
/// effective ones change: the real user stays root, so that the user himself can neither send the
/// thread a signal nor look into it. A thread whose rights cannot be changed must not go on.
final class Switch implements Actor {
    private final Identity user;
    private final Opener opener;

    /// Who opens a file.
    enum Opener {
        USER,
        GROUP,
        ROOT
    }

    private final int openerGroup;

    /// Whether the thread has the user's rights, as far as this one gave and took them.
    private boolean taken;

    /// Nobody's thread: what it does next it may not do.
    static final class StrandedError extends Error {
        private static final long serialVersionUID = 1;

        StrandedError(String text) {
            super(text);
        }
    }

    /// For a user and nobody else.
    Switch(Identity user) {
        this(user, Opener.USER, 0);
    }

    /// @param openerGroup with [Opener#GROUP], the group that files are opened with
    Switch(Identity user, Opener opener, int openerGroup) {
        this.user = user;
        this.opener = opener;
        this.openerGroup = openerGroup;
    }

    @Override
    public void user() {
        if (!taken || !is(user.uid(), user.gid())) {
            become(user.uid(), user.gid(), user.groups());
            taken = true;
        }
    }

    @Override
    public void opener() {
        if (opener == Opener.USER) {
            user();
            return;
        }
        taken = false;
        if (opener == Opener.GROUP) {
            become(user.uid(), openerGroup, List.of(openerGroup));
        } else {
            root();
        }
    }

    @Override
    public void anew() {
        taken = false;
    }

    @Override
    public boolean privileged() {
        return opener == Opener.ROOT;
    }

    private static void become(int uid, int gid, List<Integer> groups) {
        // To the system -1 means "as it is", and it says that all went well.
        if (uid == 0 || uid == -1 || gid == -1) {
            throw new StrandedError("nobody's rights: " + uid + " " + gid);
        }
        must(Powers.users(-1, 0, -1), "setresuid");
        must(Powers.groups(groups), "setgroups");
        must(Powers.groups(-1, gid, -1), "setresgid");
        must(Powers.users(-1, uid, -1), "setresuid");
    }

    private static boolean is(int uid, int gid) {
        return uid != 0 && Posix.user() == uid && Posix.group() == gid;
    }

    /// The thread is root's again, with no other groups.
    static void root() {
        must(Powers.users(-1, 0, -1), "setresuid");
        must(Powers.groups(-1, 0, -1), "setresgid");
        must(Powers.groups(List.of()), "setgroups");
    }

    private static void must(int result, String what) {
        if (result < 0) {
            throw new StrandedError(what + ": error " + -result);
        }
    }
}
