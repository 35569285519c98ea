package org.postrider.sasl;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/// base64 as Cyrus reads it: strict, and what is wrong with it told apart.
public final class Base64Text {
    public static final String CANCELLED = "bad protocol / cancel";
    public static final String CUT_SHORT = "another step is needed in authentication";

    private Base64Text() {}

    /// Null if the text is well formed; else why it is not.
    public static @org.jspecify.annotations.Nullable String fault(String text) {
        int whole = text.length() / 4 * 4;
        boolean padded = false;
        for (int i = 0; i < whole; i++) {
            char c = text.charAt(i);
            int place = i % 4;
            boolean pad = c == '=' && place >= 2 && (place == 3 || text.charAt(i + 1) == '=');
            if (padded && !(pad && i == whole - 1 && place == 3) || !pad && !digit(c)) {
                return CANCELLED;
            }
            padded |= pad;
        }
        return whole == text.length() ? null : padded ? CANCELLED : CUT_SHORT;
    }

    private static boolean digit(char c) {
        return c >= 'A' && c <= 'Z'
                || c >= 'a' && c <= 'z'
                || c >= '0' && c <= '9'
                || c == '+'
                || c == '/';
    }

    public static byte[] decode(String text) {
        return Base64.getDecoder().decode(text);
    }

    public static String encode(byte[] octets) {
        return Base64.getEncoder().encodeToString(octets);
    }

    public static String encode(String text) {
        return encode(text.getBytes(StandardCharsets.UTF_8));
    }
}
