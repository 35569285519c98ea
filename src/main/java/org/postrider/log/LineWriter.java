package org.postrider.log;

/// Builds one log line in octets: no formatter, no intermediate strings. One thread.
final class LineWriter {
    private byte[] octets = new byte[512];
    private int length;

    LineWriter text(CharSequence text) {
        int n = text.length();
        room(n);
        for (int i = 0; i < n; i++) {
            char c = text.charAt(i);
            // Controls never reach the log; other octets pass as they are.
            octets[length++] = c < 32 || c == 127 || c > 255 ? (byte) '?' : (byte) c;
        }
        return this;
    }

    LineWriter octet(char c) {
        room(1);
        octets[length++] = (byte) c;
        return this;
    }

    LineWriter number(long n) {
        return text(Long.toString(n));
    }

    /// Seconds with two significant digits and at most two decimals, as Postfix prints delays.
    LineWriter delay(long nanos) {
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

    LineWriter raw(byte[] from) {
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

    byte[] octets() {
        return octets;
    }

    int length() {
        return length;
    }
}
