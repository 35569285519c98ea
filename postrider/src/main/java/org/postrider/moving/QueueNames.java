package org.postrider.moving;

import java.time.Instant;
import java.util.Locale;

/// Queue ids as file names of Postfix's: short ones (microseconds in five hexadecimal digits, then
/// the file's number) and long ones (time, `z`, the file's number), and the directories that they
/// are hashed into.
final class QueueNames {
    private static final String DIGITS = "0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz";
    private static final int SHORTEST = 6;
    private static final int LONGEST = 100;

    /// Twelve hexadecimal digits are less than any number that our own ids begin with.
    private static final int LONGEST_KEPT = 12;

    private QueueNames() {}

    /// Whether a file of this name may be a message.
    static boolean valid(String name) {
        if (name.length() < SHORTEST || name.length() > LONGEST) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if ((c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z')) {
                return false;
            }
        }
        return true;
    }

    static boolean isLong(String id) {
        return id.lastIndexOf('z') >= 10;
    }

    /// Whether our queue can have a message under Postfix's id: a short one that does not begin
    /// with a zero, where ours are short, too. A long one names its file, which ours has not.
    ///
    /// @param longIds enable_long_queue_ids
    static boolean kept(String id, boolean longIds) {
        if (longIds || id.length() > LONGEST_KEPT || id.charAt(0) == '0') {
            return false;
        }
        for (int i = 0; i < id.length(); i++) {
            char c = id.charAt(i);
            if ((c < '0' || c > '9') && (c < 'A' || c > 'F')) {
                return false;
            }
        }
        return true;
    }

    /// The short id of a file.
    static String shortId(long arrivalMillis, long inode) {
        long micros = Math.floorMod(arrivalMillis, 1000L) * 1000;
        return String.format(Locale.ROOT, "%05X%X", micros, inode);
    }

    /// The long id of a file.
    static String longId(long arrivalMillis, long inode) {
        Instant at = Instant.ofEpochMilli(arrivalMillis);
        return digits(at.getEpochSecond(), 52, 6)
                + digits(at.getNano() / 1000, 52, 4)
                + "z"
                + digits(inode, 51, 1);
    }

    private static String digits(long n, int base, int width) {
        StringBuilder out = new StringBuilder();
        for (long left = n; left > 0 || out.length() < width; left /= base) {
            out.append(DIGITS.charAt((int) (left % base)));
        }
        return out.reverse().toString();
    }

    /// The directories that an id is hashed into, `A/B/`; empty where the queue is not hashed.
    static String hashed(String id, int depth) {
        String key = id;
        if (isLong(id)) {
            int z = id.lastIndexOf('z');
            long micros = 0;
            for (int i = z - 4; i < z; i++) {
                micros = micros * 52 + Math.max(0, DIGITS.indexOf(id.charAt(i)));
            }
            key = String.format(Locale.ROOT, "%05X", micros);
        }
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < depth; i++) {
            out.append(i < key.length() ? key.charAt(i) : '_').append('/');
        }
        return out.toString();
    }
}
