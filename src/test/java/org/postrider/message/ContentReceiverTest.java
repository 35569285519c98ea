package org.postrider.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/// What is kept of a content that is larger than it may be.
class ContentReceiverTest {
    private static final int PART = 16 << 10;
    private static final long LIMIT = 1 << 20;

    /// Counts what it is given.
    private static final class Counting implements ContentWriter {
        long octets;

        @Override
        public void header(byte[] from, int offset, int length) {
            octets += length;
        }

        @Override
        public byte[] header() {
            return new byte[0];
        }

        @Override
        public void body(byte[] from, int offset, int length) {
            octets += length;
        }

        @Override
        public Content finish(Facts facts) {
            throw new IllegalStateException("there is no content");
        }

        @Override
        public void close() {}
    }

    private static void lines(ContentReceiver to, String text) throws IOException {
        byte[] octets = text.getBytes(StandardCharsets.ISO_8859_1);
        assertEquals(octets.length, to.lines(octets, 0, octets.length));
    }

    /// Who never ends his line fills no disk.
    @Test
    void ofALineWithoutAnEndNoMoreIsKeptThanTheLimitSays() throws IOException {
        for (String begin : new String[] {"Subject: x\r\n\r\n", "Subject: x\r\n", ""}) {
            for (byte octet : new byte[] {'x', 0, ':'}) {
                byte[] part = new byte[PART];
                java.util.Arrays.fill(part, octet);
                Counting kept = new Counting();
                ContentReceiver receiver = new ContentReceiver(kept, true, true, LIMIT);
                lines(receiver, begin);
                for (int i = 0; i < LIMIT / PART - 2; i++) {
                    receiver.part(part, 0, PART);
                }
                assertFalse(receiver.tooLarge());
                for (int i = 0; i < 5 * LIMIT / PART; i++) {
                    receiver.part(part, 0, PART);
                }
                assertTrue(receiver.tooLarge());
                assertTrue(kept.octets <= LIMIT + 2 * PART, () -> kept.octets + " octets");
                lines(receiver, "\r\n.\r\n");
                assertTrue(receiver.ended());
                assertTrue(receiver.tooLarge());
            }
        }
    }

    /// A line is counted in full, however long it is.
    @Test
    void aLineOfMoreThanTwoGigabytesIsCounted() throws IOException {
        byte[] part = new byte[16 << 20];
        Counting kept = new Counting();
        ContentReceiver receiver = new ContentReceiver(kept, true, true, 0);
        lines(receiver, "\r\n");
        for (int i = 0; i < 130; i++) {
            receiver.part(part, 0, part.length);
        }
        lines(receiver, "\r\n.\r\n");
        long octets = 130L * part.length;
        assertEquals(octets + 4, receiver.finish().wireSize());
        assertEquals(Integer.MAX_VALUE, receiver.finish().longestLine());
    }
}
