package org.postrider.log.trace;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.function.Consumer;

/// Reads all files of a ring, the oldest first, and shows the lines that hold a text, whatever the
/// case of its ASCII letters is. One thread.
public final class TraceScan {
    private static final int CHUNK = 1 << 20;

    /// A longer line is none of ours.
    private static final int LONGEST = 8 << 20;

    private final byte[] wanted;
    private final Consumer<String> lines;
    private final int[] skips = new int[256];
    private final byte[] lower = new byte[256];

    /// @param wanted octets as chars; not empty
    /// @param lines told each line, octets as chars, without its LF
    public TraceScan(String wanted, Consumer<String> lines) {
        for (int i = 0; i < lower.length; i++) {
            lower[i] = (byte) (i >= 'A' && i <= 'Z' ? i + 32 : i);
        }
        this.wanted = wanted.getBytes(StandardCharsets.ISO_8859_1);
        for (int i = 0; i < this.wanted.length; i++) {
            this.wanted[i] = lower[this.wanted[i] & 0xff];
        }
        this.lines = lines;
        Arrays.fill(skips, this.wanted.length);
        for (int i = 0; i < this.wanted.length - 1; i++) {
            skips[this.wanted[i] & 0xff] = this.wanted.length - 1 - i;
        }
    }

    /// @throws IOException where they cannot be read
    public void all(Path directory) throws IOException {
        for (Path each : TraceFiles.all(directory)) {
            try (FileChannel in = TraceFiles.open(each, StandardOpenOption.READ)) {
                file(in);
            } catch (NoSuchFileException e) {
                // the server deleted it, as it was the oldest
            }
        }
    }

    private void file(FileChannel in) throws IOException {
        byte[] octets = new byte[CHUNK];
        int filled = 0;
        while (true) {
            int n = in.read(ByteBuffer.wrap(octets, filled, octets.length - filled));
            if (n <= 0) {
                return;
            }
            filled += n;
            int end = filled;
            while (end > 0 && octets[end - 1] != '\n') {
                end--;
            }
            show(octets, end);
            System.arraycopy(octets, end, octets, 0, filled - end);
            filled -= end;
            if (filled == octets.length) {
                if (filled >= LONGEST) {
                    filled = 0;
                } else {
                    octets = Arrays.copyOf(octets, 2 * filled);
                }
            }
        }
    }

    /// Whole lines up to a place.
    private void show(byte[] octets, int end) {
        int at = find(octets, 0, end);
        while (at >= 0) {
            int from = at;
            while (from > 0 && octets[from - 1] != '\n') {
                from--;
            }
            int to = at;
            while (octets[to] != '\n') {
                to++;
            }
            if (octets[from] == '{' && octets[to - 1] == '}') {
                lines.accept(new String(octets, from, to - from, StandardCharsets.ISO_8859_1));
            }
            at = find(octets, to + 1, end);
        }
    }

    /// Horspool's search.
    private int find(byte[] octets, int from, int end) {
        int last = wanted.length - 1;
        int at = from;
        while (at + last < end) {
            int i = last;
            while (lower[octets[at + i] & 0xff] == wanted[i]) {
                if (i-- == 0) {
                    return at;
                }
            }
            at += skips[lower[octets[at + last] & 0xff] & 0xff];
        }
        return -1;
    }
}
