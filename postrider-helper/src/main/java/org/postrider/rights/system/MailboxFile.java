package org.postrider.rights.system;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.postrider.rights.Errno;
import org.postrider.rights.FileFacts;
import org.postrider.rights.MailboxRules;
import org.postrider.rights.MailboxRules.Lock;
import org.postrider.rights.MailboxRules.Place;
import org.postrider.rights.Request;
import org.postrider.rights.Trouble.Kind;
import org.postrider.rights.system.Posix.Stat;

/// A mailbox that is opened, made and locked by its opener, who may be root, and written to by its
/// user: whoever returns from here has no other rights than the user's. In the order and with the
/// words of Postfix's mbox_open(3) and safe_open(3): a file that is a link of somebody's, has other
/// names, or was exchanged meanwhile, is not opened. One thread's.
public final class MailboxFile implements AutoCloseable {
    private static final int PRIVATE = 0600;
    private static final int WRITE = Posix.WRONLY | Posix.APPEND | Posix.NONBLOCK | Posix.NOCTTY;
    private static final int OTHERS_WRITE = 022;
    private static final int ANY_RIGHTS = 0777;

    private final Request.Append asked;
    private final String path;
    private final String lock;
    private final MailboxRules rules;
    private final Actor actor;
    private boolean dotlock;
    private int descriptor = -1;
    private String warning = "";

    /// @param asked whose identity owns the file, or is to own it
    public MailboxFile(Request.Append asked, Actor actor) {
        this.asked = asked;
        this.actor = actor;
        path = asked.path();
        lock = path + ".lock";
        rules = asked.rules();
    }

    /// To be written behind what is there. What fails is closed by [#close].
    public FileFacts open() throws Act {
        actor.opener();
        FileFacts facts;
        try {
            dotlock = dotlock();
            opened();
            facts = locked();
        } finally {
            actor.user();
        }
        check(facts);
        return facts;
    }

    /// After a process was killed that had begun to write: its `.lock` file is taken away, and the
    /// mailbox is there to be read and cut.
    ///
    /// @param since when that process began, in seconds since 1970
    public FileFacts openAgain(long since) throws Act {
        abandoned(since);
        actor.opener();
        try {
            // It may be there under another name, or come back with its file system.
            UserFile.facts("cannot open file", Posix.stat(path, true));
            dotlock = dotlock();
            descriptor = Posix.open(path, (WRITE & ~Posix.WRONLY) | Posix.RDWR, 0);
            Act.must("cannot open file", descriptor);
            verify();
            return locked();
        } finally {
            actor.user();
        }
    }

    /// Takes away the `.lock` file of a process that was killed, and nobody else's.
    ///
    /// @param since when it began
    public void abandoned(long since) {
        actor.opener();
        try {
            if (rules.locks().kinds().contains(Lock.DOTLOCK)
                    && Posix.stat(lock, false) instanceof Stat.Known k
                    && k.facts().uid() == Posix.user()
                    && (k.facts().mode() & ANY_RIGHTS) == 0
                    && k.facts().size() == 0
                    && k.changedSeconds() >= since) {
                Posix.unlink(lock);
            }
        } finally {
            actor.user();
        }
    }

    /// Of the open file, negative where none is.
    public int descriptor() {
        return descriptor;
    }

    /// What the log should say although it went well, empty for nothing.
    public String warning() {
        return warning;
    }

    /// Gives back what was opened and locked.
    @Override
    public void close() {
        if (descriptor >= 0) {
            Posix.close(descriptor);
            descriptor = -1;
        }
        if (dotlock) {
            dotlock = false;
            actor.anew();
            actor.opener();
            Posix.unlink(lock);
            if (actor.privileged()) {
                actor.user();
            }
        }
    }

    /// A `.lock` file is made only beside what is, or will be, a regular file.
    private boolean dotlock() throws Act {
        if (!rules.locks().kinds().contains(Lock.DOTLOCK)
                || (Posix.stat(path, true) instanceof Stat.Known k && !k.facts().regular())) {
            return false;
        }
        int made = Posix.open(lock, Posix.WRONLY | Posix.EXCL | Posix.CREAT, 0);
        for (int i = 1; made == -Errno.EEXIST && i < rules.locks().attempts(); i++) {
            if (!broken()) {
                pause();
            }
            made = Posix.open(lock, Posix.WRONLY | Posix.EXCL | Posix.CREAT, 0);
        }
        if (made >= 0) {
            Posix.close(made);
            return true;
        }
        String text = "unable to create lock file " + lock + ": " + Errno.text(-made);
        if (made == -Errno.EEXIST) {
            throw new Act(Kind.LOCKED, Errno.EAGAIN, text);
        }
        if (rules.place() != Place.FILE) {
            throw new Act(Kind.SYSTEM, -made, text);
        }
        warning = text;
        return false;
    }

    /// One whose maker has long gone is taken away.
    private boolean broken() {
        return Posix.stat(lock, true) instanceof Stat.Known k
                && Clock.seconds() > k.changedSeconds() + rules.locks().stale().toSeconds()
                && Posix.unlink(lock) == 0;
    }

    /// Around the delay, so that two who wait for each other part.
    private void pause() {
        long nanos = rules.locks().delay().toNanos();
        LockSupport.parkNanos(nanos / 4 * 3 + ThreadLocalRandom.current().nextLong(nanos / 2 + 1));
    }

    /// It, or a new one.
    private void opened() throws Act {
        descriptor = Posix.open(path, WRITE, 0);
        if (descriptor == -Errno.ENOENT) {
            descriptor = Posix.open(path, WRITE | Posix.CREAT | Posix.EXCL, PRIVATE);
            if (descriptor >= 0) {
                made();
                return;
            }
            if (descriptor != -Errno.EEXIST) {
                throw Act.failed("cannot create file exclusively", descriptor);
            }
            descriptor = Posix.open(path, WRITE, 0);
        }
        Act.must("cannot open file", descriptor);
        verify();
    }

    private void made() throws Act {
        if (actor.privileged()) {
            int done = Posix.owner(descriptor, asked.who().uid(), asked.who().gid());
            Act.must("cannot change file ownership", done);
        }
        // Its name is to survive as well: what the disk refused it is made anew for the next.
        int forced = Posix.syncDirectory(parent());
        if (forced < 0) {
            Posix.unlink(path);
            throw Act.failed("error writing message", forced);
        }
    }

    private String parent() {
        int slash = path.lastIndexOf('/');
        return slash < 0 ? "." : slash == 0 ? "/" : path.substring(0, slash);
    }

    /// What was opened is what stands there under this name and no other.
    private void verify() throws Act {
        FileFacts open = facts();
        if (open.number().links() != 1) {
            throw Act.unsafe(Errno.EPERM, "file has " + open.number().links() + " hard links");
        }
        if (open.directory()) {
            throw Act.unsafe(Errno.EISDIR, "file is a directory");
        }
        switch (Posix.stat(path, false)) {
            case Stat.Unknown u ->
                    throw Act.unsafe(
                            Errno.EPERM,
                            "file status changed unexpectedly: " + Errno.text(u.errno()));
            case Stat.Known k -> {
                if (k.facts().link()) {
                    if (k.facts().uid() != 0 || !rootsDirectory()) {
                        throw Act.unsafe(Errno.EPERM, "file is a symbolic link");
                    }
                } else if (!k.facts().number().equals(open.number())
                        || k.facts().mode() != open.mode()) {
                    throw Act.unsafe(Errno.EPERM, "file status changed unexpectedly");
                }
            }
        }
    }

    /// A link of root's counts only where nobody else can put one: a hard link to a link of root's
    /// may be anybody's.
    private boolean rootsDirectory() {
        return Posix.stat(parent(), true) instanceof Stat.Known k
                && k.facts().uid() == 0
                && (k.facts().mode() & OTHERS_WRITE) == 0;
    }

    private FileFacts facts() throws Act {
        return UserFile.facts("bad open file status", Posix.stat(descriptor));
    }

    private FileFacts locked() throws Act {
        FileFacts facts = facts();
        if (!facts.regular()) {
            return facts;
        }
        for (Lock kind : rules.locks().kinds()) {
            if (kind != Lock.DOTLOCK) {
                lock(kind);
            }
        }
        // A POP server may have put another file in its place.
        FileFacts now = facts();
        if (now.number().links() != 1) {
            throw Act.unsafe(Errno.EAGAIN, "target file status changed unexpectedly");
        }
        return now;
    }

    private void lock(Lock kind) throws Act {
        int done = 0;
        for (int i = 0; i < Math.max(1, rules.locks().attempts()); i++) {
            if (i > 0) {
                pause();
            }
            done = kind == Lock.FLOCK ? Posix.flock(descriptor) : Posix.lock(descriptor);
            if (done == 0) {
                return;
            }
        }
        throw new Act(
                Kind.LOCKED, -done, "unable to lock for exclusive access: " + Errno.text(-done));
    }

    private void check(FileFacts facts) throws Act {
        boolean strict = rules.strictOwner() || actor.privileged();
        if (rules.place() == Place.FILE) {
            if (facts.regular() && facts.executable()) {
                throw Act.unsafe(Errno.EPERM, "file is executable");
            }
        } else if (!facts.regular()) {
            throw Act.unsafe(Errno.EPERM, "destination " + path + " is not a regular file");
        } else if (strict && facts.uid() != asked.who().uid()) {
            throw Act.unsafe(Errno.EAGAIN, "destination " + path + " is not owned by recipient");
        }
    }
}
