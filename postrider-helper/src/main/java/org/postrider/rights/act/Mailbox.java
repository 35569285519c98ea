package org.postrider.rights.act;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.postrider.rights.Appended;
import org.postrider.rights.Content;
import org.postrider.rights.Errno;
import org.postrider.rights.FileFacts;
import org.postrider.rights.MailboxRules;
import org.postrider.rights.MailboxRules.Lock;
import org.postrider.rights.MailboxRules.Place;
import org.postrider.rights.Request;
import org.postrider.rights.Trouble.Kind;
import org.postrider.rights.act.Posix.Stat;
import org.postrider.rights.act.Records.Left;

/// Puts a message behind others in a file, in the order and with the words of Postfix's
/// mbox_open(3), safe_open(3) and mail_copy(3): a file that is a link of somebody's, has other
/// names, or was exchanged meanwhile, is not written to.
public final class Mailbox {
    private static final int PRIVATE = 0600;
    private static final int WRITE = Posix.WRONLY | Posix.APPEND | Posix.NONBLOCK | Posix.NOCTTY;
    private static final int OTHERS_WRITE = 022;
    private static final int ANY_RIGHTS = 0777;

    /// A message that is written to its place and not forced yet. The steps are those of many
    /// places, each taken by all of them before the next, so that the disk is waited for once;
    /// whatever fails leaves the place as it was. One thread's.
    public interface Staged extends AutoCloseable {
        /// It is on its way to the disk, which is not waited for.
        void begin() throws Act;

        /// It has come there, and what the file system says of it is still to be forced.
        void await() throws Act;

        /// Its octets are durable, and so is a mailbox's message.
        void force() throws Act;

        /// With the user's rights: a Maildir's file gets its name in `new`, which is to be forced
        /// as well.
        default void move() throws Act {}

        /// That directory is forced, or could not be: it is not tried again, since what a disk
        /// refused it does not speak of twice.
        default void forced(boolean durable) {}

        /// Octets that the file had.
        default long before() {
            return 0;
        }

        /// The last step, with any rights: what is not done is undone.
        @Override
        void close();
    }

    private final Request.Append asked;
    private final String path;
    private final MailboxRules rules;
    private final Actor actor;
    private String warning = "";

    /// @param asked whose identity owns the file, or is to own it
    public Mailbox(Request.Append asked, Actor actor) {
        this.asked = asked;
        this.actor = actor;
        path = asked.path();
        rules = asked.rules();
    }

    /// Puts the content behind what is there, forced.
    ///
    /// @param records of what is under way
    public Appended append(Content content, Records records) throws Act {
        Content unlessDone =
                out -> {
                    if (!records.done(asked.key())) {
                        content.writeTo(out);
                    }
                };
        try (Staged staged = staged(unlessDone, FileSink.BUFFER, records.begin(asked))) {
            staged.force();
            return new Appended(staged.before(), warning);
        } catch (Act e) {
            throw warning.isEmpty() ? e : e.warning(warning);
        }
    }

    /// It is opened, locked and written to. Waits for nobody.
    ///
    /// @param octets that the content has at most
    public Staged stage(Content content, int octets, Records records) throws Act {
        return staged(content, octets, records.beginNow(asked));
    }

    private Staged staged(Content content, int octets, Records.Entry entry) throws Act {
        Behind staged = new Behind(entry);
        try {
            staged.write(content, octets);
            return staged;
        } catch (Act e) {
            throw staged.undone(e);
        } catch (RuntimeException | Error e) {
            staged.close();
            throw e;
        }
    }

    private final class Behind implements Staged {
        private final Records.Entry entry;
        private boolean over;
        private int descriptor = -1;
        private boolean regular;
        private long before;
        private boolean dotlock;
        private boolean torn;

        private Behind(Records.Entry entry) {
            this.entry = entry;
        }

        private void write(Content content, int size) throws Act {
            actor.opener();
            dotlock = dotlock();
            descriptor = open();
            FileFacts facts = locked(descriptor);
            actor.user();
            check(facts);
            before = facts.size();
            regular = facts.regular();
            if (!regular) {
                FileSink.copy(content, descriptor, Long.MAX_VALUE, FileSink.Watch.NOBODY);
                return;
            }
            long most = rules.sizeLimit() > 0 ? rules.sizeLimit() - before : Long.MAX_VALUE;
            torn = true;
            FileSink.copy(
                    content,
                    size,
                    descriptor,
                    most,
                    (octets, total) -> entry.writes(facts, octets, before + total));
        }

        @Override
        public void begin() throws Act {
            step(Posix.beginSync(descriptor));
        }

        @Override
        public void await() throws Act {
            step(Posix.awaitSync(descriptor));
        }

        private void step(int done) throws Act {
            try {
                Act.must("error writing message", done);
            } catch (Act e) {
                throw undone(e);
            }
        }

        @Override
        public long before() {
            return before;
        }

        @Override
        public void force() throws Act {
            if (regular) {
                step(Posix.sync(descriptor));
                torn = false;
            }
            entry.written();
        }

        private Act undone(Act why) {
            int cut;
            try {
                cut = cut();
            } finally {
                close();
            }
            return cut < 0 ? Act.failed("part of a message is left in the file", cut) : why;
        }

        private int cut() {
            if (!torn) {
                return 0;
            }
            torn = false;
            int cut = Posix.truncate(descriptor, before);
            Posix.sync(descriptor);
            if (cut >= 0) {
                entry.undone();
            }
            return cut;
        }

        @Override
        public void close() {
            if (over) {
                return;
            }
            over = true;
            try (entry) {
                try {
                    cut();
                } finally {
                    unlock();
                }
            }
        }

        private void unlock() {
            if (descriptor >= 0) {
                Posix.close(descriptor);
            }
            if (dotlock) {
                actor.anew();
                actor.opener();
                Posix.unlink(path + ".lock");
            }
        }
    }

    /// Takes away what a process that was killed left: its `.lock` file, and its part of a message,
    /// but nothing that may be anybody else's.
    ///
    /// @return octets that were cut off
    /// @throws Act if the file may hold part of a message that was not cut off
    long mend(Left left) throws Act {
        actor.opener();
        String lock = path + ".lock";
        if (rules.locks().kinds().contains(Lock.DOTLOCK)
                && Posix.stat(lock, false) instanceof Stat.Known k
                && k.facts().uid() == Posix.user()
                && (k.facts().mode() & ANY_RIGHTS) == 0
                && k.facts().size() == 0
                && k.changedSeconds() >= left.seconds()) {
            Posix.unlink(lock);
        }
        if (!left.writing()) {
            actor.user();
            return 0;
        }
        if (Posix.stat(path, true) instanceof Stat.Unknown u) {
            // It may be there under another name, or come back with its file system.
            actor.user();
            throw Act.failed("cannot open file", -u.errno());
        }
        boolean dotlock = dotlock();
        try {
            return cut(left);
        } finally {
            if (dotlock) {
                actor.opener();
                Posix.unlink(lock);
            }
            actor.user();
        }
    }

    private long cut(Left left) throws Act {
        int descriptor = Posix.open(path, (WRITE & ~Posix.WRONLY) | Posix.RDWR, 0);
        if (descriptor < 0) {
            throw Act.failed("cannot open file", descriptor);
        }
        try {
            verify(descriptor);
            FileFacts facts = locked(descriptor);
            actor.user();
            return Torn.cut(descriptor, facts, left.tail());
        } finally {
            Posix.close(descriptor);
        }
    }

    /// A `.lock` file is made only beside what is, or will be, a regular file.
    private boolean dotlock() throws Act {
        if (!rules.locks().kinds().contains(Lock.DOTLOCK)
                || (Posix.stat(path, true) instanceof Stat.Known k && !k.facts().regular())) {
            return false;
        }
        String lock = path + ".lock";
        int made = Posix.open(lock, Posix.WRONLY | Posix.EXCL | Posix.CREAT, 0);
        for (int i = 1; made == -Errno.EEXIST && i < rules.locks().attempts(); i++) {
            if (!broken(lock)) {
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
    private boolean broken(String lock) {
        return Posix.stat(lock, true) instanceof Stat.Known k
                && Clock.seconds() > k.changedSeconds() + rules.locks().stale().toSeconds()
                && Posix.unlink(lock) == 0;
    }

    /// Around the delay, so that two who wait for each other part.
    private void pause() {
        long nanos = rules.locks().delay().toNanos();
        LockSupport.parkNanos(nanos / 4 * 3 + ThreadLocalRandom.current().nextLong(nanos / 2 + 1));
    }

    private int open() throws Act {
        int descriptor = Posix.open(path, WRITE, 0);
        if (descriptor == -Errno.ENOENT) {
            descriptor = Posix.open(path, WRITE | Posix.CREAT | Posix.EXCL, PRIVATE);
            if (descriptor >= 0) {
                return made(descriptor);
            }
            if (descriptor != -Errno.EEXIST) {
                throw Act.failed("cannot create file exclusively", descriptor);
            }
            descriptor = Posix.open(path, WRITE, 0);
        }
        if (descriptor < 0) {
            throw Act.failed("cannot open file", descriptor);
        }
        try {
            verify(descriptor);
        } catch (Act e) {
            Posix.close(descriptor);
            throw e;
        }
        return descriptor;
    }

    private int made(int descriptor) throws Act {
        int done =
                actor.privileged()
                        ? Posix.owner(descriptor, asked.who().uid(), asked.who().gid())
                        : 0;
        if (done < 0) {
            Posix.close(descriptor);
            throw Act.failed("cannot change file ownership", done);
        }
        // Its name is to survive as well; who may not read the directory cannot force it.
        int directory = Posix.open(parent(), Posix.RDONLY | Posix.DIRECTORY, 0);
        if (directory >= 0) {
            Posix.sync(directory);
            Posix.close(directory);
        }
        return descriptor;
    }

    private String parent() {
        int slash = path.lastIndexOf('/');
        return slash < 0 ? "." : slash == 0 ? "/" : path.substring(0, slash);
    }

    /// What was opened is what stands there under this name and no other.
    private void verify(int descriptor) throws Act {
        FileFacts open = facts(descriptor);
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

    private static FileFacts facts(int descriptor) throws Act {
        return switch (Posix.stat(descriptor)) {
            case Stat.Known k -> k.facts();
            case Stat.Unknown u -> throw Act.failed("bad open file status", -u.errno());
        };
    }

    private FileFacts locked(int descriptor) throws Act {
        FileFacts facts = facts(descriptor);
        if (!facts.regular()) {
            return facts;
        }
        for (Lock kind : rules.locks().kinds()) {
            if (kind != Lock.DOTLOCK) {
                lock(descriptor, kind);
            }
        }
        // A POP server may have put another file in its place.
        FileFacts now = facts(descriptor);
        if (now.number().links() != 1) {
            throw Act.unsafe(Errno.EAGAIN, "target file status changed unexpectedly");
        }
        return now;
    }

    private void lock(int descriptor, Lock kind) throws Act {
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
