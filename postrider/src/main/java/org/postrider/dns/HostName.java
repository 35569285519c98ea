package org.postrider.dns;

import java.net.IDN;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// The syntax of host names as Postfix takes them (valid_hostname(3)): letters, digits, `-`, `_`
/// and dots; at most 255 octets, labels at most 63, none empty, none with a hyphen at an end; not
/// all digits and dots.
public final class HostName {
    private static final int MOST = 255;
    private static final int MOST_OF_A_LABEL = 63;

    private HostName() {}

    /// A name in A-labels (RFC 5890 2.3.2.1), as the DNS has it.
    ///
    /// @param octets of UTF-8, each a char
    /// @return null where it has no such form
    public static @Nullable String ascii(String octets) {
        if (octets.chars().allMatch(c -> c < 128)) {
            return octets;
        }
        byte[] utf8 = octets.getBytes(StandardCharsets.ISO_8859_1);
        try {
            return IDN.toASCII(new String(utf8, StandardCharsets.UTF_8), IDN.ALLOW_UNASSIGNED);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /// @param name without a dot at the end
    public static boolean valid(String name) {
        int n = name.length();
        if (n == 0 || n > MOST) {
            return false;
        }
        int label = 0;
        boolean letters = false;
        for (int i = 0; i < n; i++) {
            char c = name.charAt(i);
            if (c == '.') {
                if (label == 0 || name.charAt(i - 1) == '-') {
                    return false;
                }
                label = 0;
                continue;
            }
            boolean digit = c >= '0' && c <= '9';
            boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
            if (!digit && !letter && (c != '-' || label == 0)) {
                return false;
            }
            letters |= !digit;
            label++;
            if (label > MOST_OF_A_LABEL) {
                return false;
            }
        }
        return label > 0 && name.charAt(n - 1) != '-' && letters;
    }
}
