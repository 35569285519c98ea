package org.postrider.maps.file;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// How Postfix writes keys and values in index files: hash, btree and lmdb with an octet 0 behind
/// each, cdb without; a reader takes both.
public final class IndexOctets {
    /// Whether an octet 0 stands behind each key and value that is written (`postmap -N` and `-n`).
    public enum End {
        /// As the file's type has it; what is taken out may have either.
        OF_TYPE,
        ZERO,
        NONE
    }

    private IndexOctets() {}

    /// Without the octet 0 at the end.
    static byte[] bare(byte[] octets) {
        boolean ended = octets.length > 0 && octets[octets.length - 1] == 0;
        return ended ? Arrays.copyOf(octets, octets.length - 1) : octets;
    }

    /// With an octet 0 at the end.
    public static byte[] ended(byte[] octets) {
        return Arrays.copyOf(octets, octets.length + 1);
    }

    public static byte[] of(String octets) {
        return octets.getBytes(StandardCharsets.ISO_8859_1);
    }

    static String text(byte[] octets) {
        return new String(octets, StandardCharsets.ISO_8859_1);
    }
}
