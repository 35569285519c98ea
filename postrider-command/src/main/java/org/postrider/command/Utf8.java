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
