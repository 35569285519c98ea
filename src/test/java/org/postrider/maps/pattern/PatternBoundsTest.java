package org.postrider.maps.pattern;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.postrider.maps.Opening;
import org.postrider.maps.Table;
import org.postrider.maps.TableException;
import org.postrider.maps.file.LogicalLines;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;

/// No pattern holds a session for more than a second, and no rule line breaks the reader.
class PatternBoundsTest {
    private static final List<String> HOSTILE =
            List.of(
                    "/(a+)+$/ x",
                    "/(a|aa)*b/ x",
                    "/.*.*.*.*.*=/ x",
                    "/^(([a-z])+.)+[A-Z]([a-z])+$/ x",
                    "/(a*)*(a*)*(a*)*c/ x",
                    "/(x+x+)+y/ x",
                    "/^(.*a){20}$/ x");
    private static final List<String> REFERRING = List.of("/^(a+)\\1*(a+)\\2*(a+)\\3*b$/ x");

    private static String outcome(Table table, String key) {
        try {
            return table.lookup(key) == null ? "not found" : "found";
        } catch (TableException e) {
            return "fault";
        }
    }

    @Test
    void hostilePatternsAnswerOrFailWithinASecond() {
        int tried = 0;
        for (String type : List.of("regexp", "pcre")) {
            List<String> rules = new ArrayList<>(HOSTILE);
            rules.addAll(REFERRING);
            for (String rule : rules) {
                Table table =
                        PatternTable.read(
                                type,
                                "t",
                                LogicalLines.of("t", rule, warning -> {}),
                                opening(warning -> {}));
                for (int length : new int[] {2_000, 10_000, 100_000}) {
                    String key = "a".repeat(length) + "!";
                    String found =
                            assertTimeoutPreemptively(
                                    Duration.ofSeconds(60),
                                    () -> outcome(table, key),
                                    type + " " + rule + " " + length);
                    assertTrue(!found.isEmpty());
                    tried++;
                }
            }
        }
        assertEquals(2 * 8 * 3, tried);
    }

    /// A stranger's key that takes minutes does not put off the mail of others.
    @Test
    void aSlowSearchFailsNobodyElses() {
        String rules = "/^(a+)\\1*(a+)\\2*(a+)\\3*b$/ x\n/^(b)\\1$/ twice\n/^short/ s\n";
        Table table =
                PatternTable.read(
                        "regexp",
                        "t",
                        LogicalLines.of("t", rules, warning -> {}),
                        opening(warning -> {}));
        assertEquals("fault", outcome(table, "a".repeat(10_000) + "!"));
        for (int i = 0; i < 100; i++) {
            assertEquals("twice", table.lookup("bb"));
            assertEquals("s", table.lookup("short"));
        }
        assertEquals("s", table.lookup("short" + "x".repeat(3_000)));
    }

    /// A search of a long key holds up none of a short one.
    @Test
    void aLongKeyDoesNotHoldUpShortOnes() {
        Table table =
                PatternTable.read(
                        "regexp",
                        "t",
                        LogicalLines.of("t", "/(x+x+)+y/ x\n/^short/ s\n", warning -> {}),
                        opening(warning -> {}));
        assertEquals("fault", outcome(table, "x".repeat(100_000)));
        assertTimeoutPreemptively(
                Duration.ofSeconds(60), () -> assertEquals("s", table.lookup("short")));
    }

    private static Opening opening(Consumer<String> warnings) {
        return new Opening(Clock.system(), Supervisor.alone(), name -> null, warnings);
    }

    @Test
    void anyRuleLineIsReadOrWarnedOf() {
        Random random = new Random(7);
        String alphabet = "/ab(c)[]{}^$.*+?|\\!if endif xims 0123 \t";
        int rules = 0;
        int warned = 0;
        for (int i = 0; i < 10_000; i++) {
            StringBuilder line = new StringBuilder(random.nextInt(3) == 0 ? "" : "/");
            for (int n = random.nextInt(30); n > 0; n--) {
                line.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            List<String> warnings = new ArrayList<>();
            PatternTable table =
                    PatternTable.read(
                            random.nextBoolean() ? "regexp" : "pcre",
                            "t",
                            LogicalLines.of("t", line.toString(), warning -> {}),
                            opening(warnings::add));
            outcome(table, "abc");
            rules += table.rules().size();
            warned += warnings.size();
        }
        assertTrue(rules > 100 && warned > 1_000, rules + " rules, " + warned + " warnings");
    }
}
