package org.postrider.smtp.mail;

import org.jspecify.annotations.Nullable;
import org.postrider.queue.Recipient;

/// RFC 3461 parameters as they are sent.
final class Notify {
    private Notify() {}

    static @Nullable String text(int flags) {
        if (flags == 0) {
            return null;
        }
        if ((flags & Recipient.NEVER) != 0) {
            return "NEVER";
        }
        StringBuilder out = new StringBuilder();
        add(out, flags, Recipient.SUCCESS, "SUCCESS");
        add(out, flags, Recipient.FAILURE, "FAILURE");
        add(out, flags, Recipient.DELAY, "DELAY");
        return out.toString();
    }

    private static void add(StringBuilder out, int flags, int flag, String name) {
        if ((flags & flag) != 0) {
            out.append(out.isEmpty() ? "" : ",").append(name);
        }
    }

    /// `+2B` (RFC 3461 4).
    static void encode(StringBuilder out, char octet) {
        out.append('+')
                .append(Character.toUpperCase(Character.forDigit(octet >> 4 & 15, 16)))
                .append(Character.toUpperCase(Character.forDigit(octet & 15, 16)));
    }

    /// `rfc822;a+b@c` as `rfc822;a+2Bb@c`: a type stays, what follows is encoded.
    static void xtext(StringBuilder out, String original) {
        int semicolon = original.indexOf(';');
        out.append(original, 0, semicolon + 1);
        for (int i = semicolon + 1; i < original.length(); i++) {
            char c = original.charAt(i);
            if (c <= ' ' || c >= 127 || c == '+' || c == '=') {
                encode(out, c);
            } else {
                out.append(c);
            }
        }
    }
}
