package org.postrider.sts;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.disk.Disk;
import org.postrider.disk.Reading;

/// Policies over a restart: `sts_policies` in data_directory.
///
/// A line that says what it is, then a line for each policy, tabs between: domain, id, mode,
/// max_age, when it was fetched, when mail last asked for it (both in seconds since 1970), and its
/// mx patterns with blanks between.
///
/// **Crash**: written beside, forced and renamed over the old one, so that there is the one or the
/// other. A line that cannot be read is passed over, and said; a file of another version is not
/// read. Policies that are lost are fetched again.
final class PolicyFile {
    static final String NAME = "sts_policies";
    private static final String FIRST = "postrider-sts-policies 1";
    private static final int FIELDS = 7;
    private static final long LARGEST = 16L << 20;
    private static final String MODE = "rw-------";

    private final Disk disk;
    private final Path directory;
    private final Consumer<String> warnings;

    /// A policy and its times, in seconds since 1970.
    record Kept(StsPolicy policy, long fetched, long used) {}

    PolicyFile(Disk disk, Path directory, Consumer<String> warnings) {
        this.disk = disk;
        this.directory = directory;
        this.warnings = warnings;
    }

    /// None where there is no file, or none that can be read.
    List<Kept> load() {
        Path file = directory.resolve(NAME);
        List<Kept> out = new ArrayList<>();
        try {
            byte[] octets = Reading.octets(file, LARGEST);
            String[] lines = new String(octets, StandardCharsets.ISO_8859_1).split("\n", -1);
            if (!lines[0].equals(FIRST)) {
                warnings.accept(file + ": not of this version: policies are fetched again");
                return out;
            }
            int damaged = 0;
            for (int i = 1; i < lines.length; i++) {
                Kept one = lines[i].isEmpty() ? null : parsed(lines[i]);
                if (one != null) {
                    out.add(one);
                } else if (!lines[i].isEmpty()) {
                    damaged++;
                }
            }
            if (damaged > 0) {
                warnings.accept(file + ": " + damaged + " lines cannot be read");
            }
        } catch (NoSuchFileException e) {
            // The first start.
        } catch (IOException e) {
            warnings.accept("read " + file + ": " + e.getMessage());
        }
        return out;
    }

    private static @Nullable Kept parsed(String line) {
        String[] f = line.split("\t", -1);
        if (f.length != FIELDS || !f[4].matches("[0-9]{1,12}") || !f[5].matches("[0-9]{1,12}")) {
            return null;
        }
        StringBuilder text = new StringBuilder("version: STSv1\nmode: ").append(f[2]);
        text.append("\nmax_age: ").append(f[3]);
        for (String pattern : f[6].isEmpty() ? new String[0] : f[6].split(" ", -1)) {
            text.append("\nmx: ").append(pattern);
        }
        String domain = Discovery.name(f[0]);
        try {
            return domain == null || !f[1].matches("[A-Za-z0-9]{1,32}")
                    ? null
                    : new Kept(
                            StsPolicy.parse(domain, f[1], text.toString()),
                            Long.parseLong(f[4]),
                            Long.parseLong(f[5]));
        } catch (StsPolicy.Invalid e) {
            return null;
        }
    }

    /// In the place of what was there.
    void save(List<Kept> all) throws IOException {
        StringBuilder out = new StringBuilder(FIRST).append('\n');
        for (Kept each : all) {
            StsPolicy p = each.policy();
            out.append(p.domain()).append('\t').append(p.id()).append('\t');
            out.append(p.mode().word()).append('\t').append(p.maxAgeSeconds()).append('\t');
            out.append(each.fetched()).append('\t').append(each.used()).append('\t');
            out.append(String.join(" ", p.patterns())).append('\n');
        }
        Path next = directory.resolve(NAME + ".new");
        disk.delete(next);
        try (Disk.File file = disk.create(next, MODE)) {
            byte[] octets = out.toString().getBytes(StandardCharsets.ISO_8859_1);
            file.write(ByteBuffer.wrap(octets), 0);
            file.force();
        }
        disk.rename(next, directory.resolve(NAME));
        disk.forceDirectory(directory);
    }
}
