package org.postrider.config;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a column of master.cf and a compatibility level may be, and what only looks like it.
class ColumnsTest {
    private static void column(String wakeup, String limit) {
        MasterEntry.parse("a unix - - n " + wakeup + " " + limit + " smtp", 1, w -> {});
    }

    @ParameterizedTest
    @ValueSource(strings = {"-", "?", "-?", "0", "60", "60?", "0?"})
    void aWakeupIsANumberOrNone(String text) {
        assertDoesNotThrow(() -> column(text, "-"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"??", "60??", "?60", "--", "-1", "6o", "\u0661", "\u0661?", "1.5", "+1"})
    void andNothingElse(String text) {
        assertThrows(ConfigException.class, () -> column(text, "-"));
        assertThrows(ConfigException.class, () -> column("-", text));
    }

    @Test
    void aLimitOfProcessesHasNoQuestionMark() {
        assertDoesNotThrow(() -> column("-", "0"));
        assertDoesNotThrow(() -> column("-", "100"));
        assertThrows(ConfigException.class, () -> column("-", "100?"));
        assertThrows(ConfigException.class, () -> column("-", "?"));
    }

    private static void level(String text) {
        MainCf mainCf = MainCf.parse(Path.of("/c/main.cf"), "compatibility_level = " + text + "\n");
        Map<String, String> facts =
                Map.of("myhostname", "h.example", "mydomain", "example", "process_id", "1");
        CommonParameters.check(ServiceSettings.of(mainCf, Catalogue.load(), facts), w -> {});
    }

    private static String said(String text) {
        ConfigException e = assertThrows(ConfigException.class, () -> level(text));
        return String.valueOf(e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "3", "3.6", "3.6.1", "999999999"})
    void aLevelIsOneToThreeNumbers(String text) {
        try {
            level(text);
        } catch (ConfigException e) {
            // something else may be wrong here: it is not the level
            assertTrue(!String.valueOf(e.getMessage()).contains("level"), e.getMessage());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"3.", ".3", "3..6", "3.6.1.0", "3,6", "\u0663", "1000000000", "-1", "x"})
    void andNoOtherText(String text) {
        assertEquals("malformed compatibility level syntax: \"" + text + "\"", said(text));
    }

    /// No default refers to a name of the user's own: nobody looks there for where one is used.
    @Test
    void whatDefaultsReferToIsKnown() {
        Catalogue catalogue = Catalogue.load();
        Set<String> unknown = new TreeSet<>();
        int found = 0;
        for (Catalogue.Known each : catalogue.all()) {
            if (!each.type().equals("raw")) {
                for (String name : Expansion.references(each.defaultText())) {
                    found++;
                    if (catalogue.known(name) == null && !ParameterNames.legacy(name)) {
                        unknown.add(name);
                    }
                }
            }
        }
        assertTrue(found > 300, "references: " + found);
        assertEquals(Set.of(), unknown);
    }
}
