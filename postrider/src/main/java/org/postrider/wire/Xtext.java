package org.postrider.wire;

import org.jspecify.annotations.Nullable;

/// Words of ESMTP parameters that may hold any octet (RFC 3461 4).
public final class Xtext {
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
}
