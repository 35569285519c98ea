package org.postrider.anvil;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.postrider.disk.Disk;

/// The counts of [Rates] in data_directory: a snapshot, and a journal of what came behind it
/// (docs/internals/rates.md). Damage is told and costs the damaged counts, never the start. One
/// thread at a time.
final class RateFile {
    static final String SNAPSHOT = "rates.snapshot";
    static final String JOURNAL = "rates.journal.";
    private static final String MODE = "rw-------";
    static final String LOCK = "rates.lock";

    private static final long SNAPSHOT_MAGIC = 0x5052_5241_5445_5331L; // PRRATES1
    private static final long JOURNAL_MAGIC = 0x5052_5241_5445_4A31L; // PRRATEJ1
    private static final int HEADER = 20;
    private static final int CRC = 4;
    private static final int FRAME = 12;
    private static final int LARGEST_JOURNAL = 1 << 20;
    private static final int HEAP_SHARE = 8;
    private static final String UNREAD = "the counts behind that are forgotten";

    private final Disk disk;
    private final Path directory;
    private final Rates rates;
    private final Consumer<String> warnings;
    private Disk.@Nullable File journal;
    private long generation;
    private long position;
    private long sequence;
    private long snapshotLength;
    private boolean unforced;
    private boolean failed;

    RateFile(Disk disk, Path directory, Rates rates, Consumer<String> warnings) {
        this.disk = disk;
        this.directory = directory;
        this.rates = rates;
        this.warnings = warnings;
    }

    // ---- reading

    /// Reads what the last run left into the counts; what is damaged is told and left out. Writes
    /// nothing.
    void load() {
        generation = snapshotRead();
        TreeMap<Long, Path> journals = new TreeMap<>();
        for (String name : names()) {
            Long number = number(name);
            if (number != null) {
                journals.put(number, directory.resolve(name));
            }
        }
        journals.tailMap(generation, true).forEach(this::journalRead);
        if (!journals.isEmpty()) {
            generation = Math.max(generation, journals.lastKey());
        }
    }

    private java.util.List<String> names() {
        try {
            return disk.list(directory);
        } catch (IOException e) {
            warnings.accept("rate limits: " + directory + ": " + e.getMessage());
            return java.util.List.of();
        }
    }

    private static @Nullable Long number(String name) {
        if (name.startsWith(JOURNAL)) {
            try {
                long n = Long.parseLong(name.substring(JOURNAL.length()));
                return n > 0 && n < Long.MAX_VALUE / 2 ? n : null;
            } catch (NumberFormatException e) {
                return null;
            }
        }
        return null;
    }

    /// @return its generation, 0 where there is none that can be read
    private long snapshotRead() {
        Path file = directory.resolve(SNAPSHOT);
        ByteBuffer in = read(file);
        if (in == null) {
            return 0;
        }
        int end = in.limit() - CRC;
        if (end < HEADER || in.getLong(0) != SNAPSHOT_MAGIC || crc(in, 0, end) != in.getInt(end)) {
            warnings.accept("rate limits: " + file + " is damaged: counting begins anew");
            return 0;
        }
        in.position(Long.BYTES);
        in.limit(end);
        long read = in.getLong();
        try {
            rates.notBefore(in.getLong());
            int windows = in.getInt();
            for (int i = 0; i < windows; i++) {
                Rates.Key key = key(in);
                Rates.Limit limit = limit(in);
                long newest = in.getLong();
                for (int back = Rates.SLICES; back >= 0; back--) {
                    int amount = in.getInt();
                    if (amount > 0) {
                        rates.restore(key, limit, newest - back, amount);
                    }
                }
            }
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            warnings.accept("rate limits: " + file + " is no snapshot of ours: " + UNREAD);
        }
        return Math.max(0, read);
    }

    private void journalRead(long number, Path file) {
        ByteBuffer in = read(file);
        if (in == null || in.limit() == 0) {
            return;
        }
        if (in.limit() < HEADER
                || in.getLong(0) != JOURNAL_MAGIC
                || in.getLong(Long.BYTES) != number
                || crc(in, 0, HEADER - CRC) != in.getInt(HEADER - CRC)) {
            if (!blankFrom(in, 0)) {
                warnings.accept("rate limits: " + file + " is damaged: its counts are forgotten");
            }
            return;
        }
        int at = HEADER;
        long expected = 1;
        while (in.limit() - at >= FRAME + CRC) {
            int length = in.getInt(at);
            int end = at + FRAME + length;
            if (length < 0
                    || length > in.limit() - at - FRAME - CRC
                    || in.getLong(at + Integer.BYTES) != expected
                    || frameCrc(in, number, at, end) != in.getInt(end)) {
                break;
            }
            apply(in.duplicate().position(at + FRAME).limit(end), file);
            at = end + CRC;
            expected++;
        }
        if (!blankFrom(in, at)) {
            warnings.accept(
                    "rate limits: "
                            + file
                            + " is damaged or cut short at octet "
                            + at
                            + ": "
                            + UNREAD);
        }
    }

    /// True where nothing follows, or only what a file was lengthened by and never written.
    private static boolean blankFrom(ByteBuffer in, int at) {
        for (int i = at; i < in.limit(); i++) {
            if (in.get(i) != 0) {
                return false;
            }
        }
        return true;
    }

    private void apply(ByteBuffer in, Path file) {
        try {
            rates.notBefore(in.getLong());
            int changes = in.getInt();
            for (int i = 0; i < changes; i++) {
                Rates.Key key = key(in);
                Rates.Limit limit = limit(in);
                long slice = in.getLong();
                int amount = in.getInt();
                if (amount > 0) {
                    rates.restore(key, limit, slice, amount);
                }
            }
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            warnings.accept("rate limits: " + file + " holds a record that is not ours");
        }
    }

    private @Nullable ByteBuffer read(Path path) {
        try (Disk.File file = disk.openToRead(path)) {
            long size = file.size();
            if (size > Runtime.getRuntime().maxMemory() / HEAP_SHARE) {
                warnings.accept("rate limits: " + path + " is too large to be ours");
                return null;
            }
            ByteBuffer in = ByteBuffer.allocate((int) size);
            while (in.hasRemaining() && file.read(in, in.position()) > 0) {
                // until it is whole
            }
            return in.flip();
        } catch (java.nio.file.NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            warnings.accept("rate limits: " + path + ": " + e.getMessage());
            return null;
        }
    }

    private static Rates.Key key(ByteBuffer in) {
        int kind = in.get();
        byte[] name = new byte[in.getShort() & 0xffff];
        in.get(name);
        Rates.Kind[] kinds = Rates.Kind.values();
        if (kind < 0 || kind >= kinds.length) {
            throw new IllegalArgumentException("kind " + kind);
        }
        return new Rates.Key(kinds[kind], new String(name, StandardCharsets.UTF_8));
    }

    private static Rates.Limit limit(ByteBuffer in) {
        int unit = in.get();
        int seconds = in.getInt();
        int most = in.getInt();
        Rates.Unit[] units = Rates.Unit.values();
        if (unit < 0 || unit >= units.length || seconds < 1 || most < 1) {
            throw new IllegalArgumentException("limit");
        }
        return new Rates.Limit(most, seconds, units[unit]);
    }

    private static int crc(ByteBuffer in, int from, int to) {
        CRC32C crc = new CRC32C();
        crc.update(in.duplicate().position(from).limit(to));
        return (int) crc.getValue();
    }

    private static int frameCrc(ByteBuffer in, long generation, int from, int to) {
        CRC32C crc = new CRC32C();
        crc.update(ByteBuffer.allocate(Long.BYTES).putLong(0, generation));
        crc.update(in.duplicate().position(from).limit(to));
        return (int) crc.getValue();
    }

    // ---- writing

    /// Writes what changed since the last call; begins a new snapshot where the journal has grown
    /// or could not be written.
    ///
    /// @param force whether it must outlive a loss of power
    void save(boolean force) {
        boolean whole = false;
        try {
            if (journal == null || position > Math.max(LARGEST_JOURNAL, 2 * snapshotLength)) {
                snapshot();
            } else {
                append(rates.changes());
            }
            Disk.File now = journal;
            if (force && unforced && now != null) {
                now.force();
                unforced = false;
            }
            failed = false;
            whole = true;
        } catch (IOException e) {
            if (!failed) {
                failed = true;
                warnings.accept("rate limits: cannot save counts: " + e.getMessage());
            }
        } finally {
            if (!whole) {
                // What the journal now holds is not known; a snapshot holds all.
                abandon();
            }
        }
    }

    private void append(Map<Rates.Change, Integer> changes) throws IOException {
        Disk.File to = journal;
        if (changes.isEmpty() || to == null) {
            return;
        }
        ByteArrayOutputStream octets = new ByteArrayOutputStream(64 * changes.size() + FRAME + CRC);
        DataOutputStream out = new DataOutputStream(octets);
        out.writeInt(0);
        out.writeLong(++sequence);
        out.writeLong(rates.now());
        out.writeInt(changes.size());
        for (Map.Entry<Rates.Change, Integer> each : changes.entrySet()) {
            Rates.Change change = each.getKey();
            write(out, change.key(), change.limit());
            out.writeLong(change.slice());
            out.writeInt(each.getValue());
        }
        out.writeInt(0);
        ByteBuffer record = ByteBuffer.wrap(octets.toByteArray());
        int end = record.limit() - CRC;
        record.putInt(0, end - FRAME);
        record.putInt(end, frameCrc(record, generation, 0, end));
        to.write(record, position);
        position += record.limit();
        unforced = true;
    }

    /// All counts into a new snapshot, then a new journal behind it, then the old one goes.
    private void snapshot() throws IOException {
        ByteArrayOutputStream octets = new ByteArrayOutputStream(1 << 16);
        DataOutputStream out = new DataOutputStream(octets);
        long next = generation + 1;
        int[] windows = {0};
        out.writeLong(SNAPSHOT_MAGIC);
        out.writeLong(next);
        out.writeLong(rates.now());
        out.writeInt(0);
        append(
                rates.snapshot((key, window) -> {
                    windows[0]++;
                    written(out, key, window);
                }));
        out.writeInt(0);
        ByteBuffer whole = ByteBuffer.wrap(octets.toByteArray());
        whole.putInt(3 * Long.BYTES, windows[0]);
        int end = whole.limit() - CRC;
        whole.putInt(end, crc(whole, 0, end));
        snapshotLength = whole.limit();
        Path temporary = directory.resolve(SNAPSHOT + ".tmp");
        disk.delete(temporary);
        try (Disk.File file = disk.create(temporary, MODE)) {
            file.write(whole, 0);
            file.force();
        }
        disk.rename(temporary, directory.resolve(SNAPSHOT));
        abandon();
        generation = next;
        begin();
        disk.forceDirectory(directory);
        for (String name : disk.list(directory)) {
            Long number = number(name);
            if (number != null && number < generation) {
                disk.delete(directory.resolve(name));
            }
        }
    }

    private void begin() throws IOException {
        Path path = directory.resolve(JOURNAL + generation);
        disk.delete(path);
        Disk.File file = disk.create(path, MODE);
        ByteBuffer header = ByteBuffer.allocate(HEADER);
        header.putLong(JOURNAL_MAGIC).putLong(generation);
        header.putInt(crc(header, 0, HEADER - CRC)).flip();
        file.write(header, 0);
        journal = file;
        position = HEADER;
        sequence = 0;
        unforced = true;
    }

    private static void written(DataOutputStream out, Rates.Key key, Rates.Window window) {
        try {
            write(out, key, new Rates.Limit(window.most, window.seconds, window.unit));
            out.writeLong(window.newest);
            for (int back = Rates.SLICES; back >= 0; back--) {
                long slice = window.newest - back;
                out.writeInt(slice < 0 ? 0 : window.counts[window.at(slice)]);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(DataOutputStream out, Rates.Key key, Rates.Limit limit)
            throws IOException {
        byte[] name = key.name().getBytes(StandardCharsets.UTF_8);
        out.writeByte(key.kind().ordinal());
        out.writeShort(name.length);
        out.write(name);
        out.writeByte(limit.unit().ordinal());
        out.writeInt(limit.seconds());
        out.writeInt(limit.most());
    }

    private void abandon() {
        Disk.File old = journal;
        journal = null;
        if (old != null) {
            try {
                old.close();
            } catch (IOException e) {
                warnings.accept("rate limits: close: " + e.getMessage());
            }
        }
    }

    /// All counts into a snapshot, durable.
    void close() {
        try {
            snapshot();
            Disk.File now = journal;
            if (now != null) {
                now.force();
            }
        } catch (IOException e) {
            warnings.accept("rate limits: cannot save counts: " + e.getMessage());
        }
        abandon();
    }
}
