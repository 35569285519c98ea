package org.postrider.queue.files;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.disk.Disk;

/// The files of large bodies. A file that no message refers to any more is a spare: the next body
/// is written over it, because forcing data into an existing file asks nothing of the filesystem's
/// own journal, which a new file's force waits for. Any thread; files are opened, written and
/// deleted under no lock, and deleted by the upkeep thread only.
public final class Bodies {
    /// Larger files do not become spares: the disk would stay full of what one message was.
    private static final long SPARE_FILE_OCTETS = 4L << 20;

    /// A file begins with a magic number and which use of it this is; the body follows. Files from
    /// before that have neither, and references to them no use.
    private static final int HEAD = 16;

    private static final int MAGIC = 0x50524244;
    private static final String USE = "-";

    /// One use of a file: from the first octet written until no message refers to it. Whoever still
    /// holds it afterwards can open it no more.
    public static final class Body {
        /// What records call it: the file's name and which use of it.
        public final String reference;

        private final String name;
        private final boolean named;
        private long octets;
        private int claims;
        private int readers;

        /// @param named the file's name is durable
        private Body(String reference, boolean named, long octets) {
            this.reference = reference;
            this.name = file(reference);
            this.named = named;
            this.octets = octets;
        }

        private int head() {
            return use(reference) == 0 ? 0 : HEAD;
        }
    }

    private static String file(String reference) {
        int at = reference.indexOf(USE);
        return at < 0 ? reference : reference.substring(0, at);
    }

    /// @return 0 for a file without a head
    private static long use(String reference) {
        int at = reference.indexOf(USE);
        if (at < 0) {
            return 0;
        }
        try {
            return Long.parseUnsignedLong(reference, at + 1, reference.length(), 16);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private record Spare(String name, long octets) {}

    private final Disk disk;
    private final Path directory;
    private final long spareLimit;
    private final Map<String, Body> claimed = new HashMap<>();
    private final Map<String, WeakReference<Body>> unclaimed = new HashMap<>();
    private final Deque<Spare> spares = new ArrayDeque<>();
    private final List<String> doomed = new ArrayList<>();

    /// Files that could not be set aside: they stay where they are. The opening thread only.
    private final Set<String> kept = new HashSet<>();

    private final SecureRandom random = new SecureRandom();
    private long spareOctets;
    private long nextNumber;

    /// @param spareLimit octets that spares may take on disk
    public Bodies(Disk disk, Path directory, long spareLimit) {
        this.disk = disk;
        this.directory = directory;
        this.spareLimit = spareLimit;
    }

    /// A message found at start refers to it. Of two messages that refer to one file, the body is
    /// that of the use which the file itself names.
    public synchronized void found(String reference) {
        Body known = claimed.get(file(reference));
        if (known == null || !known.reference.equals(reference) && names(reference)) {
            known = new Body(reference, true, SPARE_FILE_OCTETS + 1);
            claimed.put(known.name, known);
        }
        if (known.reference.equals(reference)) {
            known.claims++;
        }
    }

    /// True where the file begins with this use of it, or is from before there were any.
    private boolean names(String reference) {
        try (Disk.File file = disk.openToRead(directory.resolve(file(reference)))) {
            return names(file, reference);
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean names(Disk.File file, String reference) throws IOException {
        long use = use(reference);
        if (use == 0) {
            return true;
        }
        ByteBuffer head = ByteBuffer.allocate(HEAD);
        while (head.hasRemaining() && file.read(head, head.position()) >= 0) {
            // until it is full or the file ends
        }
        return !head.hasRemaining() && head.getInt(0) == MAGIC && head.getLong(8) == use;
    }

    /// Deletes what no message refers to. Once, at start, after all was [#found].
    public void deleteUnclaimed(long wallMillis) throws IOException {
        long highest = 0;
        for (String name : disk.list(directory)) {
            try {
                highest = Math.max(highest, Long.parseLong(name, 16));
            } catch (NumberFormatException e) {
                continue;
            }
            if (!claimed.containsKey(name) && !kept.contains(name)) {
                disk.delete(directory.resolve(name));
            }
        }
        synchronized (this) {
            nextNumber = Math.max(highest, wallMillis) + 1;
        }
    }

    /// A file to write a new body to.
    public synchronized Body take() {
        Spare spare = spares.poll();
        Body body;
        if (spare == null) {
            body = new Body(newUse(Long.toHexString(nextNumber++)), false, 0);
        } else {
            spareOctets -= spare.octets();
            body = new Body(newUse(spare.name()), true, spare.octets());
        }
        unclaimed.put(body.name, new WeakReference<>(body));
        return body;
    }

    private String newUse(String file) {
        long use = random.nextLong() | 1;
        return file + USE + Long.toHexString(use);
    }

    public Disk.File openToWrite(Body body) throws IOException {
        Disk.File file = disk.open(directory.resolve(body.name));
        ByteBuffer head = ByteBuffer.allocate(HEAD);
        head.putInt(MAGIC).putInt(0).putLong(use(body.reference)).flip();
        try {
            file.write(head, 0);
        } catch (IOException e) {
            file.close();
            throw e;
        }
        return new Opened(file, HEAD, () -> {});
    }

    /// Its file is not given back.
    public synchronized boolean kept(Body body) {
        return fresh(body) || claimed.get(body.name) == body;
    }

    /// Nothing durable refers to it yet.
    synchronized boolean fresh(Body body) {
        WeakReference<Body> known = unclaimed.get(body.name);
        return known != null && known.get() == body;
    }

    /// One that is [#fresh], to write more to it.
    Disk.File reopen(Body body) throws IOException {
        return new Opened(disk.open(directory.resolve(body.name)), HEAD, () -> {});
    }

    /// All octets are forced; afterwards so is the name.
    public void written(Body body, long octets) throws IOException {
        synchronized (this) {
            body.octets = Math.max(body.octets, octets + HEAD);
        }
        if (!body.named) {
            disk.forceDirectory(directory);
        }
    }

    /// A durable record refers to it.
    public synchronized void claim(Body body) {
        unclaimed.remove(body.name);
        claimed.put(body.name, body);
        body.claims++;
    }

    /// Who wrote it is done with it: where no record refers to it, none will.
    public synchronized void abandon(Body body) {
        // Once it was claimed, the file may be a spare by now, or be written over for another body.
        if (fresh(body)) {
            unclaimed.remove(body.name);
            doomed.add(body.name);
        }
    }

    /// The removal of a message that referred to it is durable.
    public synchronized void release(String reference) {
        Body body = find(reference);
        if (body == null || --body.claims > 0) {
            return;
        }
        String name = body.name;
        claimed.remove(name);
        // Whoever reads it goes on reading what it was: such a file is not written over.
        if (body.readers == 0
                && body.octets <= SPARE_FILE_OCTETS
                && spareOctets + body.octets <= spareLimit) {
            spares.add(new Spare(name, body.octets));
            spareOctets += body.octets;
        } else {
            doomed.add(name);
        }
    }

    /// The body that a record refers to; null where the file is another's by now.
    public synchronized @Nullable Body find(String reference) {
        Body body = claimed.get(file(reference));
        return body != null && body.reference.equals(reference) ? body : null;
    }

    /// False where its file is gone or holds another body. A file that cannot be opened now counts
    /// as right: whoever opens it for its octets finds out.
    public boolean whole(Body body) {
        try (Disk.File file = disk.openToRead(directory.resolve(body.name))) {
            return names(file, body.reference);
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    /// What moves a file elsewhere.
    public interface Mover {
        void move(Path file) throws IOException;
    }

    /// The message that refers to it is damaged: the file is moved away and never written over.
    /// Nothing happens where it is another's.
    public void setAside(String reference, Mover mover) throws IOException {
        Body body = find(reference);
        if (body == null) {
            return;
        }
        mover.move(directory.resolve(body.name));
        disk.forceDirectory(directory);
        synchronized (this) {
            claimed.remove(body.name);
        }
    }

    /// Names of the files there are; none where they cannot be listed.
    public Set<String> files() {
        try {
            return Set.copyOf(disk.list(directory));
        } catch (IOException e) {
            return Set.of();
        }
    }

    /// The same for what no message in the queue refers to, at start; nothing happens where the
    /// file is another's by now, or gone.
    public void setAsideUnclaimed(String reference, Mover mover) throws IOException {
        synchronized (this) {
            if (claimed.containsKey(file(reference))) {
                return;
            }
        }
        if (whole(new Body(reference, true, 0))) {
            boolean moved = false;
            try {
                mover.move(directory.resolve(file(reference)));
                disk.forceDirectory(directory);
                moved = true;
            } finally {
                if (!moved) {
                    kept.add(file(reference));
                }
            }
        }
    }

    /// Opens it for reading.
    ///
    /// @throws IOException where its message is gone
    public Disk.File open(Body body) throws IOException {
        synchronized (this) {
            if (!kept(body)) {
                throw new IOException("body " + body.name + " is gone");
            }
            body.readers++;
        }
        try {
            return checked(body);
        } catch (IOException e) {
            closed(body);
            throw e;
        }
    }

    private Disk.File checked(Body body) throws IOException {
        Disk.File file = disk.openToRead(directory.resolve(body.name));
        try {
            if (names(file, body.reference)) {
                return new Opened(file, body.head(), () -> closed(body));
            }
        } catch (IOException e) {
            file.close();
            throw e;
        }
        file.close();
        throw new IOException("body " + body.name + " is another message's");
    }

    /// A body file that was set aside, without its head.
    static Disk.File headless(Disk.File file, String reference) {
        return new Opened(file, use(reference) == 0 ? 0 : HEAD, () -> {});
    }

    private synchronized void closed(Body body) {
        body.readers--;
    }

    /// Deletes what is to go: files too large or too many to be spares, and contents that were
    /// refused after they were written.
    ///
    /// @param settled whether all that is durable was claimed. Asked when it is known what would
    ///   go: what is given back afterwards may be that of a commit that memory never learns of
    public void tidy(BooleanSupplier settled, Consumer<String> warnings) {
        List<String> gone;
        synchronized (this) {
            for (Iterator<Map.Entry<String, WeakReference<Body>>> i =
                            unclaimed.entrySet().iterator();
                    i.hasNext(); ) {
                Map.Entry<String, WeakReference<Body>> e = i.next();
                if (e.getValue().get() == null) {
                    doomed.add(e.getKey());
                    i.remove();
                }
            }
            if (doomed.isEmpty()) {
                return;
            }
            gone = List.copyOf(doomed);
        }
        if (!settled.getAsBoolean()) {
            return;
        }
        synchronized (this) {
            doomed.subList(0, gone.size()).clear();
        }
        for (String name : gone) {
            try {
                disk.delete(directory.resolve(name));
            } catch (IOException e) {
                // The next start deletes what nothing refers to.
                warnings.accept("queue: cannot delete body " + name + ": " + e.getMessage());
            }
        }
    }

    /// A body file without its head.
    private static final class Opened implements Disk.File {
        private final Disk.File file;
        private final int head;
        private final Runnable onClose;
        private boolean open = true;

        public Opened(Disk.File file, int head, Runnable onClose) {
            this.file = file;
            this.head = head;
            this.onClose = onClose;
        }

        @Override
        public void write(ByteBuffer from, long position) throws IOException {
            file.write(from, position + head);
        }

        @Override
        public int read(ByteBuffer into, long position) throws IOException {
            return file.read(into, position + head);
        }

        @Override
        public long transferTo(long position, long count, WritableByteChannel channel)
                throws IOException {
            return file.transferTo(position + head, count, channel);
        }

        @Override
        public void force() throws IOException {
            file.force();
        }

        @Override
        public long size() throws IOException {
            return file.size() - head;
        }

        @Override
        public void close() throws IOException {
            if (open) {
                open = false;
                onClose.run();
                file.close();
            }
        }
    }
}
