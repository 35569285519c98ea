package org.postrider.wire;

import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Words of ESMTP parameters that may hold any octet (RFC 3461 4).
public final class Xtext {
    private static final Pattern CHARACTER = Pattern.compile("\\\\x\\{([0-9A-Fa-f]{2,6})\\}");

    private Xtext() {}

    /// What it stands for; null where it is malformed.
    public static @Nullable String decoded(String text) {
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '+') {
                if (i + 2 >= text.length()) {
                    return null;
                }
                int hi = Character.digit(text.charAt(i + 1), 16);
                int lo = Character.digit(text.charAt(i + 2), 16);
                if (hi < 0 || lo < 0) {
                    return null;
                }
                c = (char) (hi * 16 + lo);
                i += 2;
            }
            out.append(c);
        }
        return out.toString();
    }

    /// An original recipient with its type, the octets of UTF-8 in the place of `\x{FC}` and its
    /// like where the type is utf-8 (RFC 6533 3); what stands for no visible character stays as it
    /// is.
    public static String unescaped(String recipient) {
        return recipient.regionMatches(true, 0, "utf-8;", 0, 6)
                ? CHARACTER
                        .matcher(recipient)
                        .replaceAll(m -> Matcher.quoteReplacement(character(m.group(), m.group(1))))
                : recipient;
    }

    private static String character(String whole, String hex) {
        int c = Integer.parseInt(hex, 16);
        boolean visible =
                Character.isDefined(c)
                        && !Character.isISOControl(c)
                        && (c > Character.MAX_VALUE || !Character.isSurrogate((char) c));
        return visible
                ? new String(
                        Character.toString(c).getBytes(StandardCharsets.UTF_8),
                        StandardCharsets.ISO_8859_1)
                : whole;
    }
}
