package org.postrider.maps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/// Only ASCII letters have a case: the octets of an address in UTF-8 stay what they are.
class FoldTest {
    private static final String OCTETS =
            new String("ÉLAN".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);

    @Test
    void octetsAboveAsciiStay() {
        assertEquals(
                "Élan",
                new String(
                        Fold.lower(OCTETS).getBytes(StandardCharsets.ISO_8859_1),
                        StandardCharsets.UTF_8));
        assertFalse(Fold.same("\u00c0", "\u00e0"));
    }

    @Test
    void asciiLettersAreFolded() {
        assertEquals("a@example.com", Fold.lower("A@Example.COM"));
        assertTrue(Fold.same("A@Example.COM", "a@example.com"));
        assertFalse(Fold.same("a", "ab"));
        String low = "a@example.com";
        assertSame(low, Fold.lower(low));
    }
}
