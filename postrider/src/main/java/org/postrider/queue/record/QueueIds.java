package org.postrider.queue.record;

import org.jspecify.annotations.Nullable;
import org.postrider.time.Clock;

/// Makes and reads queue ids. The number behind an id counts in quarter microseconds' time and
/// never repeats; its text is Postfix's short pattern (upper-case hexadecimal) or the long one
/// (base 52 time, `z`, base 51 rest). Any thread.
public final class QueueIds {
    private static final String LONG_DIGITS =
            "0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz";
    private static final long PER_MILLI = 250;

    private final Clock clock;
    private final boolean longIds;
    private long last;

    public QueueIds(Clock clock, boolean longIds) {
        this.clock = clock;
        this.longIds = longIds;
    }

    /// Numbers up to this are taken.
    public synchronized void seen(long number) {
        last = Math.max(last, number);
    }

    public synchronized long highest() {
        return last;
    }

    public synchronized long next() {
        last = Math.max(last + 1, clock.wallMillis() * PER_MILLI);
        return last;
    }

    /// About when it was made, in milliseconds since 1970.
    public static long millis(long number) {
        return number / PER_MILLI;
    }

    public String text(long number) {
        if (!longIds) {
            return Long.toHexString(number).toUpperCase(java.util.Locale.ROOT);
        }
        long seconds = number / (PER_MILLI * 1000);
        long rest = number % (PER_MILLI * 1000);
        return digits(seconds, 52, 6) + digits(rest, 52, 4) + "z" + digits(1, 51, 1);
    }

    private static String digits(long n, int base, int width) {
        StringBuilder out = new StringBuilder();
        for (long left = n; left > 0 || out.length() < width; left /= base) {
            out.append(LONG_DIGITS.charAt((int) (left % base)));
        }
        return out.reverse().toString();
    }

    /// The number behind an id of either pattern; null where it is none of ours.
    public static @Nullable Long number(String text) {
        int z = text.lastIndexOf('z');
        if (z >= 10) {
            Long seconds = digits(text.substring(0, z - 4));
            Long rest = digits(text.substring(z - 4, z));
            return seconds == null || rest == null ? null : seconds * PER_MILLI * 1000 + rest;
        }
        if (text.isEmpty() || text.length() > 15) {
            return null;
        }
        long n = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
            if (digit < 0) {
                return null;
            }
            n = n << 4 | digit;
        }
        return n;
    }

    private static @Nullable Long digits(String text) {
        long n = 0;
        for (int i = 0; i < text.length(); i++) {
            int digit = LONG_DIGITS.indexOf(text.charAt(i));
            if (digit < 0 || digit > 51) {
                return null;
            }
            n = n * 52 + digit;
        }
        return n;
    }
}
