package org.postrider.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postrider.config.Param;
import org.postrider.config.ServiceSettings;
import org.postrider.maps.Opening;
import org.postrider.maps.TableDirectory;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;

/// The searches that Postfix 3.12's postconf(5) describes of smtp_tls_loglevel_maps.
class TlsLogLevelsTest {
    private static final Param<List<String>> MAPS =
            Param.list("smtp_tls_loglevel_maps", "", "Of a test.");

    private final List<String> warnings = new ArrayList<>();

    private TlsLogLevels with(String tables, String parents) {
        return TlsLogLevels.of(
                ServiceSettings.none()
                        .with(
                                Map.of(
                                        MAPS.name(),
                                        tables,
                                        "parent_domain_matches_subdomains",
                                        parents)),
                MAPS,
                1,
                new TableDirectory(
                        new Opening(Clock.system(), Supervisor.alone(), n -> null, w -> {})),
                warnings::add);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    mail.a.example  | 192.0.2.9    | 2
                    MAIL.A.Example  | 192.0.2.9    | 2
                    x.mail.a.example| 198.51.100.1 | 1
                    b.sub.example   | 192.0.2.9    | 3
                    sub.example     | 198.51.100.1 | 1
                    other.example   | 192.0.2.9    | 4
                    other.example   | 192.0.3.9    | 0
                    ''              | 192.0.2.9    | 4
                    left.example    | 192.0.2.9    | 1
                    other.example   | 2001:db8::7:8| 2
                    other.example   | 2001:db9::1  | 1
                    host.example    | /run/lmtp.sk | 3
                    """)
    void namesComeBeforeAddresses(String name, String address, int level) {
        String table =
                "inline:{ {mail.a.example = 2} {.sub.example = ssl-debug} {192.0.2 = 4} {192 ="
                        + " none} {left.example = dunno} {2001:db8 = debug, summary} {/run/lmtp.sk = 3}"
                        + " }";
        assertEquals(level, with(table, "").of(name, address));
        assertEquals(List.of(), warnings);
    }

    @Test
    void listedAsAParentADomainStandsForWhatIsBelowIt() {
        String table = "inline:{ {sub.example = 3} {.sub.example = 2} }";
        assertEquals(3, with(table, MAPS.name()).of("b.sub.example", "192.0.2.1"));
        assertEquals(2, with(table, "relay_domains").of("b.sub.example", "192.0.2.1"));
    }

    /// Tables of patterns see whole names and addresses, and each key goes to all tables in turn.
    @Test
    void patternsAreAskedForTheWholeAlone() {
        String tables = "inline:{ {.a.example = 2} } pcre:{{/^(mail|b)\\.a\\.example$$/ 3}}";
        assertEquals(3, with(tables, "").of("mail.a.example", "192.0.2.1"));
        assertEquals(2, with(tables, "").of("c.a.example", "192.0.2.1"));
        assertEquals(4, with("cidr:{{192.0.2.0/24 4}}", "").of("c.a.example", "192.0.2.1"));
    }

    @Test
    void whatCannotBeAnsweredIsSaidAndLeavesTheLevel() {
        assertEquals(1, with("fail:away", "").of("c.a.example", "192.0.2.1"));
        assertTrue(warnings.toString().contains("smtp_tls_loglevel_maps"), warnings.toString());
        warnings.clear();
        assertEquals(0, with("static:odd", "").of("c.a.example", "192.0.2.1"));
        assertEquals(List.of("unknown smtp_tls_loglevel_maps value \"odd\" in \"odd\""), warnings);
    }
}
