package org.postrider.queue;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.disk.Disk;

/// The files of large bodies. A file that no message refers to any more is a spare: the next body
/// is written over it, because forcing data into an existing file asks nothing of the filesystem's
/// own journal, which a new file's force waits for. Any thread; files are opened, written and
/// deleted under no lock, and deleted by the upkeep thread only.
final class Bodies {
    /// Larger files do not become spares: the disk would stay full of what one message was.
    private static final long SPARE_FILE_OCTETS = 4L << 20;

    /// One use of a file: from the first octet written until no message refers to it. Whoever still
    /// holds it afterwards can open it no more.
    static final class Body {
        final String name;
        private final boolean named;
        private long octets;
        private int claims;
        private int readers;

        /// @param named the file's name is durable
        private Body(String name, boolean named, long octets) {
            this.name = name;
            this.named = named;
            this.octets = octets;
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
    private long spareOctets;
    private long nextNumber;

    /// @param spareLimit octets that spares may take on disk
    Bodies(Disk disk, Path directory, long spareLimit) {
        this.disk = disk;
        this.directory = directory;
        this.spareLimit = spareLimit;
    }

    /// A message found at start refers to it.
    synchronized void found(String name) {
        Body body = claimed.computeIfAbsent(name, n -> new Body(n, true, SPARE_FILE_OCTETS + 1));
        body.claims++;
    }

    /// Deletes what no message refers to. Once, at start, after all was [#found].
    void deleteUnclaimed(long wallMillis) throws IOException {
        long highest = 0;
        for (String name : disk.list(directory)) {
            try {
                highest = Math.max(highest, Long.parseLong(name, 16));
            } catch (NumberFormatException e) {
                continue;
            }
            if (!claimed.containsKey(name)) {
                disk.delete(directory.resolve(name));
            }
        }
        synchronized (this) {
            nextNumber = Math.max(highest, wallMillis) + 1;
        }
    }

    /// A file to write a new body to.
    synchronized Body take() {
        Spare spare = spares.poll();
        Body body;
        if (spare == null) {
            body = new Body(Long.toHexString(nextNumber++), false, 0);
        } else {
            spareOctets -= spare.octets();
            body = new Body(spare.name(), true, spare.octets());
        }
        unclaimed.put(body.name, new WeakReference<>(body));
        return body;
    }

    Disk.File openToWrite(Body body) throws IOException {
        return disk.open(directory.resolve(body.name));
    }

    /// All octets are forced; afterwards so is the name.
    void written(Body body, long octets) throws IOException {
        synchronized (this) {
            body.octets = Math.max(body.octets, octets);
        }
        if (!body.named) {
            disk.forceDirectory(directory);
        }
    }

    /// A durable record refers to it.
    synchronized void claim(Body body) {
        unclaimed.remove(body.name);
        claimed.put(body.name, body);
        body.claims++;
    }

    /// It was not written to its end, or no record will refer to it.
    synchronized void abandon(Body body) {
        if (unclaimed.remove(body.name) != null) {
            doomed.add(body.name);
        }
    }

    /// The removal of a message that referred to it is durable.
    synchronized void release(String name) {
        Body body = claimed.get(name);
        if (body == null || --body.claims > 0) {
            return;
        }
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

    /// The body in use under a name; null where no message refers to it.
    synchronized @Nullable Body find(String name) {
        return claimed.get(name);
    }

    /// Opens it for reading.
    ///
    /// @throws IOException where its message is gone
    Disk.File open(Body body) throws IOException {
        synchronized (this) {
            WeakReference<Body> fresh = unclaimed.get(body.name);
            if (claimed.get(body.name) != body && (fresh == null || fresh.get() != body)) {
                throw new IOException("body " + body.name + " is gone");
            }
            body.readers++;
        }
        try {
            return new Reading(disk.openToRead(directory.resolve(body.name)), body);
        } catch (IOException e) {
            closed(body);
            throw e;
        }
    }

    private synchronized void closed(Body body) {
        body.readers--;
    }

    /// Deletes what is to go: files too large or too many to be spares, and contents that were
    /// refused after they were written.
    void tidy(Consumer<String> warnings) {
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
            doomed.clear();
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

    /// A body file being read.
    private final class Reading implements Disk.File {
        private final Disk.File file;
        private final Body body;
        private boolean open = true;

        Reading(Disk.File file, Body body) {
            this.file = file;
            this.body = body;
        }

        @Override
        public void write(ByteBuffer from, long position) throws IOException {
            throw new IOException("opened to read");
        }

        @Override
        public int read(ByteBuffer into, long position) throws IOException {
            return file.read(into, position);
        }

        @Override
        public long transferTo(long position, long count, WritableByteChannel channel)
                throws IOException {
            return file.transferTo(position, count, channel);
        }

        @Override
        public void force() throws IOException {
            file.force();
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public void close() throws IOException {
            if (open) {
                open = false;
                closed(body);
                file.close();
            }
        }
    }
}
