package org.postrider.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

/// The scan that looks at eight octets at a time finds what one octet at a time finds.
class LineScanTest {
    private static final byte[] LIKELY = {
        '\n', '\r', 'a', '.', 0, (byte) 0x8a, (byte) 0x8d, 0x0b, 0x0c, 0x09, 0x0e, -1, -128, 127
    };

    @Test
    void findsWhatALookAtEachOctetFinds() {
        Random random = new Random(25);
        LineScan scan = new LineScan();
        int found = 0;
        for (int round = 0; round < 200_000; round++) {
            byte[] octets = new byte[random.nextInt(40)];
            int rare = 1 + random.nextInt(12);
            for (int i = 0; i < octets.length; i++) {
                octets[i] =
                        random.nextInt(rare) == 0
                                ? LIKELY[random.nextInt(LIKELY.length)]
                                : (byte) ('b' + random.nextInt(20));
            }
            int from = octets.length == 0 ? 0 : random.nextInt(octets.length);
            int lf = from;
            int cr = -1;
            boolean high = false;
            while (lf < octets.length && octets[lf] != '\n') {
                cr = cr < 0 && octets[lf] == '\r' ? lf : cr;
                high |= octets[lf] < 0;
                lf++;
            }
            assertEquals(lf, scan.lf(octets, from, octets.length));
            assertEquals(cr, scan.firstCr());
            assertEquals(high, scan.eightBit());
            found += lf < octets.length ? 1 : 0;
        }
        assertTrue(found > 25_000, "only " + found + " line ends");
    }
}
