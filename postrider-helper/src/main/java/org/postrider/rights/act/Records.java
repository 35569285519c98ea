package org.postrider.rights.act;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.postrider.rights.Errno;
import org.postrider.rights.FileFacts;
import org.postrider.rights.FileFacts.FileNumber;
import org.postrider.rights.Request;
import org.postrider.rights.Request.DeliveryKey;
import org.postrider.rights.Trouble.Kind;
import org.postrider.rights.Wire;
import org.postrider.rights.system.Act;
import org.postrider.rights.system.Clock;
import org.postrider.rights.system.OwnDirectory;

/// What this process is in the middle of writing, kept where a kill -9 of it leaves it to be found:
/// a file that is mapped into memory, in a directory that nobody else gets into. A record is begun
/// before the file that it is about is touched and ended before "done" is answered, by stores to
/// memory and no system call. It outlives the process and not the machine, whose next start takes
/// no record of an earlier one for true.
///
/// ```
/// file   = first 128*record 128*part 4096*key         8 KiB each, a part 64 KiB
/// first  = system 128*state keys                      so that one page is looked at
/// keys   = how many there ever were, of which the last are there
/// system = length, the kernel's boot_id and the wire's version
/// record = length seconds device inode before end at length length beginning request
/// part   = what is written next, behind `at` octets of the file
/// ```
///
/// Threads of the system; an entry is one thread's.
public final class Records implements AutoCloseable {
    private static final int SLOT = 8 << 10;
    private static final int SLOTS = 128;
    private static final int PARTS = (SLOTS + 1) * SLOT;
    private static final int PART = FileSink.BUFFER;
    private static final int AT_KEYS = PARTS + SLOTS * PART;

    /// What was done last, more than can be under way.
    private static final int KEYS = 4096;

    private static final int KEY = 16;

    /// Octets of the file.
    public static final int SIZE = AT_KEYS + KEYS * KEY;

    private static final int SHORT = 256;

    /// Octets of a message that are kept to know it by.
    private static final int BEGINNING = 1 << 10;

    private static final int FREE = 0;
    private static final int BEGUN = 1;
    private static final int WRITING = 2;
    private static final int DONE = 3;

    private static final int AT_STATES = 512;
    private static final int AT_COUNT = 2048;

    /// In a record, whose first number is the length of the request.
    private static final int AT_SECONDS = 8;

    private static final int AT_DEVICE = 16;
    private static final int AT_INODE = 24;
    private static final int AT_BEFORE = 32;
    private static final int AT_END = 40;
    private static final int AT_PART = 48;
    private static final int AT_PART_LENGTH = 56;
    private static final int AT_KNOWN = 60;
    private static final int AT_BEGINNING = AT_KNOWN + 4;
    private static final int AT_REQUEST = AT_BEGINNING + BEGINNING;

    /// How long an act waits for a record: many batches on a slow disk have them all.
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final ValueLayout.OfInt I = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong J = ValueLayout.JAVA_LONG;

    /// A state is seen by whoever looks later only behind all that was stored before it.
    private static final VarHandle ORDERED = I.varHandle();

    private final OwnDirectory directory;
    private final MemorySegment all;
    private final Deque<Integer> free = new ArrayDeque<>();

    /// As many as are free.
    private final Semaphore places = new Semaphore(SLOTS, true);

    private final List<Left> left = new ArrayList<>();

    /// As the file has them; guarded by itself.
    private final Set<DeliveryKey> done = new HashSet<>();

    /// What a process that was killed had begun and not ended.
    ///
    /// @param writing whether it may have written to the file, which `tail` is about
    /// @param seconds when it began
    record Left(Request.Put put, boolean writing, long seconds, Tail tail) {}

    /// What it had written or was about to write.
    ///
    /// @param before octets of the file when it began
    /// @param end octets that the file then had at most
    /// @param beginning first octets of what it wrote; of a Maildir's file, the name in `tmp`, and
    ///   behind a `/` that in `new`, once it was about to be moved
    /// @param partAt octets of the file before the part that was being written
    /// @param part that part, of which any number of octets may be in the file
    @SuppressWarnings("ArrayRecordComponent")
    record Tail(
            FileNumber number, long before, long end, String beginning, long partAt, byte[] part) {}

    private Records(OwnDirectory directory) throws Act {
        this.directory = directory;
        all = directory.memory();
        String system = directory.boot() + " " + Wire.VERSION;
        if (!text(0, SHORT).equals(system)) {
            forget();
            all.set(J, AT_COUNT, 0);
            put(0, system);
        }
        long count = all.get(J, AT_COUNT);
        for (int i = 0; i < Math.min(count, KEYS); i++) {
            done.add(key(i));
        }
        for (int i = SLOTS; i > 0; i--) {
            free.push(i);
            int state = (int) ORDERED.getVolatile(all, stateOf(i));
            if (state != FREE) {
                left.add(read(i, state));
            }
            if (state == DONE) {
                keep(left.getLast().put().key());
            }
        }
    }

    /// Waits for the end of a process that still has them.
    ///
    /// @param path of their directory, made if it is missing
    /// @throws Act if it is not this user's alone, or for a record that is none
    public static Records open(String path) throws Act {
        return of(OwnDirectory.open(path, SIZE));
    }

    /// @param directory whose memory has [#SIZE] octets; closed if they cannot be had
    /// @throws Act for a record that is none
    public static Records of(OwnDirectory directory) throws Act {
        try {
            return new Records(directory);
        } catch (Act | RuntimeException | Error e) {
            directory.close();
            throw e;
        }
    }

    /// Where they are.
    public OwnDirectory directory() {
        return directory;
    }

    private static long stateOf(int slot) {
        return AT_STATES + 4L * slot;
    }

    /// A text with its length before it.
    private String text(int at, int most) {
        byte[] octets = new byte[Math.clamp(all.get(I, at), 0, most)];
        MemorySegment.copy(all, ValueLayout.JAVA_BYTE, at + 4L, octets, 0, octets.length);
        return new String(octets, StandardCharsets.ISO_8859_1);
    }

    private void put(int at, String text) {
        byte[] octets = text.getBytes(StandardCharsets.ISO_8859_1);
        MemorySegment.copy(octets, 0, all, ValueLayout.JAVA_BYTE, at + 4L, octets.length);
        VarHandle.releaseFence();
        all.set(I, at, octets.length);
    }

    private Left read(int slot, int state) throws Act {
        int at = slot * SLOT;
        byte[] request = new byte[Math.clamp(all.get(I, at), 0, SLOT - AT_REQUEST)];
        MemorySegment.copy(
                all, ValueLayout.JAVA_BYTE, at + (long) AT_REQUEST, request, 0, request.length);
        try {
            Tail tail =
                    new Tail(
                            new FileNumber(
                                    all.get(J, at + AT_DEVICE), all.get(J, at + AT_INODE), 1),
                            all.get(J, at + AT_BEFORE),
                            all.get(J, at + AT_END),
                            text(at + AT_KNOWN, BEGINNING),
                            all.get(J, at + AT_PART),
                            part(slot));
            DataInputStream from = new DataInputStream(new ByteArrayInputStream(request));
            if (!(Wire.request(from) instanceof Request.PutUnless unless)) {
                throw new IOException("a record of what leaves nothing");
            }
            return new Left(unless.put(), state == WRITING, all.get(J, at + AT_SECONDS), tail);
        } catch (IOException e) {
            // Not again at the next start.
            ORDERED.setVolatile(all, stateOf(slot), FREE);
            throw new Act(Kind.CONTENT, 0, "under-way: " + e.getMessage());
        }
    }

    private static long at(long key) {
        return AT_KEYS + key % KEYS * KEY;
    }

    private DeliveryKey key(long which) {
        return new DeliveryKey(all.get(J, at(which)), all.get(J, at(which) + Long.BYTES));
    }

    /// Whether this was done before, by this process or by one that was killed. Known of the last
    /// few thousand, until the machine stops.
    public boolean done(DeliveryKey key) {
        synchronized (done) {
            return done.contains(key);
        }
    }

    /// It is done, and forced.
    public void keep(DeliveryKey key) {
        synchronized (done) {
            if (key.equals(DeliveryKey.NONE) || !done.add(key)) {
                return;
            }
            long count = all.get(J, AT_COUNT);
            if (count >= KEYS) {
                done.remove(key(count));
            }
            all.set(J, at(count), key.first());
            all.set(J, at(count) + Long.BYTES, key.second());
            VarHandle.releaseFence();
            all.set(J, AT_COUNT, count + 1);
        }
    }

    private static long partOf(int slot) {
        return PARTS + (slot - 1L) * PART;
    }

    private byte[] part(int slot) {
        int length = Math.clamp(all.get(I, slot * SLOT + AT_PART_LENGTH), 0, PART);
        return all.asSlice(partOf(slot), length).toArray(ValueLayout.JAVA_BYTE);
    }

    /// What the process before left; to be looked at before anything is begun.
    List<Left> left() {
        return List.copyOf(left);
    }

    /// They have been looked at.
    void forget() {
        left.clear();
        for (int i = 1; i <= SLOTS; i++) {
            ORDERED.setVolatile(all, stateOf(i), FREE);
        }
    }

    /// An act is about to begin, which holds nothing that others need: it waits for a place while
    /// there are too many.
    ///
    /// @throws Act if there are too many all the time, or its path is longer than any file's
    Entry begin(Request.Put put) throws Act {
        return begin(put, PATIENCE);
    }

    /// An act is about to begin, now or not at all.
    ///
    /// @throws Act if there are too many, or its path is longer than any file's
    Entry beginNow(Request.Put put) throws Act {
        return begin(put, Duration.ZERO);
    }

    private Entry begin(Request.Put put, Duration patience) throws Act {
        directory.beOpen();
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        try {
            Request.PutUnless unless = new Request.PutUnless(put, List.of());
            Wire.request(new DataOutputStream(octets), unless);
        } catch (IOException e) {
            throw Act.failed("cannot open file", -Errno.ENAMETOOLONG);
        }
        if (octets.size() > SLOT - AT_REQUEST) {
            throw Act.failed("cannot open file", -Errno.ENAMETOOLONG);
        }
        if (!taken(patience)) {
            throw new Act(Kind.UNAVAILABLE, Errno.EAGAIN, "too many deliveries at a time");
        }
        synchronized (free) {
            return new Entry(free.pop(), octets.toByteArray(), put.key());
        }
    }

    private boolean taken(Duration patience) {
        try {
            return patience.isZero()
                    ? places.tryAcquire()
                    : places.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /// Lets the next process have them, once nothing is under way.
    @Override
    public void close() {
        directory.close();
    }

    /// The record of one act.
    final class Entry implements AutoCloseable {
        private final int slot;
        private final int at;
        private final DeliveryKey key;
        private boolean writing;

        private Entry(int slot, byte[] request, DeliveryKey key) {
            this.slot = slot;
            this.key = key;
            at = slot * SLOT;
            MemorySegment.copy(
                    request, 0, all, ValueLayout.JAVA_BYTE, at + (long) AT_REQUEST, request.length);
            all.set(I, at, request.length);
            all.set(J, at + AT_SECONDS, Clock.fileSeconds(Clock.now()));
            state(BEGUN);
        }

        private void state(int state) {
            ORDERED.setVolatile(all, stateOf(slot), state);
        }

        /// Which file of a Maildir's `tmp` is made next.
        void makes(String name) {
            put(at + AT_KNOWN, name.length() <= BEGINNING ? name : "");
            state(WRITING);
        }

        /// That it is moved next, and what its name in `new` is then.
        void moves(String from, String to) {
            String both = from + "/" + to;
            if (both.length() <= BEGINNING) {
                put(at + AT_KNOWN, both);
            }
        }

        /// What is written next to a file that had the size of `file` at first.
        ///
        /// @param octets at most 64 KiB
        /// @param end octets that the file has then
        void writes(FileFacts file, MemorySegment octets, long end) {
            int length = (int) octets.byteSize();
            // First, while the file ends there: of a part that is half kept nothing is written yet.
            all.set(J, at + AT_PART, end - length);
            VarHandle.releaseFence();
            MemorySegment.copy(octets, 0, all, partOf(slot), length);
            all.set(I, at + AT_PART_LENGTH, length);
            VarHandle.releaseFence();
            all.set(J, at + AT_END, end);
            if (!writing) {
                writing = true;
                all.set(J, at + AT_DEVICE, file.number().device());
                all.set(J, at + AT_INODE, file.number().inode());
                all.set(J, at + AT_BEFORE, file.size());
                int known = Math.min(length, BEGINNING);
                MemorySegment.copy(octets, 0, all, at + (long) AT_BEGINNING, known);
                all.set(I, at + AT_KNOWN, known);
            }
            state(WRITING);
        }

        /// The message is there, and forced: from here on it is not undone and not done again.
        void written() {
            state(DONE);
            keep(key);
        }

        /// The file is as it was.
        void undone() {
            state(BEGUN);
        }

        @Override
        public void close() {
            state(FREE);
            synchronized (free) {
                free.push(slot);
            }
            places.release();
        }
    }
}
