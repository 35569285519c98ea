package org.postrider.config.names;

import java.net.IDN;
import java.nio.charset.StandardCharsets;

/// Domain names between their UTF-8 and their ASCII form (RFC 5890), octets kept as chars.
public final class DomainNames {
    private DomainNames() {}

    /// The name itself if it has no such form.
    public static String toAscii(String octets) {
        if (octets.chars().allMatch(c -> c < 128)) {
            return octets;
        }
        byte[] utf8 = octets.getBytes(StandardCharsets.ISO_8859_1);
        try {
            return IDN.toASCII(new String(utf8, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            return octets;
        }
    }

    public static String toUtf8(String octets) {
        byte[] utf8 = IDN.toUnicode(octets).getBytes(StandardCharsets.UTF_8);
        return octets.contains("xn--") ? new String(utf8, StandardCharsets.ISO_8859_1) : octets;
    }
}
