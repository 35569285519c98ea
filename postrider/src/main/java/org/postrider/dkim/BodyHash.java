package org.postrider.dkim;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// The hash over the canonical form of a body (RFC 6376 3.4.3, 3.4.4, 3.7) while the body comes, in
/// constant memory. The body is what the queue holds: its first line end is the empty line behind
/// the header and is not hashed; a body without it is hashed from its first octet. A line ends at
/// CRLF; a CR or LF by itself is an octet of its line. One thread.
public final class BodyHash {
    /// The digest of every signature that is made, and the only one that is taken (RFC 8301).
    public static final String SHA256 = "SHA-256";

    private static final int BUFFER = 4096;
    private static final byte[] LINE_ENDS = lineEnds();

    private final Canonical form;
    private final MessageDigest digest;
    private final long limit;
    private final byte[] out = new byte[BUFFER];
    private int used;

    /// Octets of the canonical body so far, behind the limit too.
    private long length;

    /// 0 nothing seen, 1 a CR seen, 2 behind the empty line.
    private int begun;

    private boolean cr;
    private boolean blank;
    private long lineEnds;

    /// @param digest [#SHA256]
    public BodyHash(Canonical form, String digest) {
        this(form, digest, Long.MAX_VALUE);
    }

    /// @param limit octets of the canonical body that are hashed: `l=`
    public BodyHash(Canonical form, String digest, long limit) {
        this.form = form;
        this.limit = limit;
        try {
            this.digest = MessageDigest.getInstance(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalArgumentException("no digest " + digest, e);
        }
    }

    private static byte[] lineEnds() {
        byte[] all = new byte[256];
        for (int i = 0; i < all.length; i += 2) {
            all[i] = '\r';
            all[i + 1] = '\n';
        }
        return all;
    }

    /// More of the body.
    public void update(byte[] b, int from, int count) {
        int at = from;
        int end = from + count;
        if (begun < 2) {
            at = begin(b, at, end);
        }
        if (form == Canonical.SIMPLE) {
            simple(b, at, end);
        } else {
            relaxed(b, at, end);
        }
    }

    /// Passes over the empty line.
    private int begin(byte[] b, int from, int end) {
        int at = from;
        if (begun == 0 && at < end) {
            begun = b[at] == '\r' ? 1 : 2;
            at += begun == 1 ? 1 : 0;
        }
        if (begun == 1 && at < end) {
            begun = 2;
            if (b[at] == '\n') {
                return at + 1;
            }
            cr = true;
        }
        return at;
    }

    private void simple(byte[] b, int from, int end) {
        int at = from;
        while (at < end) {
            if (cr) {
                at = afterCr(b, at);
                continue;
            }
            int run = at;
            while (at < end && b[at] != '\r') {
                at++;
            }
            octets(b, run, at);
            if (at < end) {
                cr = true;
                at++;
            }
        }
    }

    private void relaxed(byte[] b, int from, int end) {
        int at = from;
        while (at < end) {
            if (cr) {
                at = afterCr(b, at);
                continue;
            }
            int run = at;
            while (at < end && (b[at] > ' ' || b[at] < 0 || ordinary(b, at, end))) {
                at++;
            }
            octets(b, run, at);
            if (at < end) {
                cr = b[at] == '\r';
                blank |= !cr;
                at++;
            }
        }
    }

    /// Whether an octet up to a blank stays as it is: what is no white space, and a blank within a
    /// line that stands by itself.
    private boolean ordinary(byte[] b, int at, int end) {
        byte c = b[at];
        if (c != ' ') {
            return c != '\t' && c != '\r';
        }
        return at + 1 < end && b[at + 1] != ' ' && b[at + 1] != '\t' && b[at + 1] != '\r' && !blank;
    }

    /// A CR was the last octet: is it a line end?
    private int afterCr(byte[] b, int at) {
        cr = false;
        if (b[at] == '\n') {
            blank = false;
            lineEnds++;
            return at + 1;
        }
        bareCr();
        return at;
    }

    private void bareCr() {
        before();
        put((byte) '\r');
    }

    /// What waited for an octet behind it: line ends, and a blank for white space.
    private void before() {
        while (lineEnds > 0) {
            int count = (int) Math.min(lineEnds, LINE_ENDS.length / 2);
            put(LINE_ENDS, 0, 2 * count);
            lineEnds -= count;
        }
        if (blank) {
            blank = false;
            put((byte) ' ');
        }
    }

    private void octets(byte[] b, int from, int to) {
        if (from < to) {
            before();
            put(b, from, to - from);
        }
    }

    private void put(byte octet) {
        if (used == BUFFER) {
            drain();
        }
        out[used++] = octet;
    }

    private void put(byte[] b, int from, int count) {
        if (count > BUFFER - used) {
            drain();
        }
        if (count >= BUFFER) {
            hash(b, from, count);
        } else {
            System.arraycopy(b, from, out, used, count);
            used += count;
        }
    }

    private void drain() {
        hash(out, 0, used);
        used = 0;
    }

    private void hash(byte[] b, int from, int count) {
        digest.update(b, from, (int) Math.min(count, Math.max(0, limit - length)));
        length += count;
    }

    /// The hash; the body ends here. To be called once.
    public byte[] digest() {
        end();
        return digest.digest();
    }

    private void end() {
        if (begun == 1) {
            cr = true;
        }
        if (cr) {
            bareCr();
        }
        boolean empty = length == 0 && used == 0;
        if (form == Canonical.SIMPLE || !empty) {
            // Whatever blank and empty lines there were, one line end.
            put(LINE_ENDS, 0, 2);
        }
        drain();
    }

    /// Octets of the canonical body that are behind its limit; less than zero where the body is
    /// shorter than the limit says. After [#digest].
    long beyond() {
        return limit == Long.MAX_VALUE ? 0 : length - limit;
    }
}
