package org.postrider.showq.where;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.postrider.Until;
import org.postrider.showq.FilterException;

/// Patterns of filters find what Java's find, in time in proportion to the text.
class LinearPatternTest {
    private static final long SEED = 20_261_131;
    private static final int ROUNDS = 20_000;

    private static String pattern(Random random, int depth) {
        if (depth == 0 || random.nextInt(3) == 0) {
            String[] atoms = {
                "a",
                "b",
                "B",
                "c",
                ".",
                "[ab]",
                "[^a]",
                "[a-c]",
                "\\d",
                "\\w",
                "\\.",
                "^",
                "$",
                "1",
                "[]a]",
                "[[:digit:]b]",
                "\\S"
            };
            return atoms[random.nextInt(atoms.length)];
        }
        String one = pattern(random, depth - 1);
        String two = pattern(random, depth - 1);
        return switch (random.nextInt(9)) {
            case 0 -> "(" + one + ")*";
            case 1 -> "(" + one + ")+";
            case 2 -> "(" + one + ")?";
            case 3 -> "(" + one + "){1,3}";
            case 4 -> "(?:" + one + "){2}";
            case 5 -> "(" + one + "){0,}";
            case 6 -> "(" + one + "|" + two + ")";
            default -> one + two;
        };
    }

    @Test
    void findsWhatJavaFinds() throws FilterException {
        Random random = new Random(SEED);
        int found = 0;
        for (int i = 0; i < ROUNDS; i++) {
            String pattern = pattern(random, 4);
            String javas =
                    pattern.replace("[]a]", "[\\]a]")
                            .replace("[[:digit:]b]", "[0-9b]")
                            .replace("$", "\\z");
            Pattern java = Pattern.compile(javas, Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
            LinearPattern ours = LinearPattern.of(pattern, 0);
            for (int k = 0; k < 4; k++) {
                StringBuilder text = new StringBuilder();
                for (int n = random.nextInt(8); n > 0; n--) {
                    text.append("abcABC1.] ".charAt(random.nextInt(10)));
                }
                boolean expected = java.matcher(text).find();
                assertEquals(expected, ours.find(text.toString()), pattern + " in " + text);
                found += expected ? 1 : 0;
            }
        }
        assertTrue(found > ROUNDS / 2 && found < 3 * ROUNDS, found + " found");
    }

    @Test
    void noTextHoldsItUp() throws FilterException {
        String text = "a".repeat(100_000) + "!";
        for (String each :
                new String[] {"(a+)+$", "(a|a)*b", "(a*)*b", "(.*a){12}b", "(a?){50}a{50}b"}) {
            LinearPattern pattern = LinearPattern.of(each, 0);
            assertTimeoutPreemptively(
                    Until.PATIENCE, () -> assertEquals(false, pattern.find(text), each));
        }
    }
}
