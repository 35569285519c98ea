package org.postrider.dsn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;

class DsnSplitTest {
    private static final Status DEFAULT = new Status(5, 0, 0);

    private static String split(String text) {
        DsnSplit s = DsnSplit.of(DEFAULT, text);
        return s.status() + "|" + s.text();
    }

    @Test
    void aLeadingCodeIsTakenOff() {
        assertEquals("4.7.9|try later", split("4.7.9 try later"));
        assertEquals("5.123.456|x", split("  5.123.456\tx"));
        assertEquals("2.0.0|", split("2.0.0"));
    }

    @Test
    void whatIsNoCodeStays() {
        for (String text :
                new String[] {
                    "",
                    "x",
                    "5",
                    "5.1",
                    "5.1.",
                    "5.1.1x",
                    "3.1.1 x",
                    "5.1234.1 x",
                    "55.1.1 x",
                    "5..1 x",
                    "192.0.2.1 said"
                }) {
            assertEquals("5.0.0|" + text, split(text));
            assertNull(DsnSplit.status(text));
        }
    }
}
