package org.postrider.dnsbl;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/// Which IPv4 addresses of a list's answer count (ip_match(3)): `127.0.0.[2..11;20]`. Four fields,
/// each a number or a bracketed choice of numbers and ranges. Immutable; any thread.
public final class ReplyPattern {
    private static final int FIELDS = 4;
    private static final int MOST = 255;

    private final String text;
    private final List<BitSet> fields;

    private ReplyPattern(String text, List<BitSet> fields) {
        this.text = text;
        this.fields = fields;
    }

    /// @throws IllegalArgumentException with what is wrong and where, in Postfix's words
    public static ReplyPattern of(String text) {
        return new ReplyPattern(text, new Parse(unwrapped(text)).fields());
    }

    /// A whole pattern may stand in brackets.
    private static String unwrapped(String text) {
        int depth = 0;
        for (int i = 0; i < text.length() && text.startsWith("["); i++) {
            depth += text.charAt(i) == '[' ? 1 : text.charAt(i) == ']' ? -1 : 0;
            if (depth == 0) {
                return i + 1 == text.length() ? text.substring(1, i) : text;
            }
        }
        if (depth > 0) {
            throw new IllegalArgumentException("missing \"]\" character");
        }
        return text;
    }

    /// An address that is not IPv4 never matches.
    public boolean matches(InetAddress address) {
        byte[] octets = address.getAddress();
        if (octets.length != FIELDS) {
            return false;
        }
        for (int i = 0; i < FIELDS; i++) {
            if (!fields.get(i).get(octets[i] & 0xff)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        return text;
    }

    private static final class Parse {
        private final String text;
        private int at;

        Parse(String text) {
            this.text = text;
        }

        List<BitSet> fields() {
            if (text.isEmpty()) {
                throw new IllegalArgumentException("empty address pattern");
            }
            List<BitSet> out = new ArrayList<>(FIELDS);
            while (out.size() < FIELDS) {
                if (!out.isEmpty() && !taken('.')) {
                    throw wrong("need \".\"");
                }
                out.add(field());
            }
            if (at < text.length()) {
                throw wrong("garbage after pattern");
            }
            return List.copyOf(out);
        }

        private BitSet field() {
            BitSet out = new BitSet(MOST + 1);
            if (!taken('[')) {
                out.set(number(0, "need decimal number 0..255 or \"[\""));
                return out;
            }
            do {
                int low = number(0, "need decimal number 0..255");
                int high = low;
                if (taken('.')) {
                    if (!taken('.')) {
                        throw wrong("numeric range error");
                    }
                    high = number(low, "numeric range error");
                }
                out.set(low, high + 1);
            } while (taken(';'));
            if (!taken(']')) {
                throw wrong("need \";\" or \"]\"");
            }
            return out;
        }

        private boolean taken(char c) {
            boolean there = at < text.length() && text.charAt(at) == c;
            at += there ? 1 : 0;
            return there;
        }

        /// @param least below which it is wrong
        private int number(int least, String otherwise) {
            int end = end();
            int value = -1;
            for (int i = at; i < end && value <= MOST && digit(i); i++) {
                value = Math.max(0, value) * 10 + text.charAt(i) - '0';
            }
            if (value < least || value > MOST) {
                throw wrong(otherwise);
            }
            at = end;
            return value;
        }

        /// Of the number, or the one character, that begins here.
        private int end() {
            int end = at;
            while (end < text.length() && digit(end)) {
                end++;
            }
            return end > at ? end : Math.min(at + 1, text.length());
        }

        private boolean digit(int i) {
            return text.charAt(i) >= '0' && text.charAt(i) <= '9';
        }

        private IllegalArgumentException wrong(String what) {
            String before = text.substring(0, at);
            String here = text.substring(at, end());
            String rest = text.substring(end());
            return new IllegalArgumentException(
                    what + " at \"" + before + ">" + here + "<" + rest + "\"");
        }
    }
}
