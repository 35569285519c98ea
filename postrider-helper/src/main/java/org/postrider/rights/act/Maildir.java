package org.postrider.rights.act;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicLong;
import org.postrider.rights.Content;
import org.postrider.rights.Errno;
import org.postrider.rights.FileFacts;
import org.postrider.rights.Request;
import org.postrider.rights.act.Posix.Stat;

/// A new file in a Maildir, by the rules of maildir(5) and with Postfix's names and words.
///
/// @param serial tells the files apart that this process makes in one second
/// @param records of what is under way
public record Maildir(Request.Maildir asked, AtomicLong serial, Records records) {
    private static final int PRIVATE = 0600;
    private static final int PRIVATE_DIRECTORY = 0700;
    private static final int NANOS_A_MICRO = 1000;
    private static final long PID = ProcessHandle.current().pid();

    public String deliver(Content content) throws Act {
        Instant now = Clock.now();
        String name = temporary(now);
        if (records.done(asked.key())) {
            return path() + "new/";
        }
        try (Records.Entry entry = records.begin(asked)) {
            entry.makes(name);
            String made = deliver(content, now, name, entry);
            entry.written();
            return made;
        }
    }

    private String temporary(Instant now) {
        return now.getEpochSecond() + ".P" + PID + "_" + serial.incrementAndGet() + "." + host();
    }

    /// The first of several steps: a file in `tmp`, written.
    ///
    /// @param octets that the content has at most
    public Staged stage(Content content, int octets) throws Act {
        Staged staged = new Staged(Clock.now(), records.begin(asked));
        try {
            staged.write(content, octets);
            return staged;
        } catch (Act | RuntimeException | Error e) {
            staged.close();
            throw e;
        }
    }

    /// One that is written and not forced yet.
    public final class Staged implements AutoCloseable {
        private final Instant now;
        private final Records.Entry entry;
        private final String temporary;
        private boolean over;
        private int descriptor = -1;
        private boolean made;

        private Staged(Instant now, Records.Entry entry) {
            this.now = now;
            this.entry = entry;
            temporary = temporary(now);
        }

        private void write(Content content, int size) throws Act {
            entry.makes(temporary);
            descriptor = make(path() + "tmp/" + temporary);
            made = true;
            FileSink.copy(content, size, descriptor, Long.MAX_VALUE, FileSink.Watch.NOBODY);
        }

        /// The second step: it is on its way to the disk, which is not waited for.
        public void begin() throws Act {
            Act.must("error writing message", Posix.beginSync(descriptor));
        }

        /// The third step: it has come there.
        public void await() throws Act {
            Act.must("error writing message", Posix.awaitSync(descriptor));
        }

        /// The fourth step.
        public void force() throws Act {
            Act.must("error writing message", Posix.sync(descriptor));
        }

        /// The fifth step, with the user's rights: moved to `new`, which is to be forced as well.
        public void move() throws Act {
            Maildir.this.move(temporary, name(now, descriptor), entry);
            made = false;
        }

        /// Whether closing it takes the file away again, for which the user's rights are needed.
        public boolean undoes() {
            return made;
        }

        /// Back as it was, unless it was moved.
        @Override
        public void close() {
            if (over) {
                return;
            }
            over = true;
            if (descriptor >= 0) {
                Posix.close(descriptor);
                descriptor = -1;
            }
            if (made) {
                made = false;
                Posix.unlink(path() + "tmp/" + temporary);
            }
            entry.close();
        }
    }

    /// The directory `new`, open to be forced once for all files of the Maildir; with the user's
    /// rights.
    public New open() {
        return new New(Posix.open(path() + "new", Posix.RDONLY | Posix.DIRECTORY, 0));
    }

    /// The last step.
    ///
    /// @param descriptor or the error number with which it could not be opened
    public record New(int descriptor) implements AutoCloseable {
        /// With anybody's rights.
        public void force() throws Act {
            int done = descriptor < 0 ? descriptor : Posix.sync(descriptor);
            // Of a directory that the user may not read only the kernel can say when it is written.
            if (done < 0 && done != -Errno.EACCES) {
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

    private String deliver(Content content, Instant now, String file, Records.Entry entry)
            throws Act {
        String temporary = path() + "tmp/" + file;
        int descriptor = make(temporary);
        boolean moved = false;
        try {
            String name = name(now, descriptor);
            FileSink.copy(content, descriptor, Long.MAX_VALUE, FileSink.Watch.NOBODY);
            int forced = Posix.sync(descriptor);
            if (forced < 0) {
                throw Act.failed("error writing message", forced);
            }
            move(file, name, entry);
            moved = true;
            force();
            return path() + "new/" + name;
        } finally {
            Posix.close(descriptor);
            if (!moved) {
                Posix.unlink(temporary);
            }
        }
    }

    private int make(String temporary) throws Act {
        int flags = Posix.WRONLY | Posix.CREAT | Posix.EXCL;
        int descriptor = Posix.open(temporary, flags, PRIVATE);
        if (descriptor == -Errno.ENOENT) {
            int made = directory(path() + "tmp");
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
            directory(path() + "cur");
            done = directory(path() + "new");
            done = done < 0 ? done : Posix.rename(temporary, name);
        }
        if (done < 0) {
            throw Act.failed("create maildir file " + name, done);
        }
    }

    /// Makes it and its parents, each forced into its own parent.
    private static int directory(String path) {
        Deque<String> missing = new ArrayDeque<>();
        String at = path;
        int made = Posix.makeDirectory(at, PRIVATE_DIRECTORY);
        while (made == -Errno.ENOENT && at.lastIndexOf('/') > 0) {
            missing.push(at);
            at = at.substring(0, at.lastIndexOf('/'));
            made = Posix.makeDirectory(at, PRIVATE_DIRECTORY);
        }
        if (made == 0) {
            forceQuietly(parent(at));
        }
        while (!missing.isEmpty() && (made == 0 || made == -Errno.EEXIST)) {
            at = missing.pop();
            made = Posix.makeDirectory(at, PRIVATE_DIRECTORY);
            forceQuietly(parent(at));
        }
        return made == -Errno.EEXIST ? 0 : made;
    }

    private static String parent(String path) {
        int slash = path.lastIndexOf('/');
        return slash <= 0 ? "/" : path.substring(0, slash);
    }

    /// Of a directory that the user may not read only the kernel can say when it is written.
    private static void forceQuietly(String directory) {
        int descriptor = Posix.open(directory, Posix.RDONLY | Posix.DIRECTORY, 0);
        if (descriptor >= 0) {
            Posix.sync(descriptor);
            Posix.close(descriptor);
        }
    }

    private void force() throws Act {
        try (New open = open()) {
            open.force();
        }
    }
}
