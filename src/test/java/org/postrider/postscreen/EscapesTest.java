package org.postrider.postscreen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class EscapesTest {
    @Test
    void delaysAreAsPostfixPrintsThem() {
        assertEquals("0", Escapes.delay(4_000_000));
        assertEquals("0.01", Escapes.delay(5_000_000));
        assertEquals("0.1", Escapes.delay(100_000_000));
        assertEquals("0.25", Escapes.delay(250_000_000));
        assertEquals("1", Escapes.delay(1_010_000_000));
        assertEquals("1.2", Escapes.delay(1_230_000_000));
        assertEquals("10", Escapes.delay(9_960_000_000L));
        assertEquals("12", Escapes.delay(12_300_000_000L));
        assertEquals("100", Escapes.delay(100_000_000_000L));
    }

    /// Nothing of a stranger's octets reaches the log as it is, but for printable ASCII.
    @Test
    void nothingGetsThrough() {
        Random random = new Random(3);
        byte[] octets = new byte[4096];
        for (int i = 0; i < 50; i++) {
            random.nextBytes(octets);
            String shown = Escapes.of(octets, 0, octets.length);
            assertTrue(shown.chars().allMatch(c -> c >= ' ' && c < 127));
        }
        assertEquals("a\\r\\n\\\\\\0007", Escapes.of(new byte[] {'a', 13, 10, '\\', 0, '7'}, 0, 6));
    }
}
