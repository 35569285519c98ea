package org.postrider.rights.act;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicLong;
import org.postrider.rights.Content;
import org.postrider.rights.Errno;
import org.postrider.rights.FileFacts;
import org.postrider.rights.Request;
import org.postrider.rights.act.Mailbox.Staged;
import org.postrider.rights.system.Act;
import org.postrider.rights.system.Actor;
import org.postrider.rights.system.Clock;
import org.postrider.rights.system.Posix;
import org.postrider.rights.system.Posix.Stat;

/// A new file in a Maildir, by the rules of maildir(5) and with Postfix's names and words.
///
/// @param actor the user
/// @param serial tells the files apart that this process makes in one second
/// @param records of what is under way
public record Maildir(Request.Maildir asked, Actor actor, AtomicLong serial, Records records) {
    private static final int PRIVATE = 0600;
    private static final int PRIVATE_DIRECTORY = 0700;
    private static final int NANOS_A_MICRO = 1000;
    private static final long PID = ProcessHandle.current().pid();

    /// All steps, one after another.
    public void deliver(Content content) throws Act {
        if (records.done(asked.key())) {
            return;
        }
        try (Staged staged = staged(content, FileSink.BUFFER, records.begin(asked))) {
            staged.force();
            staged.move();
            boolean durable = false;
            try {
                force();
                durable = true;
            } finally {
                staged.forced(durable);
            }
        }
    }

    /// A file in `tmp`, written. Waits for nobody.
    ///
    /// @param octets that the content has at most
    public Staged stage(Content content, int octets) throws Act {
        return staged(content, octets, records.beginNow(asked));
    }

    private Staged staged(Content content, int octets, Records.Entry entry) throws Act {
        NewFile staged = null;
        boolean written = false;
        try {
            staged = new NewFile(entry);
            staged.write(content, octets);
            written = true;
            return staged;
        } finally {
            if (!written && staged != null) {
                staged.close();
            } else if (!written) {
                entry.close();
            }
        }
    }

    private final class NewFile implements Staged {
        private final Instant now = Clock.now();
        private final Records.Entry entry;
        private final String temporary =
                now.getEpochSecond() + ".P" + PID + "_" + serial.incrementAndGet() + "." + host();
        private boolean over;
        private int descriptor = -1;

        /// It lies in `tmp`, or in `new` where nobody is told of it yet.
        private boolean made;

        private boolean moved;

        private NewFile(Records.Entry entry) {
            this.entry = entry;
        }

        private void write(Content content, int size) throws Act {
            entry.makes(temporary);
            descriptor = make(path() + "tmp/" + temporary);
            made = true;
            FileSink.copy(content, size, descriptor, Long.MAX_VALUE, FileSink.Watch.NOBODY);
        }

        @Override
        public void begin() throws Act {
            Act.must("error writing message", Posix.beginSync(descriptor));
        }

        @Override
        public void await() throws Act {
            Act.must("error writing message", Posix.awaitSync(descriptor));
        }

        @Override
        public void force() throws Act {
            Act.must("error writing message", Posix.sync(descriptor));
        }

        @Override
        public void move() throws Act {
            Maildir.this.move(temporary, name(now, descriptor), entry);
            moved = true;
        }

        @Override
        public void forced(boolean durable) {
            made = false;
            if (durable) {
                entry.written();
            }
        }

        @Override
        public void close() {
            if (over) {
                return;
            }
            over = true;
            try (entry) {
                if (descriptor >= 0) {
                    Posix.close(descriptor);
                }
                if (made) {
                    actor.anew();
                    actor.user();
                    undo();
                }
            }
        }

        /// What has its name may have been read: it stays, and is not put there once more if that
        /// can be made certain now.
        private void undo() {
            if (!moved) {
                Posix.unlink(path() + "tmp/" + temporary);
                return;
            }
            try {
                Maildir.this.force();
                entry.written();
            } catch (Act e) {
                // It may not survive: it comes again.
            }
        }
    }

    /// The directory `new`, open to be forced once for all files of the Maildir; with the user's
    /// rights.
    ///
    /// @param path of the Maildir
    public static New directory(String path) {
        return new New(Posix.open(path + "new", Posix.RDONLY | Posix.DIRECTORY, 0));
    }

    /// The last step.
    ///
    /// @param descriptor or the error number with which it could not be opened
    public record New(int descriptor) implements AutoCloseable {
        /// With anybody's rights.
        public void force() throws Act {
            int done = descriptor < 0 ? descriptor : Posix.sync(descriptor);
            // As in Posix.syncDirectory.
            if (done < 0 && done != -Errno.EACCES && done != -Errno.EINVAL) {
                throw Act.failed("error writing message", done);
            }
        }

        @Override
        public void close() {
            if (descriptor >= 0) {
                Posix.close(descriptor);
            }
        }
    }

    /// Takes away what a process that was killed left in `tmp`. What it had moved to `new` is
    /// there, and is not put there once more.
    ///
    /// @param names as its record has them
    void clear(String names) throws Act {
        String[] each = names.split("/", 2);
        if (!each[0].isEmpty()) {
            Posix.unlink(path() + "tmp/" + each[0]);
        }
        if (each.length == 2
                && !each[1].contains("/")
                && Posix.stat(path() + "new/" + each[1], false) instanceof Stat.Known) {
            force();
            records.keep(asked.key());
        }
    }

    private String path() {
        return asked.path();
    }

    private String host() {
        return asked.host();
    }

    private int make(String temporary) throws Act {
        int flags = Posix.WRONLY | Posix.CREAT | Posix.EXCL;
        int descriptor = Posix.open(temporary, flags, PRIVATE);
        if (descriptor == -Errno.ENOENT) {
            int made = made(path() + "tmp");
            descriptor = made < 0 ? made : Posix.open(temporary, flags, PRIVATE);
        }
        if (descriptor < 0) {
            throw Act.failed("create maildir file " + temporary, descriptor);
        }
        return descriptor;
    }

    private String name(Instant now, int descriptor) throws Act {
        return switch (Posix.stat(descriptor)) {
            case Stat.Unknown u -> throw Act.failed("fstat", -u.errno());
            case Stat.Known k -> name(now, k.facts());
        };
    }

    private String name(Instant now, FileFacts facts) {
        return now.getEpochSecond()
                + ".V"
                + Long.toHexString(facts.number().device())
                + "I"
                + Long.toHexString(facts.number().inode())
                + "M"
                + now.getNano() / NANOS_A_MICRO
                + "."
                + host();
    }

    private void move(String from, String to, Records.Entry entry) throws Act {
        entry.moves(from, to);
        String temporary = path() + "tmp/" + from;
        String name = path() + "new/" + to;
        int done = Posix.rename(temporary, name);
        if (done == -Errno.ENOENT) {
            // cur only belongs to a Maildir: that it cannot be made is no fault of this mail.
            made(path() + "cur");
            done = made(path() + "new");
            done = done < 0 ? done : Posix.rename(temporary, name);
        }
        if (done < 0) {
            throw Act.failed("create maildir file " + name, done);
        }
    }

    /// Makes it and its parents, each forced into its own parent.
    private static int made(String path) {
        Deque<String> missing = new ArrayDeque<>();
        String at = path;
        int made = Posix.makeDirectory(at, PRIVATE_DIRECTORY);
        while (made == -Errno.ENOENT && at.lastIndexOf('/') > 0) {
            missing.push(at);
            at = at.substring(0, at.lastIndexOf('/'));
            made = Posix.makeDirectory(at, PRIVATE_DIRECTORY);
        }
        made = forced(at, made);
        while (!missing.isEmpty() && (made == 0 || made == -Errno.EEXIST)) {
            at = missing.pop();
            made = forced(at, Posix.makeDirectory(at, PRIVATE_DIRECTORY));
        }
        return made == -Errno.EEXIST ? 0 : made;
    }

    /// What the disk refused to force is not there, so that it is made and forced anew.
    private static int forced(String directory, int made) {
        int forced = made == 0 ? Posix.syncDirectory(parent(directory)) : 0;
        if (forced < 0) {
            Posix.removeDirectory(directory);
        }
        return forced < 0 ? forced : made;
    }

    private static String parent(String path) {
        int slash = path.lastIndexOf('/');
        return slash <= 0 ? "/" : path.substring(0, slash);
    }

    private void force() throws Act {
        try (New open = directory(path())) {
            open.force();
        }
    }
}
