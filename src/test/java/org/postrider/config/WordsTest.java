package org.postrider.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/// Lists in parameters: commas and white space part words, braces keep them together.
class WordsTest {
    @Test
    void aGroupInBracesIsOneWord() {
        assertEquals(List.of("a", "b"), Values.words(" a,\tb\n,"));
        assertEquals(List.of("a", "{ b, c }", "d"), Values.words("a { b, c }, d"));
        assertEquals(List.of("{a {b c} d}", "e"), Values.words("{a {b c} d} e"));
        assertEquals(List.of("inline:{ { x=y z } }"), Values.words("inline:{ { x=y z } }"));
        assertEquals(List.of(), Values.words(" , "));
    }
}
