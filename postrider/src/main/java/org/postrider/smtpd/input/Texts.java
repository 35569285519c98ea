package org.postrider.smtpd.input;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.postrider.maps.Network;
import org.postrider.wire.Words;

/// What command lines are looked at for. Octets as chars.
public final class Texts {
    private Texts() {}

    public static boolean utf8(String octets) {
        for (int i = 0; i < octets.length(); i++) {
            if (octets.charAt(i) > 127) {
                byte[] b = octets.getBytes(StandardCharsets.ISO_8859_1);
                return java.util.Arrays.equals(
                        b, new String(b, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8));
            }
        }
        return true;
    }

    public static boolean headerLine(String line) {
        int i = 0;
        while (i < line.length()
                && line.charAt(i) > ' '
                && line.charAt(i) < 127
                && line.charAt(i) != ':') {
            i++;
        }
        return i > 0 && i < line.length() && line.charAt(i) == ':';
    }

    /// `[192.0.2.1]` or `[IPv6:2001:db8::1]` (RFC 5321 4.1.3).
    public static boolean addressLiteral(String text) {
        if (!text.startsWith("[") || !text.endsWith("]")) {
            return false;
        }
        String inside = text.substring(1, text.length() - 1);
        boolean six = inside.regionMatches(true, 0, "IPv6:", 0, 5);
        byte[] octets = Network.literal(six ? inside.substring(5) : inside);
        return octets != null && six == (octets.length == 16);
    }

    public static String firstWord(String line) {
        int start = 0;
        while (start < line.length() && line.charAt(start) <= ' ') {
            start++;
        }
        int end = start;
        while (end < line.length() && line.charAt(end) > ' ') {
            end++;
        }
        return line.substring(start, end);
    }

    /// A command line without a credential: of AUTH only the mechanism.
    public static String discreet(String line) {
        List<String> words = Words.of(line);
        boolean secret = words.size() > 2 && words.getFirst().equalsIgnoreCase("AUTH");
        return secret ? words.get(0) + " " + words.get(1) + " ..." : line;
    }

    /// A number of digits alone, at most nine; -1 for all else.
    static int number(String text) {
        boolean digits = text.chars().allMatch(c -> c >= '0' && c <= '9');
        return digits && !text.isEmpty() && text.length() < 10 ? Integer.parseInt(text) : -1;
    }

    public static String clipped(String line, int limit) {
        return line.length() > limit ? line.substring(0, limit) + "..." : line;
    }
}
