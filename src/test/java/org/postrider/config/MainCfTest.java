package org.postrider.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MainCfTest {
    private static final Path FILE = Path.of("/c/main.cf");
    private static final Catalogue CATALOGUE = Catalogue.load();

    private static MainCf read(String text) {
        return MainCf.parse(FILE, text);
    }

    private static String value(String text, String name) {
        MainCf.Entry e = read(text).entries().get(name);
        return e == null ? "(none)" : e.value();
    }

    private static String fault(String text) {
        return String.valueOf(assertThrows(ConfigException.class, () -> read(text)).getMessage());
    }

    @Test
    void continuationsAreJoinedAndCommentsWithinAreLeftOut() {
        assertEquals("1 more more2", value("foo = 1\n  more\n# inside\n\n  more2\n", "foo"));
        assertEquals("5x more x", value("q=5x\n  more\n# c\n  # d\n  x\n", "q"));
        assertEquals("a # no comment", value("x = a # no comment\n", "x"));
        assertEquals("", value("smtpd_timeout=\n", "smtpd_timeout"));
        assertEquals("last", value("no_newline = last", "no_newline"));
    }

    @Test
    void theLastSettingCountsAndTheEarlierIsWarnedOf() {
        MainCf cf = read("myhostname = x.example\nmyhostname = y.example\n");
        assertEquals(
                new MainCf.Entry("myhostname", "y.example", 2), cf.entries().get("myhostname"));
        assertEquals(
                List.of("/c/main.cf, line 2: overriding earlier entry: myhostname=x.example"),
                cf.warnings());
    }

    @Test
    void whatIsNoSettingIsRefusedInPostfixWords() {
        assertEquals("/c/main.cf, line 1: missing '=' after attribute name: \"a\"", fault("a\n"));
        assertEquals(
                "/c/main.cf, line 2: missing '=' after attribute name: \"q w = e\"",
                fault("a = b\nq w = e\n"));
        assertEquals("/c/main.cf, line 1: missing attribute name: \"=x\"", fault("=x\n"));
    }

    @Test
    void aFirstLineWithWhiteSpaceIsWarnedOf() {
        MainCf cf = read(" a=c\nb = d\n");
        assertEquals(
                List.of("/c/main.cf: logical line must not start with whitespace: \" a=c\""),
                cf.warnings());
        assertEquals(Map.of("b", new MainCf.Entry("b", "d", 2)), cf.entries());
    }

    @Test
    void anyOctetsEndInSettingsOrInAConfigException() {
        Random random = new Random(20261121);
        String letters = "ab= \t\n#${}():?<>,/!\u0000\u00ff\"\\1";
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(60); n > 0; n--) {
                text.append(letters.charAt(random.nextInt(letters.length())));
            }
            try {
                MainCf cf = read(text.toString());
                ServiceSettings s = ServiceSettings.of(cf, CATALOGUE, Map.of());
                for (MainCf.Entry e : cf.entries().values()) {
                    assertTrue(e.line() >= 1);
                    s.text(e.name());
                }
            } catch (ConfigException e) {
                assertTrue(!String.valueOf(e.getMessage()).isEmpty());
            }
            try {
                MasterCf.parse(FILE, text.toString());
            } catch (ConfigException e) {
                assertTrue(String.valueOf(e.getMessage()).contains("/c/main.cf"));
            }
        }
    }
}
