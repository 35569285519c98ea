package org.postrider.message;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Finds the end of a line, eight octets at a time, and what stands before it. A mebibyte is looked
/// at for every megabyte that passes: this is where receiving large mail spends its time. One
/// thread.
final class LineScan {
    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101_0101_0101_0101L;
    private static final long HIGHS = 0x8080_8080_8080_8080L;
    private static final long LFS = ONES * '\n';
    private static final long CRS = ONES * '\r';

    private int firstCr;
    private boolean eightBit;

    /// The place of the first LF, or `to` where there is none.
    int lf(byte[] buffer, int from, int to) {
        int at = from;
        int cr = -1;
        long high = 0;
        for (; at + 8 <= to; at += 8) {
            long octets = (long) LONGS.get(buffer, at);
            long lf = zeros(octets ^ LFS);
            long before = lf == 0 ? -1L : lf - 1 & ~lf;
            if (cr < 0) {
                long found = zeros(octets ^ CRS) & before;
                if (found != 0) {
                    cr = at + (Long.numberOfTrailingZeros(found) >>> 3);
                }
            }
            high |= octets & before & HIGHS;
            if (lf != 0) {
                firstCr = cr;
                eightBit = high != 0;
                return at + (Long.numberOfTrailingZeros(lf) >>> 3);
            }
        }
        for (; at < to && buffer[at] != '\n'; at++) {
            high |= buffer[at] & HIGHS;
            if (cr < 0 && buffer[at] == '\r') {
                cr = at;
            }
        }
        firstCr = cr;
        eightBit = high != 0;
        return at;
    }

    /// The lowest set bit stands in the first octet that is zero; higher ones may be wrong.
    private static long zeros(long octets) {
        return octets - ONES & ~octets & HIGHS;
    }

    /// The place of the first CR before the LF found last, -1 where there is none.
    int firstCr() {
        return firstCr;
    }

    /// An octet above 127 stands before the LF found last.
    boolean eightBit() {
        return eightBit;
    }
}
