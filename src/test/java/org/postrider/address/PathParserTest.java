package org.postrider.address;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;

/// The path of MAIL and RCPT is one address and no more.
class PathParserTest {
    private static String path(String text) {
        Address a = PathParser.parse(text, false);
        assertNotNull(a, text);
        return a.text();
    }

    @Test
    void aPathIsOneAddress() {
        assertEquals("a@b.example", path("<a@b.example>"));
        assertEquals("a b@c.example", path("<\"a b\"@c.example>"));
        assertEquals("a@b.example", path("<@x.example,@y.example:a@b.example>"));
        assertEquals("a b@c.example", path("<\"a\tb\"@c.example>"));
        assertEquals("", path("<>"));
    }

    @Test
    void twoAddressesAreNone() {
        for (String two :
                new String[] {"<a@b.example c@d.example>", "<a b>", "<a@b.example, c@d.example>"}) {
            assertNull(PathParser.parse(two, false), two);
            assertNull(PathParser.parse(two, true), two);
        }
    }
}
