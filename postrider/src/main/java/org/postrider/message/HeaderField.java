package org.postrider.message;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// One field as it stands in a block: exact octets, folds and line ends included. Its block is not
/// written to while it is used. Immutable; any thread.
public final class HeaderField {
    private final byte[] block;
    private final int from;
    private final int nameEnd;
    private final int end;

    /// @param block what it stands in; it may be a block of this one field
    /// @param nameEnd after the last octet of the name: at the colon, or at what is no name
    /// @param end after its last line end
    public HeaderField(byte[] block, int from, int nameEnd, int end) {
        this.block = block;
        this.from = from;
        this.nameEnd = nameEnd;
        this.end = end;
    }

    /// The field that begins at `from`.
    static HeaderField at(byte[] block, int from) {
        int name = from;
        while (name < block.length && block[name] > ' ' && block[name] != ':') {
            name++;
        }
        return new HeaderField(block, from, name, Headers.headerEnd(block, name));
    }

    /// A field that came from elsewhere: all of the octets.
    public static HeaderField of(byte[] octets) {
        int name = 0;
        while (name < octets.length && octets[name] > ' ' && octets[name] != ':') {
            name++;
        }
        return new HeaderField(octets, 0, name, octets.length);
    }

    public byte[] block() {
        return block;
    }

    public int from() {
        return from;
    }

    public int nameEnd() {
        return nameEnd;
    }

    public int end() {
        return end;
    }

    public int length() {
        return end - from;
    }

    public HeaderKind kind() {
        return HeaderKind.of(block, from, nameEnd);
    }

    /// @param lower the name in lower case
    public boolean named(String lower) {
        return Headers.named(block, from, end, lower);
    }

    /// The name as it is written.
    public String name() {
        return new String(block, from, nameEnd - from, StandardCharsets.ISO_8859_1);
    }

    public byte[] octets() {
        return Arrays.copyOfRange(block, from, end);
    }

    /// After the colon; the end where there is none.
    public int value() {
        int at = nameEnd;
        while (at < end && block[at] != ':') {
            at++;
        }
        return Math.min(at + 1, end);
    }

    /// Before the line end of its last line; not before `start`.
    public int textEnd(int start) {
        int at = end;
        while (at > start && (block[at - 1] == '\n' || block[at - 1] == '\r')) {
            at--;
        }
        return at;
    }
}
