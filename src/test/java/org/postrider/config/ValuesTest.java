package org.postrider.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Values and services as Postfix 3.7 took them, or refused to, when it was asked.
class ValuesTest {
    @ParameterizedTest
    @CsvSource({
        "2, 172800",
        "1d, 86400",
        "+1d, 86400",
        "1d2h, 86400",
        "1d 2h, 86400",
        "'1d,2h', 86400",
        "1d2, 86400",
        "1dx, 86400",
        "1h1d, 3600",
        "90s, 90",
        "1m, 60",
        "1w, 604800"
    })
    void ofATimeTheFirstUnitCounts(String text, long seconds) {
        assertEquals(seconds, Values.time(text, 'd').toSeconds());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "d",
                "+",
                "-1",
                "1.5d",
                "1D",
                "1S",
                "1x",
                "1 d",
                "0x10s",
                "3000000000",
                "99999999w",
                "99999999999999999999d",
                "25000d"
            })
    void aTimeThatPostfixRefusesIsRefused(String text) {
        ConfigException e = assertThrows(ConfigException.class, () -> Values.time(text, 'd'));
        assertEquals("bad time value or unit: " + text, e.getMessage());
    }

    @Test
    void ofAServiceThatStandsTwiceTheLastEntryCounts() {
        MasterCf cf =
                MasterCf.parse(
                        Path.of("/c/master.cf"),
                        """
                        smtp inet n - n - - smtpd
                        [127.0.0.1]:2597 inet n - n - - smtpd
                        smtp unix - - n - - smtp
                        smtp unix - - n - 7 smtp
                        127.0.0.1:2597 inet n - n - - smtpd -o smtpd_banner=last
                        p pass - - n - - smtpd
                        p pass - - n - - smtpd
                        :smtp inet n - n - 9 smtpd
                        """);
        String start = "duplicate master.cf entry for service ";
        String end = " -- using the last entry";
        assertEquals(
                java.util.List.of(
                        start + "\"smtp\" (private/smtp)" + end,
                        start + "\"[127.0.0.1]:2597\" ([127.0.0.1]:2597)" + end,
                        start + "\"p\" (private/p)" + end,
                        start + "\"smtp\" (smtp)" + end),
                cf.warnings());
        assertEquals(4, cf.services().size());
        assertEquals(9, cf.services().get(0).processLimit());
        assertEquals("last", cf.services().get(1).overrides().get("smtpd_banner"));
        assertEquals(7, cf.services().get(2).processLimit());
    }
}
