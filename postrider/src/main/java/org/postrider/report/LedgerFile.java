package org.postrider.report;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.postrider.disk.Disk;

/// The counts and the reports that wait, in one file of data_directory that is written anew and
/// renamed (docs/internals/reports.md). Damage is told and costs the counts, never the start. The
/// loop's thread.
///
/// @param <R> a result
final class LedgerFile<R> {
    private static final String MODE = "rw-------";
    private static final int CRC = 4;
    private static final int LARGEST = 1 << 30;

    private final Disk disk;
    private final Path directory;
    private final Kind<R> kind;
    private final Consumer<String> warnings;
    private boolean failed;

    LedgerFile(Disk disk, Path directory, Kind<R> kind, Consumer<String> warnings) {
        this.disk = disk;
        this.kind = kind;
        this.directory = directory;
        this.warnings = warnings;
    }

    private Path path() {
        return directory.resolve(kind.names().file() + ".counts");
    }

    /// Whoever holds it may write the counts.
    static Path lock(Path directory, Kind<?> kind) {
        return directory.resolve(kind.names().file() + ".lock");
    }

    /// @return reports that wait
    List<Due<R>> load(Ledger<R> into) {
        Path path = path();
        List<Due<R>> out = new ArrayList<>();
        byte[] octets;
        try (Disk.File file = disk.openToRead(path)) {
            long size = file.size();
            if (size < Long.BYTES + CRC || size > LARGEST) {
                throw new IOException("is damaged");
            }
            ByteBuffer read = ByteBuffer.allocate((int) size);
            while (read.hasRemaining() && file.read(read, read.position()) > 0) {
                // until all is there
            }
            octets = read.array();
        } catch (NoSuchFileException e) {
            return out;
        } catch (IOException e) {
            lost(path, e);
            return out;
        }
        try {
            int end = octets.length - CRC;
            if (crc(octets, end) != ByteBuffer.wrap(octets).getInt(end)) {
                throw new IOException("is damaged");
            }
            DataInputStream in = new DataInputStream(new ByteArrayInputStream(octets, 0, end));
            if (in.readLong() != kind.names().magic()) {
                throw new IOException("is no file of ours");
            }
            into.day(in.readLong());
            for (int n = in.readInt(); n > 0; n--) {
                entry(in, into);
            }
            for (int n = in.readInt(); n > 0; n--) {
                out.add(due(in));
            }
        } catch (IOException | IllegalArgumentException e) {
            lost(path, e);
        }
        return out;
    }

    private void lost(Path path, Exception why) {
        warnings.accept(
                kind.names().all()
                        + ": "
                        + path
                        + ": "
                        + why.getMessage()
                        + ": counting begins anew");
    }

    private static int crc(byte[] octets, int end) {
        CRC32C crc = new CRC32C();
        crc.update(octets, 0, end);
        return (int) crc.getValue();
    }

    /// @return false where it could not be written, which is told once
    boolean save(Ledger<R> ledger, List<Due<R>> waiting) {
        Path path = path();
        Path fresh = directory.resolve(path.getFileName() + ".tmp");
        try {
            ByteArrayOutputStream octets = new ByteArrayOutputStream(4096);
            ledger.still(() -> write(new DataOutputStream(octets), ledger, waiting));
            byte[] body = octets.toByteArray();
            ByteBuffer all = ByteBuffer.allocate(body.length + CRC).put(body);
            all.putInt(crc(body, body.length)).flip();
            disk.delete(fresh);
            try (Disk.File file = disk.create(fresh, MODE)) {
                file.write(all, 0);
                file.force();
            }
            disk.rename(fresh, path);
            disk.forceDirectory(directory);
            failed = false;
            return true;
        } catch (IOException e) {
            if (!failed) {
                failed = true;
                warnings.accept(kind.names().all() + ": cannot save counts: " + e.getMessage());
            }
            return false;
        }
    }

    private void write(DataOutputStream out, Ledger<R> ledger, List<Due<R>> waiting)
            throws IOException {
        out.writeLong(kind.names().magic());
        out.writeLong(ledger.day());
        List<Map.Entry<String, Ledger.Entry<R>>> entries = ledger.wanted();
        out.writeInt(entries.size());
        for (Map.Entry<String, Ledger.Entry<R>> each : entries) {
            Ledger.Entry<R> entry = each.getValue();
            out.writeUTF(each.getKey());
            places(out, entry.state == Ledger.State.WANTED ? entry.places : null);
            entry.tally.write(out);
        }
        out.writeInt(waiting.size());
        for (Due<R> each : waiting) {
            out.writeLong(each.day());
            out.writeUTF(each.domain());
            out.writeUTF(each.id());
            places(out, each.places);
            out.writeLong(each.nextMillis);
            out.writeLong(each.firstMillis);
            out.writeInt(each.tries);
            each.tally().write(out);
        }
    }

    private void entry(DataInputStream in, Ledger<R> into) throws IOException {
        String domain = in.readUTF();
        List<String> places = places(in);
        Ledger.Entry<R> made =
                new Ledger.Entry<>(
                        places == null ? Ledger.State.UNASKED : Ledger.State.WANTED,
                        kind.tally(in));
        made.places = places == null ? List.of() : places;
        into.restore(domain, made);
    }

    private Due<R> due(DataInputStream in) throws IOException {
        long day = in.readLong();
        String domain = in.readUTF();
        String id = in.readUTF();
        List<String> places = places(in);
        long next = in.readLong();
        long first = in.readLong();
        int tries = in.readInt();
        Due<R> made = new Due<>(day, domain, id, kind.tally(in), places, first);
        made.nextMillis = next;
        made.tries = tries;
        return made;
    }

    /// None at all: not asked yet.
    private static void places(DataOutputStream out, @Nullable List<String> places)
            throws IOException {
        out.writeInt(places == null ? -1 : places.size());
        for (String each : places == null ? List.<String>of() : places) {
            out.writeUTF(each);
        }
    }

    private static @Nullable List<String> places(DataInputStream in) throws IOException {
        int n = in.readInt();
        if (n < 0) {
            return null;
        }
        List<String> out = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            out.add(in.readUTF());
        }
        return List.copyOf(out);
    }
}
