package org.postrider.rewrite;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.postrider.maps.Network;

/// What may stand as a domain (RFC 1123 2.1, with `_` allowed as Postfix does).
final class HostNames {
    private HostNames() {}

    /// @param utf8 octets beyond ASCII may be a UTF-8 label that has an ASCII form (RFC 5890)
    static boolean valid(String name, boolean utf8) {
        for (int i = 0; i < name.length(); i++) {
            if (name.charAt(i) > 127) {
                return utf8 && validUtf8(name) && validAscii(ascii(name));
            }
        }
        return validAscii(name);
    }

    private static String ascii(String name) {
        try {
            return java.net.IDN.toASCII(
                    new String(name.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    /// The octets are ASCII or well-formed UTF-8.
    static boolean validUtf8(String octets) {
        int i = 0;
        while (i < octets.length() && octets.charAt(i) < 128) {
            i++;
        }
        if (i == octets.length()) {
            return true;
        }
        try {
            StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(octets.getBytes(StandardCharsets.ISO_8859_1)));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    private static boolean validAscii(String name) {
        if (name.isEmpty() || name.length() > 255) {
            return false;
        }
        boolean numeric = true;
        int label = 0;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean last = i + 1 == name.length();
            if (c == '.') {
                if (label == 0 || last) {
                    return false;
                }
                label = 0;
                continue;
            }
            label++;
            if (c == '-') {
                numeric = false;
                if (label == 1 || last || name.charAt(i + 1) == '.') {
                    return false;
                }
            } else if (c >= '0' && c <= '9') {
                // a name needs something else too
            } else if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_') {
                numeric = false;
            } else {
                return false;
            }
            if (label > 63) {
                return false;
            }
        }
        return !numeric;
    }

    /// Dotted quad; a leading zero octet only in `0.0.0.0`.
    static boolean validIpv4(String text) {
        byte[] octets = text.indexOf(':') >= 0 ? null : Network.literal(text);
        return octets != null
                && (octets[0] != 0 || (octets[1] == 0 && octets[2] == 0 && octets[3] == 0));
    }

    static boolean validAddress(String text) {
        return text.indexOf(':') >= 0 ? Network.literal(text) != null : validIpv4(text);
    }
}
