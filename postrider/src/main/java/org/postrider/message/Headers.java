package org.postrider.message;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Looks at a header block in place, octets only.
public final class Headers {
    private Headers() {}

    /// Whether the line at `from` is a header of this (lower-case) name.
    public static boolean named(byte[] b, int from, int end, String name) {
        int n = name.length();
        if (end - from <= n) {
            return false;
        }
        for (int i = 0; i < n; i++) {
            byte c = b[from + i];
            if ((c >= 'A' && c <= 'Z' ? c + 32 : c) != name.charAt(i)) {
                return false;
            }
        }
        int i = from + n;
        while (i < end && (b[i] == ' ' || b[i] == '\t')) {
            i++;
        }
        return i < end && b[i] == ':';
    }

    /// How long the field name is with which a line begins; 0 where it is no header line.
    public static int nameLength(byte[] b, int from, int end) {
        int i = from;
        while (i < end && b[i] > ' ' && b[i] != ':' && b[i] != 127) {
            i++;
        }
        int name = i - from;
        while (i < end && (b[i] == ' ' || b[i] == '\t')) {
            i++;
        }
        return i < end && b[i] == ':' ? name : 0;
    }

    /// Whether a text, octets as chars, begins as a header field does.
    public static boolean begins(String text) {
        byte[] octets = text.getBytes(StandardCharsets.ISO_8859_1);
        return nameLength(octets, 0, octets.length) > 0;
    }

    /// How much stays of a field that is longer than `limit`: no more than that, and no piece of a
    /// line that begins in its last tenth.
    ///
    /// @param field with one octet for a line end
    public static int cut(byte[] field, int limit) {
        int least = limit / 10 * 9 + limit % 10 * 9 / 10;
        for (int at = limit; at >= least; at--) {
            if (field[at] == '\n') {
                return at;
            }
        }
        return limit;
    }

    /// Where the line that begins at `from` ends, behind its LF.
    public static int lineEnd(byte[] b, int from) {
        int i = from;
        while (i < b.length && b[i] != '\n') {
            i++;
        }
        return Math.min(i + 1, b.length);
    }

    /// Where the header that begins at `from` ends, its folded lines included.
    public static int headerEnd(byte[] b, int from) {
        int end = lineEnd(b, from);
        while (end < b.length && (b[end] == ' ' || b[end] == '\t')) {
            end = lineEnd(b, end);
        }
        return end;
    }

    /// The value of the first header of this (lower-case) name, unfolded and stripped; null where
    /// there is none.
    public static @Nullable String value(byte[] block, String name) {
        for (int at = 0; at < block.length; at = headerEnd(block, at)) {
            int end = headerEnd(block, at);
            if (named(block, at, end, name)) {
                int colon = at + name.length();
                while (block[colon] != ':') {
                    colon++;
                }
                return text(block, colon + 1, end);
            }
        }
        return null;
    }

    private static String text(byte[] b, int from, int to) {
        byte[] out = new byte[to - from];
        int n = 0;
        for (int i = from; i < to; i++) {
            if (b[i] != '\r' && b[i] != '\n') {
                out[n++] = b[i];
            }
        }
        return new String(out, 0, n, StandardCharsets.ISO_8859_1).strip();
    }

    public static boolean has(byte[] block, String name) {
        for (int at = 0; at < block.length; at = headerEnd(block, at)) {
            if (named(block, at, headerEnd(block, at), name)) {
                return true;
            }
        }
        return false;
    }
}
