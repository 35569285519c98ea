package org.postrider.maps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.postrider.maps.file.TextHash;

/// Letters of all scripts have a case where the octets are UTF-8.
class FoldTest {
    private static String octets(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    /// As Unicode's CaseFolding.txt has it, full folding.
    @Test
    void lettersOfEveryScriptAreFolded() {
        Map.of(
                        "ÉLAN@BÜCHER.Example", "élan@bücher.example",
                        "Straße", "strasse",
                        "STRAẞE", "strasse",
                        "ΌΣΟΣ", "όσοσ",
                        "όσος", "όσοσ",
                        "İx", "i\u0307x",
                        "ıI", "ıi",
                        "\u13a0\uab70\u13f8", "\u13a0\u13a0\u13f0",
                        "\u212a\u017f", "ks",
                        "\ud801\udc00", "\ud801\udc28")
                .forEach((text, folded) -> {
                    assertEquals(octets(folded), Fold.lower(octets(text)), text);
                    assertTrue(Fold.same(octets(text), octets(folded)), text);
                    assertTrue(Fold.same(octets(folded), octets(text)), text);
                });
        assertFalse(Fold.same(octets("Ä"), octets("Ö")));
        assertFalse(Fold.same(octets("ä"), "a"));
    }

    @Test
    void whatIsNoUtf8HasTheCaseOfAsciiOnly() {
        for (String text : List.of("\u00c0a", "\u00c3", "a\u00ed\u00a0\u0080", "\u00c0\u0081")) {
            assertSame(text, Fold.lower(text));
        }
        assertEquals("\u00c0a", Fold.lower("\u00c0A"));
        assertFalse(Fold.same("\u00c0", "\u00e0"));
        assertTrue(Fold.same("\u00c0A", "\u00c0a"));
        // No octets.
        assertEquals("a\u0410", Fold.lower("A\u0410"));
    }

    @Test
    void whatIsSignedHasTheCaseOfAsciiOnly() {
        assertEquals(octets("Éa"), Fold.ascii(octets("ÉA")));
        String low = octets("É");
        assertSame(low, Fold.ascii(low));
    }

    @Test
    void asciiLettersAreFolded() {
        assertEquals("a@example.com", Fold.lower("A@Example.COM"));
        assertTrue(Fold.same("A@Example.COM", "a@example.com"));
        assertFalse(Fold.same("a", "ab"));
        for (String low : List.of("a@example.com", octets("élan"))) {
            assertSame(low, Fold.lower(low));
        }
    }

    /// What postmap made without smtputf8_enable has its keys so.
    @Test
    void aKeyIsFoundInEitherForm() {
        TextHash table =
                new TextHash("hash:t", Map.of(octets("bÜcher"), "ascii", "strasse", "all"));
        assertEquals("ascii", table.lookup(octets("BÜCHER")));
        assertEquals("all", table.lookup(octets("STRAßE")));
        assertNull(table.lookup(octets("bücher")));
        assertNull(table.lookupExact(octets("BÜCHER")));
    }
}
