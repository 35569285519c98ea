package org.postrider.log.text;

/// Builds one log line in octets: no formatter, no intermediate strings. One thread.
public final class LineWriter {
    private byte[] octets = new byte[512];
    private int length;
    private int end = Integer.MAX_VALUE;

    public LineWriter text(CharSequence text) {
        int n = text.length();
        room(n);
        for (int i = 0; i < n; i++) {
            char c = text.charAt(i);
            // Controls never reach the log, and of the other octets only what is UTF-8.
            int more = c < 128 ? 0 : utf8(text, i, n);
            octets[length++] = c < 32 || c == 127 || c >= 128 && more == 0 ? (byte) '?' : (byte) c;
            for (; more > 0; more--) {
                octets[length++] = (byte) text.charAt(++i);
            }
        }
        return this;
    }

    /// What needs no escape in JSON, as far as it goes.
    ///
    /// @return the place of the first character that does, or the end
    int plain(CharSequence text, int from) {
        int n = text.length();
        room(n - from);
        byte[] to = octets;
        int at = length;
        int i = from;
        for (; i < n; i++) {
            char c = text.charAt(i);
            if (c < ' ' || c >= 127 || c == '"' || c == '\\') {
                break;
            }
            to[at++] = (byte) c;
        }
        length = at;
        return i;
    }

    /// Octets that follow the first of a UTF-8 character (RFC 3629 4); 0 where it is none.
    static int utf8(CharSequence text, int at, int end) {
        char c = text.charAt(at);
        int more =
                c >= 0xc2 && c < 0xe0
                        ? 1
                        : c >= 0xe0 && c < 0xf0 ? 2 : c >= 0xf0 && c < 0xf5 ? 3 : 0;
        if (at + more >= end) {
            return 0;
        }
        for (int i = 1; i <= more; i++) {
            char next = text.charAt(at + i);
            char least = i > 1 ? 0x80 : c == 0xe0 ? 0xa0 : c == 0xf0 ? (char) 0x90 : 0x80;
            char most = i > 1 ? 0xbf : c == 0xed ? 0x9f : c == 0xf4 ? (char) 0x8f : 0xbf;
            if (next < least || next > most) {
                return 0;
            }
        }
        return more;
    }

    /// What is written from here on is cut after so many octets, once [#cut] is called.
    public LineWriter limit(int octets) {
        end = length + octets;
        return this;
    }

    public void cut() {
        length = Math.min(length, end);
    }

    public LineWriter octet(char c) {
        room(1);
        octets[length++] = (byte) c;
        return this;
    }

    public LineWriter number(long n) {
        return text(Long.toString(n));
    }

    /// Seconds with two significant digits and at most two decimals, as Postfix prints delays.
    public LineWriter delay(long nanos) {
        long hundredths = Math.max(0, (nanos + 5_000_000) / 10_000_000);
        long seconds = hundredths / 100;
        if (seconds >= 10) {
            return number((hundredths + 50) / 100);
        }
        if (seconds >= 1) {
            long tenths = (hundredths + 5) / 10;
            number(tenths / 10);
            return tenths % 10 == 0 ? this : octet('.').octet((char) ('0' + tenths % 10));
        }
        octet('0');
        if (hundredths == 0) {
            return this;
        }
        octet('.').octet((char) ('0' + hundredths / 10));
        return hundredths % 10 == 0 ? this : octet((char) ('0' + hundredths % 10));
    }

    public LineWriter raw(byte[] from) {
        room(from.length);
        System.arraycopy(from, 0, octets, length, from.length);
        length += from.length;
        return this;
    }

    private void room(int more) {
        if (length + more > octets.length) {
            octets = java.util.Arrays.copyOf(octets, Math.max(octets.length * 2, length + more));
        }
    }

    public byte[] octets() {
        return octets;
    }

    public int length() {
        return length;
    }
}
