package org.postrider.tlsrpt;

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
import org.postrider.tlsrpt.TlsResult.Kind;
import org.postrider.tlsrpt.TlsResult.Policy;
import org.postrider.tlsrpt.TlsResult.Reason;
import org.postrider.tlsrpt.TlsResult.Session;

/// The counts and the reports that wait, in one file of data_directory that is written anew and
/// renamed (docs/internals/tlsrpt.md). Damage is told and costs the counts, never the start. The
/// loop's thread.
final class LedgerFile {
    static final String NAME = "tlsrpt.counts";
    static final String LOCK = "tlsrpt.lock";
    private static final String FRESH = "tlsrpt.counts.tmp";
    private static final String MODE = "rw-------";
    private static final long MAGIC = 0x5052_544C_5352_5031L; // PRTLSRP1
    private static final int CRC = 4;
    private static final int LARGEST = 1 << 30;

    private final Disk disk;
    private final Path directory;
    private final Consumer<String> warnings;
    private boolean failed;

    LedgerFile(Disk disk, Path directory, Consumer<String> warnings) {
        this.disk = disk;
        this.directory = directory;
        this.warnings = warnings;
    }

    /// @return reports that wait
    List<Due> load(Ledger into) {
        Path path = directory.resolve(NAME);
        List<Due> out = new ArrayList<>();
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
            if (in.readLong() != MAGIC) {
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
                "reports on TLS: " + path + ": " + why.getMessage() + ": counting begins anew");
    }

    private static int crc(byte[] octets, int end) {
        CRC32C crc = new CRC32C();
        crc.update(octets, 0, end);
        return (int) crc.getValue();
    }

    /// @return false where it could not be written, which is told once
    boolean save(Ledger ledger, List<Due> waiting) {
        Path fresh = directory.resolve(FRESH);
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
            disk.rename(fresh, directory.resolve(NAME));
            disk.forceDirectory(directory);
            failed = false;
            return true;
        } catch (IOException e) {
            if (!failed) {
                failed = true;
                warnings.accept("reports on TLS: cannot save counts: " + e.getMessage());
            }
            return false;
        }
    }

    private static void write(DataOutputStream out, Ledger ledger, List<Due> waiting)
            throws IOException {
        out.writeLong(MAGIC);
        out.writeLong(ledger.day());
        List<Map.Entry<String, Ledger.Entry>> entries = ledger.wanted();
        out.writeInt(entries.size());
        for (Map.Entry<String, Ledger.Entry> each : entries) {
            Ledger.Entry entry = each.getValue();
            out.writeUTF(each.getKey());
            places(out, entry.state == Ledger.State.WANTED ? entry.places : null);
            tally(out, entry.tally);
        }
        out.writeInt(waiting.size());
        for (Due each : waiting) {
            out.writeLong(each.day);
            out.writeUTF(each.domain);
            out.writeUTF(each.id);
            places(out, each.places);
            out.writeLong(each.nextMillis);
            out.writeLong(each.firstMillis);
            out.writeInt(each.tries);
            tally(out, each.tally);
        }
    }

    private static void entry(DataInputStream in, Ledger into) throws IOException {
        String domain = in.readUTF();
        List<String> places = places(in);
        Ledger.Entry made =
                new Ledger.Entry(places == null ? Ledger.State.UNASKED : Ledger.State.WANTED);
        made.places = places == null ? List.of() : places;
        made.tally = tally(in);
        into.restore(domain, made);
    }

    private static Due due(DataInputStream in) throws IOException {
        long day = in.readLong();
        String domain = in.readUTF();
        String id = in.readUTF();
        List<String> places = places(in);
        long next = in.readLong();
        long first = in.readLong();
        int tries = in.readInt();
        Due made = new Due(day, domain, id, tally(in), places, first);
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
        return n < 0 ? null : texts(in, n);
    }

    private static List<String> texts(DataInputStream in, int n) throws IOException {
        List<String> out = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            out.add(in.readUTF());
        }
        return List.copyOf(out);
    }

    private static void texts(DataOutputStream out, List<String> texts) throws IOException {
        out.writeInt(texts.size());
        for (String each : texts) {
            out.writeUTF(each);
        }
    }

    private static void tally(DataOutputStream out, Tally tally) throws IOException {
        out.writeInt(tally.policies().size());
        for (Map.Entry<Policy, Tally.Counts> each : tally.policies().entrySet()) {
            Policy policy = each.getKey();
            Tally.Counts counts = each.getValue();
            out.writeByte(policy.kind().ordinal());
            out.writeUTF(policy.domain());
            texts(out, policy.strings());
            texts(out, policy.mxHosts());
            out.writeLong(counts.kept);
            out.writeLong(counts.failed);
            Map<Tally.Detail, Long> details = counts.details();
            out.writeInt(details.size());
            for (Map.Entry<Tally.Detail, Long> one : details.entrySet()) {
                Session s = one.getKey().session();
                out.writeByte(one.getKey().reason().ordinal());
                out.writeUTF(s.sendingIp());
                out.writeUTF(s.mxHostname());
                out.writeUTF(s.mxHelo());
                out.writeUTF(s.receivingIp());
                out.writeUTF(one.getKey().code());
                out.writeLong(one.getValue());
            }
        }
    }

    private static Tally tally(DataInputStream in) throws IOException {
        Tally made = new Tally();
        for (int n = in.readInt(); n > 0; n--) {
            Kind kind = of(Kind.values(), in.readByte());
            Policy policy =
                    new Policy(
                            kind, in.readUTF(), texts(in, in.readInt()), texts(in, in.readInt()));
            Tally.Counts counts = made.restored(policy);
            counts.kept = in.readLong();
            counts.failed = in.readLong();
            for (int m = in.readInt(); m > 0; m--) {
                Reason reason = of(Reason.values(), in.readByte());
                Session s = new Session(in.readUTF(), in.readUTF(), in.readUTF(), in.readUTF());
                made.add(counts, new Tally.Detail(reason, s, in.readUTF()), in.readLong());
            }
        }
        return made;
    }

    private static <T> T of(T[] values, int number) {
        if (number < 0 || number >= values.length) {
            throw new IllegalArgumentException("is of another version");
        }
        return values[number];
    }
}
