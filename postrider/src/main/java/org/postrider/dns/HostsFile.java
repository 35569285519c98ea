package org.postrider.dns;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.disk.Reading;

/// `/etc/hosts` (hosts(5)): an address and its names a line. Read anew for each question, as the C
/// library does: it is short, or else it is not worth its memory. A file that is missing is empty;
/// lines that are malformed do not count. Any thread.
public final class HostsFile {
    private static final int LONGEST_LINE = 4096;

    /// Octets; none of them is kept.
    private static final long MOST = 256L << 20;

    private final Path file;

    public HostsFile(Path file) {
        this.file = file;
    }

    /// Sees a line.
    private interface Line {
        /// @return false if no more need be seen
        boolean seen(InetAddress address, List<String> names);
    }

    /// The first name of an address; null for none.
    ///
    /// @throws IOException if the file cannot be read
    public @Nullable String name(InetAddress address) throws IOException {
        String[] out = new String[1];
        read((at, names) -> {
            boolean found = at.equals(address);
            out[0] = found ? names.getFirst() : out[0];
            return !found;
        });
        return out[0];
    }

    /// All addresses of a name, in any case.
    ///
    /// @throws IOException if the file cannot be read
    public List<InetAddress> addresses(String name) throws IOException {
        List<InetAddress> out = new ArrayList<>();
        read((at, names) -> {
            if (names.stream().anyMatch(name::equalsIgnoreCase)) {
                out.add(at);
            }
            return true;
        });
        return out;
    }

    private void read(Line to) throws IOException {
        if (!Files.exists(file)) {
            return;
        }
        Reading.each(file, MOST, line -> line.length() > LONGEST_LINE || told(line, to));
    }

    private static boolean told(String line, Line to) {
        int comment = line.indexOf('#');
        String[] words =
                (comment < 0 ? line : line.substring(0, comment)).strip().split("\\s+", -1);
        if (words.length < 2) {
            return true;
        }
        try {
            int zone = words[0].indexOf('%');
            InetAddress at =
                    InetAddress.ofLiteral(zone < 0 ? words[0] : words[0].substring(0, zone));
            return to.seen(at, List.of(words).subList(1, words.length));
        } catch (IllegalArgumentException e) {
            return true;
        }
    }
}
