package org.postrider.sts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.postrider.Effort;
import org.postrider.sts.StsPolicy.Mode;

/// The grammars of RFC 8461 3.1 and 3.2, and the patterns of 4.1.
class StsPolicyTest {
    private static final String HEAD = "version: STSv1\nmode: enforce\n";

    private static StsPolicy policy(String text) throws StsPolicy.Invalid {
        return StsPolicy.parse("d.example", "1", text);
    }

    private static String fault(String text) {
        return String.valueOf(
                assertThrows(StsPolicy.Invalid.class, () -> policy(text)).getMessage());
    }

    @Test
    void aPolicyIsReadAsTheRfcHasIt() throws StsPolicy.Invalid {
        StsPolicy p =
                policy(
                        "version: STSv1\r\n"
                                + "mode: enforce\r\n"
                                + "mx: mail.Example.com\r\n"
                                + "mx:\t*.example.net  \r\n"
                                + "other: any thing\r\n"
                                + "max_age: 604800\r\n");
        StsPolicy same =
                new StsPolicy(
                        "d.example",
                        "1",
                        Mode.ENFORCE,
                        604_800,
                        List.of("mail.example.com", "*.example.net"));
        assertEquals(same, p);
        assertEquals(
                List.of(
                        "version: STSv1",
                        "mode: enforce",
                        "mx: mail.example.com",
                        "mx: *.example.net",
                        "max_age: 604800"),
                p.lines());
        assertEquals(p, policy(String.join("\n", p.lines()) + "\n\n"));
    }

    @Test
    void ofAKeyThatComesAgainTheFirstCounts() throws StsPolicy.Invalid {
        StsPolicy p = policy(HEAD + "max_age: 1\nmax_age: x\nmode: none\nversion: 2\nmx: a.b\n");
        assertEquals(Mode.ENFORCE, p.mode());
        assertEquals(1, p.maxAgeSeconds());
    }

    @Test
    void aPolicyThatIsOverNeedsNoExchangers() throws StsPolicy.Invalid {
        StsPolicy p = policy("version: STSv1\nmode: none\nmax_age: 86400\n");
        assertEquals(Mode.NONE, p.mode());
        assertEquals("no mx in it", fault(HEAD + "max_age: 1\n"));
    }

    @Test
    void whatIsNoPolicyIsNone() {
        assertEquals("line 1 is no key and value", fault("<!DOCTYPE html>\n<html></html>\n"));
        assertEquals("no version in it", fault(""));
        assertEquals("version is not STSv1", fault("version: STSv2\n"));
        assertEquals("no mode in it", fault("version: STSv1\nmax_age: 1\nmx: a.b\n"));
        assertEquals("mode is not enforce, testing or none", fault("mode: Enforce\n"));
        assertEquals("no max_age in it", fault(HEAD + "mx: a.b\n"));
        for (String bad : List.of("", "-1", "31557601", "99999999999", "1 day", "0x10")) {
            assertEquals("max_age is not a number up to 31557600", fault(HEAD + "max_age: " + bad));
        }
        for (String bad :
                List.of("", "*", "*.", "*a.b", "a.*.b", "-a.b", "a b", "[1.2.3.4]", "..")) {
            assertEquals("mx is no host name or *.domain", fault(HEAD + "mx: " + bad));
        }
    }

    /// Blanks without end are read in one go, not once for each of them.
    @Test
    void aPolicyOfBlanksTakesNoTime() {
        String blanks = " ".repeat(60_000);
        long millis =
                Effort.millis(() -> {
                    assertEquals("version is not STSv1", fault("version: a" + blanks + "b"));
                    assertNull(StsRecord.id(List.of("v=STSv1;" + blanks + "id=1")));
                });
        assertTrue(millis < 1_000, millis + " ms");
    }

    @Test
    void anExchangerIsAllowedByOneOfThePatterns() {
        StsPolicy p =
                new StsPolicy(
                        "d", "1", Mode.ENFORCE, 1, List.of("mx.one.example", "*.two.example"));
        for (String good : List.of("mx.one.example", "MX.One.Example", "a.two.example")) {
            assertTrue(p.allows(good), good);
        }
        for (String bad :
                List.of(
                        "one.example",
                        "a.mx.one.example",
                        "two.example",
                        ".two.example",
                        "a.b.two.example",
                        "atwo.example",
                        "mx.one.example.evil.example")) {
            assertFalse(p.allows(bad), bad);
        }
    }

    /// As next hops have them: octets of UTF-8, a dot at the end, letters of any case.
    @Test
    void aDomainIsAskedForAsTheDnsKnowsIt() {
        assertEquals("x.example", Discovery.name("X.Example."));
        assertEquals("xn--bcher-kva.example", Discovery.name("B\u00c3\u00bccher.Example"));
        for (String bad : List.of("", ".", "a..b", "1.2.3.4", "a b", "\u00ff.example.\u00c3")) {
            assertNull(Discovery.name(bad), bad);
        }
    }

    @Test
    void aRecordIsOneAndKeepsToTheGrammar() {
        assertEquals("20160831085700Z", StsRecord.id(List.of("v=STSv1; id=20160831085700Z;")));
        assertEquals("1", StsRecord.id(List.of("other", "v=STSv1 ;\tx-y=a:b ; id=1", "v=STSv10;")));
        assertNull(StsRecord.id(List.of()));
        assertNull(StsRecord.id(List.of("v=STSv1; id=1", "v=STSv1; id=1")));
        for (String bad :
                List.of(
                        "v=STSv1",
                        "v=STSv1;",
                        "v=STSv1; id=",
                        "v=STSv1; id=a b",
                        "v=STSv1; id=" + "1".repeat(33),
                        "v=STSv1; id=1;; x=1",
                        "v=STSv1; id=1; x",
                        "V=STSv1; id=1",
                        " v=STSv1; id=1")) {
            assertNull(StsRecord.id(List.of(bad)), bad);
        }
    }
}
