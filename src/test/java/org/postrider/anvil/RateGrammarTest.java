package org.postrider.anvil;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.postrider.config.ConfigException;
import org.postrider.config.Values;

class RateGrammarTest {
    private static List<RateGrammar.Window> parse(String text) {
        return RateGrammar.parse(Values.words(text), RateGrammar.Action.DEFER);
    }

    private static RateGrammar.Window window(
            int seconds, Rates.Unit unit, int most, RateGrammar.Action action) {
        RateGrammar.Bound bound = new RateGrammar.Bound(most, action);
        boolean hold = action == RateGrammar.Action.HOLD;
        return new RateGrammar.Window(seconds, unit, hold ? null : bound, hold ? bound : null);
    }

    @Test
    void aNumberAndATimeAreMessages() {
        assertEquals(
                List.of(window(3600, Rates.Unit.MESSAGES, 100, RateGrammar.Action.DEFER)),
                parse("100/1h"));
        for (String same :
                List.of("100/h", "100/60m", "100/3600", "100/3600s", "100/1H messages")) {
            assertEquals(parse("100/1h"), parse(same), same);
        }
        assertEquals(7 * 86_400, parse("1/w").getFirst().seconds());
    }

    @Test
    void unitsAndActionsFollowAndCommasAreOptional() {
        List<RateGrammar.Window> expected =
                List.of(
                        window(60, Rates.Unit.MESSAGES, 20, RateGrammar.Action.DEFER),
                        window(86_400, Rates.Unit.RECIPIENTS, 500, RateGrammar.Action.HOLD),
                        window(86_400, Rates.Unit.MESSAGES, 9, RateGrammar.Action.REJECT));
        assertEquals(expected, parse("20/1m, 500/1d recipients hold, 9/1d reject"));
        assertEquals(expected, parse("20/1m 500/1d  recipients HOLD\n9/1d messages Reject"));
    }

    @Test
    void limitsOfOneWindowAreOne() {
        RateGrammar.Window w = parse("100/1h hold, 200/1h reject, 300/1h defer").getFirst();
        assertEquals(1, parse("100/1h hold, 200/1h reject, 300/1h defer").size());
        assertEquals(new RateGrammar.Bound(100, RateGrammar.Action.HOLD), w.held());
        assertEquals(new RateGrammar.Bound(200, RateGrammar.Action.REJECT), w.refused());
        assertEquals(200, w.limit().most());
    }

    @Test
    void noneAndNothingAreNoLimit() {
        assertEquals(List.of(), parse("none"));
        assertEquals(List.of(), parse(""));
    }

    @Test
    void anythingElseIsRefusedWithTheWord() {
        for (String bad :
                List.of(
                        "100",
                        "0/1h",
                        "-1/1h",
                        "1/0s",
                        "1/-1h",
                        "/1h",
                        "1/",
                        "1/1x",
                        "1/1h 5",
                        "recipients",
                        "hold 1/1h",
                        "none, 1/1h",
                        "9999999999/1h",
                        "1/999999999w",
                        "1/1h recipients messages",
                        "1.5/1h",
                        "1/1h/1h",
                        "none none")) {
            ConfigException e = assertThrows(ConfigException.class, () -> parse(bad), bad);
            assertTrue(String.valueOf(e.getMessage()).startsWith("bad rate limit"), bad);
        }
        assertThrows(
                ConfigException.class,
                () ->
                        parse(
                                "1/1s 1/2s 1/3s 1/4s 1/5s 1/6s 1/7s 1/8s 1/9s 1/10s 1/11s 1/12s 1/13s"
                                        + " 1/14s 1/15s 1/16s 1/17s"));
    }

    @Test
    void timesAreShownInTheirLargestUnit() {
        assertEquals("1h", RateGrammar.time(3600));
        assertEquals("90s", RateGrammar.time(90));
        assertEquals("90m", RateGrammar.time(5400));
        assertEquals("7d", RateGrammar.time(7 * 86_400));
        assertEquals("101 messages in 1h", parse("100/1h").getFirst().counted(101));
    }

    @Test
    void anyTextIsALimitOrAConfigError() {
        String letters = "0123456789/ ,hmdsrecipintsholdjf-none\t{}é";
        Random random = new Random(3);
        int good = 0;
        for (int i = 0; i < 200_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int k = random.nextInt(12); k > 0; k--) {
                text.append(letters.charAt(random.nextInt(letters.length())));
            }
            try {
                for (RateGrammar.Window w : parse(text.toString())) {
                    assertTrue(w.seconds() > 0 && w.limit().most() > 0);
                    good++;
                }
            } catch (ConfigException e) {
                assertTrue(String.valueOf(e.getMessage()).contains("rate limit"));
            }
        }
        assertTrue(good > 20, good + " good");
    }
}
