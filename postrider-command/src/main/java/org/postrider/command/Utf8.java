package org.postrider.command;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/// Octets kept as chars that should be UTF-8.
public final class Utf8 {
    private Utf8() {}

    public static boolean valid(String octets) {
        try {
            StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(octets.getBytes(StandardCharsets.ISO_8859_1)));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    /// With `?` for each control character, and for what is no ASCII where the whole is no UTF-8.
    static String printable(String octets) {
        boolean plain = true;
        boolean wide = false;
        for (int i = 0; i < octets.length(); i++) {
            char c = octets.charAt(i);
            plain &= c >= ' ' && c < 127;
            wide |= c > 255;
        }
        if (plain) {
            return octets;
        }
        boolean whole = wide || valid(octets);
        StringBuilder out = new StringBuilder(octets.length());
        for (int i = 0; i < octets.length(); i++) {
            char c = octets.charAt(i);
            out.append(c < ' ' || c == 127 || c > 127 && !whole ? '?' : c);
        }
        return out.toString();
    }

    /// With `?` for each octet that is no ASCII, as Postfix shows what it does not trust.
    public static String shown(String octets) {
        StringBuilder out = new StringBuilder(octets.length());
        for (int i = 0; i < octets.length(); i++) {
            char c = octets.charAt(i);
            out.append(c >= ' ' && c < 127 ? c : '?');
        }
        return out.toString();
    }
}
