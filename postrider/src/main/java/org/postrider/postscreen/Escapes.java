package org.postrider.postscreen;

/// A stranger's octets as the log has them: as C writes them.
final class Escapes {
    private static final String KNOWN = "\u0007\b\f\n\r\t\u000b\\";
    private static final String LETTERS = "abfnrtv\\";

    private Escapes() {}

    static String of(byte[] octets, int from, int to) {
        StringBuilder out = new StringBuilder(to - from + 16);
        for (int i = from; i < to; i++) {
            one((char) (octets[i] & 0xff), out);
        }
        return out.toString();
    }

    /// @param text octets as chars
    static String of(String text) {
        byte[] octets = text.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
        return of(octets, 0, octets.length);
    }

    private static void one(char c, StringBuilder out) {
        int known = KNOWN.indexOf(c);
        if (known >= 0) {
            out.append('\\').append(LETTERS.charAt(known));
        } else if (c >= ' ' && c < 127) {
            out.append(c);
        } else {
            String octal = Integer.toOctalString(c);
            out.append('\\').append("0".repeat(3 - octal.length())).append(octal);
        }
    }

    /// The first of it, with `?` for what cannot be printed.
    static String printable(String text, int most) {
        StringBuilder out = new StringBuilder(text.substring(0, Math.min(most, text.length())));
        for (int i = 0; i < out.length(); i++) {
            if (out.charAt(i) < ' ' || out.charAt(i) > 126) {
                out.setCharAt(i, '?');
            }
        }
        return out.toString();
    }

    static String first(String text, int most) {
        return text.length() > most ? text.substring(0, most) : text;
    }

    /// Seconds with two significant digits and at most two decimals, as Postfix prints delays.
    static String delay(long nanos) {
        long hundredths = Math.max(0, (nanos + 5_000_000) / 10_000_000);
        if (hundredths >= 1000) {
            return Long.toString((hundredths + 50) / 100);
        }
        long shown = hundredths >= 100 ? (hundredths + 5) / 10 * 10 : hundredths;
        String digits = String.format(java.util.Locale.ROOT, "%d.%02d", shown / 100, shown % 100);
        return digits.replaceFirst("\\.?0+$", "");
    }
}
