package org.postrider.smtp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postrider.config.ServiceSettings;
import org.postrider.time.Clock;
import org.postrider.tls.TlsFixture;

/// STARTTLS of the client: each level beside each server. What is expected is what the installed
/// Postfix does (src/test/twin/clienttls.case).
class ClientTlsTest {
    private static final String H = "127.0.0.1[127.0.0.1]";
    private static final String SENT = "r1 sent 2.0.0 " + H + " (250 2.0.0 Ok: queued as X1)";
    private static final String EARLY = "220 go\r\n250-x\r\n250 AUTH PLAIN";

    @TempDir static Path directory;
    private static SSLContext keys;

    @BeforeAll
    static void makeKeys() throws Exception {
        keys = TlsFixture.serving(directory);
    }

    private static Map<String, String> script(String server) {
        Map<String, String> out = new HashMap<>();
        if (!server.equals("silent")) {
            out.put("keywords", "PIPELINING,SIZE 10,DSN,STARTTLS");
        } else {
            out.put("keywords", "PIPELINING,DSN");
        }
        switch (server) {
            case "454" -> out.put("starttls", "454 4.7.0 not now");
            case "554" -> out.put("starttls", "554 5.7.0 never");
            case "clear" -> out.putAll(Map.of("starttls", EARLY, "clear", "yes"));
            case "early" -> out.put("starttls", EARLY);
            case "close" -> out.put("starttls", "CLOSE");
            case "go-close" ->
                    out.putAll(Map.of("starttls", "220 go", "clear", "yes", "other", "CLOSE"));
            case "gone" -> out.put("gone", "yes");
            case "helo" -> out.put("ehlo", "502 5.5.2 what");
            case "wrapped" -> out.put("wrapped", "yes");
            default -> {
                // silent and offers: as they are
            }
        }
        if (server.equals("454") || server.equals("554")) {
            out.put("keywords", "PIPELINING,DSN,STARTTLS");
        }
        return out;
    }

    private static ScriptedServer server(String... servers) {
        return new ScriptedServer(
                java.util.Arrays.stream(servers).map(ClientTlsTest::script).toList(), keys);
    }

    private static boolean mailInClear(ScriptedServer server) {
        return server.heardInClear.stream()
                .anyMatch(l -> l.startsWith("MAIL") || l.startsWith("RCPT") || l.equals("DATA"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    none    | silent | clear | sent 2.0.0 H (250 2.0.0 Ok: queued as X1)
                    may     | silent | clear | sent 2.0.0 H (250 2.0.0 Ok: queued as X1)
                    may     | offers | tls   | sent 2.0.0 H (250 2.0.0 Ok: queued as X1)
                    may     | early  | tls   | sent 2.0.0 H (250 2.0.0 Ok: queued as X1)
                    may     | 454    | clear | sent 2.0.0 H (250 2.0.0 Ok: queued as X1)
                    may     | 554    | clear | sent 2.0.0 H (250 2.0.0 Ok: queued as X1)
                    may     | clear  |       | deferred 4.7.5 H (Cannot start TLS: handshake failure)
                    may     | close  |       | deferred 4.4.2 H (lost connection with H while receiving the STARTTLS response)
                    may     | gone   |       | deferred 4.4.2 H (lost connection with H while performing the EHLO handshake)
                    may     | helo   | clear | sent 2.0.0 H (250 2.0.0 Ok: queued as X1)
                    encrypt | silent |       | deferred 4.7.4 H (TLS is required, but was not offered by host H)
                    encrypt | offers | tls   | sent 2.0.0 H (250 2.0.0 Ok: queued as X1)
                    encrypt | early  | tls   | sent 2.0.0 H (250 2.0.0 Ok: queued as X1)
                    encrypt | 454    |       | deferred 4.7.0 H (TLS is required, but host H refused to start TLS: 454 4.7.0 not now)
                    encrypt | 554    |       | bounced 5.7.0 H (TLS is required, but host H refused to start TLS: 554 5.7.0 never)
                    encrypt | clear  |       | deferred 4.7.5 H (Cannot start TLS: handshake failure)
                    encrypt | close  |       | deferred 4.4.2 H (lost connection with H while receiving the STARTTLS response)
                    encrypt | gone   |       | deferred 4.4.2 H (lost connection with H while performing the EHLO handshake)
                    encrypt | helo   |       | deferred 4.7.4 H (TLS is required, but was not offered by host H)
                    """)
    void eachLevelBesideEachServer(String level, String behaviour, String how, String outcome)
            throws IOException {
        try (Hop hop = new Hop("smtp_tls_security_level", level);
                ScriptedServer server = server(behaviour)) {
            assertEquals(
                    List.of(
                            "r1 "
                                    + outcome.replaceAll(
                                            "\\bH\\b",
                                            java.util.regex.Matcher.quoteReplacement(H))),
                    hop.deliver(server.nexthop(), Hop.Mail.to(1).fresh()));
            assertEquals("clear".equals(how), mailInClear(server), server.heardInClear.toString());
            assertEquals(how == null ? 0 : 1, server.bodies.size());
            assertEquals(1, server.connections());
        }
    }

    private static List<String> handshakes(Hop hop) {
        return hop.log.stream().filter(l -> l.contains("Reusing old session")).toList();
    }

    /// smtp_tls_session_cache_database: a session is resumed for the same policy and login only.
    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void aTlsSessionIsResumedWhereThatIsAskedFor(String protocol) throws IOException {
        List<String> each =
                List.of(
                        "smtp_tls_security_level", "encrypt",
                        "smtp_tls_loglevel", "2",
                        "smtp_tls_mandatory_protocols", protocol);
        for (String cache : List.of("", "btree:x")) {
            List<String> all = new java.util.ArrayList<>(each);
            all.addAll(List.of("smtp_tls_session_cache_database", cache));
            try (Hop hop = new Hop(all.toArray(String[]::new));
                    ScriptedServer server = server("offers", "offers", "offers")) {
                for (int i = 0; i < 3; i++) {
                    assertEquals(
                            List.of(SENT), hop.deliver(server.nexthop(), Hop.Mail.to(1).fresh()));
                }
                assertEquals(3, server.connections());
                assertEquals(cache.isEmpty() ? 0 : 2, handshakes(hop).size(), cache);
            }
        }
    }

    /// smtp_tls_loglevel_maps, lmtp_tls_loglevel_maps (Postfix 3.12).
    @Test
    void howMuchIsLoggedDependsOnTheServer() throws IOException {
        for (String maps : List.of("", "inline:{{127=2}}", "inline:{{127.0.0.1=dunno} {127=2}}")) {
            try (Hop hop =
                            new Hop(
                                    "smtp_tls_security_level",
                                    "encrypt",
                                    "smtp_tls_loglevel_maps",
                                    maps);
                    ScriptedServer server = server("offers")) {
                assertEquals(List.of(SENT), hop.deliver(server.nexthop(), Hop.Mail.to(1)));
                assertEquals(
                        maps.equals("inline:{{127=2}}") ? 1 : 0,
                        hop.log.stream().filter(l -> l.startsWith("setting up TLS")).count(),
                        maps + hop.log);
            }
        }
    }

    // ---- TORTURE 11

    @ParameterizedTest
    @ValueSource(strings = {"may", "encrypt"})
    void nothingSentBeforeTheHandshakeSurvivesIt(String level) throws IOException {
        // In clear it says that ten octets are too many and offers much; within TLS nothing.
        Map<String, String> script = script("early");
        script.put("tlskeywords", "8BITMIME");
        try (Hop hop = new Hop("smtp_tls_security_level", level);
                ScriptedServer server = new ScriptedServer(List.of(script), keys)) {
            assertEquals(List.of(SENT), hop.deliver(server.nexthop(), Hop.Mail.to(1).fresh()));
            assertEquals(List.of("EHLO mx.twin.example", "STARTTLS"), server.heardInClear);
            assertEquals("EHLO mx.twin.example", server.heard.get(2));
            assertTrue(
                    server.heard.contains("MAIL FROM:<s@sender.example>"), server.heard.toString());
            assertTrue(server.heard.contains("RCPT TO:<r1@t.example>"), server.heard.toString());
        }
    }

    // ---- TORTURE 12

    @ParameterizedTest
    @ValueSource(strings = {"silent", "454", "554", "clear", "close", "go-close", "gone", "helo"})
    void whereTlsIsRequiredNothingEverGoesInClear(String behaviour) throws IOException {
        for (boolean fresh : new boolean[] {true, false}) {
            try (Hop hop =
                            new Hop(
                                    "smtp_tls_security_level",
                                    "encrypt",
                                    "smtp_starttls_timeout",
                                    "1s");
                    ScriptedServer server = server(behaviour)) {
                Hop.Mail mail = Hop.Mail.to(3);
                List<String> out = hop.deliver(server.nexthop(), fresh ? mail.fresh() : mail);
                assertEquals(3, out.size());
                assertTrue(out.stream().noneMatch(o -> o.contains(" sent ")), out.toString());
                assertTrue(!mailInClear(server), server.heardInClear.toString());
                assertEquals(List.of(), server.bodies);
                assertEquals(1, server.connections());
                assertNotNull(
                        behaviour.equals("554") ? "" : hop.unavailable, "the site is held up");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"half-dane", "halfdane", "no-such"})
    void underAWordThatIsNoLevelNothingIsSentNorTried(String level) throws IOException {
        try (Hop hop = new Hop("smtp_tls_security_level", level);
                ScriptedServer server = server("offers")) {
            String word = level.toLowerCase(java.util.Locale.ROOT);
            assertEquals(
                    List.of(
                            "r1 deferred 4.7.5 none (smtp_tls_security_level: "
                                    + "unknown level \""
                                    + word
                                    + "\")"),
                    hop.deliver(server.nexthop(), Hop.Mail.to(1)));
            assertEquals(0, server.connections());
        }
        assertTrue(problems("smtp_tls_security_level", level).getFirst().contains("mail waits"));
    }

    @ParameterizedTest
    @CsvSource({
        "smtp_enforce_tls, yes, smtp_use_tls, no, 4.7.4",
        "smtp_enforce_tls, yes, compatibility_level, 3.11, 4.7.4",
        "smtp_enforce_tls, yes, smtp_tls_enforce_peername, no, 4.7.4"
    })
    void theOldSpellingRequiresToo(String a, String av, String b, String bv, String status)
            throws IOException {
        try (Hop hop = new Hop(a, av, b, bv);
                ScriptedServer server = server("silent")) {
            List<String> out = hop.deliver(server.nexthop(), Hop.Mail.to(1));
            assertTrue(out.getFirst().startsWith("r1 deferred " + status), out.toString());
        }
    }

    @Test
    void withoutAuthoritiesThatCanBeReadOnlyWhatMayGoesInClear() throws IOException {
        String missing = directory.resolve("missing.pem").toString();
        try (Hop hop = new Hop("smtp_tls_security_level", "encrypt", "smtp_tls_CAfile", missing);
                ScriptedServer server = server("offers")) {
            assertEquals(
                    List.of(
                            "r1 deferred 4.7.5 "
                                    + H
                                    + " (TLS is required, but our TLS engine is unavailable)"),
                    hop.deliver(server.nexthop(), Hop.Mail.to(1)));
            assertTrue(!mailInClear(server));
        }
        assertEquals(
                1, problems("smtp_tls_security_level", "may", "smtp_tls_CAfile", missing).size());
    }

    // ---- level may, TLS broken

    @Test
    void mailThatHasWaitedGoesInClearWhereTlsIsBroken() throws IOException {
        for (String behaviour : List.of("clear", "gone")) {
            try (Hop hop = new Hop("smtp_tls_security_level", "may");
                    ScriptedServer server = server(behaviour)) {
                // Offers STARTTLS again, but is not asked.
                assertEquals(1, hop.deliver(server.nexthop(), Hop.Mail.to(1)).size());
                assertEquals(2, server.connections());
                assertEquals(1, server.heard.stream().filter("STARTTLS"::equals).count());
            }
        }
        try (Hop hop = new Hop("smtp_tls_security_level", "may");
                ScriptedServer server = server("clear", "silent", "silent")) {
            assertEquals(List.of(SENT), hop.deliver(server.nexthop(), Hop.Mail.to(1)));
            assertTrue(mailInClear(server));
            assertTrue(
                    hop.log.contains("4XABCDEFGHz1: Cannot start TLS: handshake failure"),
                    hop.log.toString());
            // That session serves no other mail, which may have TLS.
            assertEquals(List.of(SENT), hop.deliver(server.nexthop(), Hop.Mail.to(1)));
            assertEquals(3, server.connections());
        }
    }

    @Test
    void freshMailGoesToTheNextServerAndDoesNotHoldUpTheSite() throws IOException {
        try (Hop hop = new Hop("smtp_tls_security_level", "may");
                ScriptedServer broken = server("clear");
                ScriptedServer good = server("offers")) {
            assertEquals(
                    List.of(SENT),
                    hop.deliver(broken.nexthop() + ", " + good.nexthop(), Hop.Mail.to(1).fresh()));
            assertTrue(!mailInClear(broken) && !mailInClear(good));
        }
        try (Hop hop = new Hop("smtp_tls_security_level", "may");
                ScriptedServer broken = server("clear")) {
            hop.deliver(broken.nexthop(), Hop.Mail.to(1).fresh());
            assertNull(hop.unavailable);
        }
    }

    /// CVE-2009-3555: who speaks unasked within TLS may answer somebody else's commands.
    @Test
    void aServerThatSpeaksUnaskedWithinTlsGetsNoMailWhereThatIsBlocked() throws IOException {
        Map<String, String> script = script("offers");
        script.put("tlsehlo", "250 sink.example\r\n250 2.1.0 Ok");
        for (boolean blocks : new boolean[] {true, false}) {
            try (Hop hop =
                            new Hop(
                                    "smtp_tls_security_level",
                                    "encrypt",
                                    "smtp_tls_block_early_mail_reply",
                                    blocks ? "yes" : "no");
                    ScriptedServer server = new ScriptedServer(List.of(script), keys)) {
                List<String> out = hop.deliver(server.nexthop(), Hop.Mail.to(1));
                String refused = "r1 deferred 4.7.0 " + H + " (unexpected server message)";
                assertEquals(blocks, out.equals(List.of(refused)), out.toString());
                assertEquals(
                        blocks,
                        hop.log.contains(
                                "warning: server "
                                        + H
                                        + " violates smtp_tls_block_early_mail_reply policy"),
                        hop.log.toString());
                assertEquals(
                        blocks,
                        server.heard.stream().noneMatch(l -> l.startsWith("MAIL")),
                        server.heard.toString());
            }
        }
    }

    /// smtp_connection_cache_destinations does not say that a session within TLS may be kept
    /// (smtp_tls_connection_reuse).
    @ParameterizedTest
    @CsvSource({"no, 2", "yes, 1"})
    void aListedDestinationsSessionWithinTlsIsKeptOnlyWhereThatIsWanted(
            String reuse, int connections) throws Exception {
        Map<String, String> script = script("offers");
        try (Hop hop =
                        new Hop(
                                "smtp_tls_security_level",
                                "may",
                                "smtp_connection_cache_destinations",
                                "127.0.0.1",
                                "smtp_tls_connection_reuse",
                                reuse);
                ScriptedServer server = new ScriptedServer(List.of(script, script), keys)) {
            for (int n = 0; n < 2; n++) {
                String out = hop.deliver(server.nexthop(), Hop.Mail.to(1)).getFirst();
                assertTrue(out.startsWith("r1 sent"), out);
            }
            assertEquals(connections, server.connections());
        }
    }

    // ---- sessions, names, logs

    @Test
    void aSessionWithinTlsServesTheNextMailOnlyIfSo() throws IOException {
        for (boolean reuse : new boolean[] {false, true}) {
            try (Hop hop =
                            new Hop(
                                    "smtp_tls_security_level",
                                    "encrypt",
                                    "smtp_tls_connection_reuse",
                                    reuse ? "yes" : "no");
                    ScriptedServer server = server("offers")) {
                hop.deliver(server.nexthop(), Hop.Mail.to(1));
                assertEquals(List.of(SENT), hop.deliver(server.nexthop(), Hop.Mail.to(1)));
                assertEquals(reuse ? 1 : 2, server.connections());
            }
        }
    }

    @Test
    void tlsFromTheFirstOctet() throws IOException {
        try (Hop hop =
                        new Hop(
                                "smtp_tls_security_level",
                                "encrypt",
                                "smtp_tls_wrappermode",
                                "yes");
                ScriptedServer server = server("wrapped");
                ScriptedServer other = server("silent")) {
            assertEquals(List.of(SENT), hop.deliver(server.nexthop(), Hop.Mail.to(1)));
            assertEquals(List.of(), server.heardInClear);
            assertEquals(
                    List.of("r1 deferred 4.7.5 " + H + " (Cannot start TLS: handshake failure)"),
                    hop.deliver(other.nexthop(), Hop.Mail.to(1)));
        }
        try (Hop hop = new Hop("smtp_tls_security_level", "may", "smtp_tls_wrappermode", "yes");
                ScriptedServer server = server("wrapped")) {
            assertTrue(
                    hop.deliver(server.nexthop(), Hop.Mail.to(1))
                            .getFirst()
                            .startsWith("r1 deferred 4.3.0 none"));
            assertEquals(0, server.connections());
        }
    }

    @Test
    void theLogSaysWhetherTheServerIsTrusted() throws IOException {
        for (String file : List.of("", directory.resolve("cert.pem").toString())) {
            try (Hop hop =
                            new Hop(
                                    "smtp_tls_security_level",
                                    "may",
                                    "smtp_tls_loglevel",
                                    "1",
                                    "smtp_tls_CAfile",
                                    file);
                    ScriptedServer server = server("offers")) {
                hop.deliver(server.nexthop(), Hop.Mail.to(1));
                assertTrue(
                        hop.log.stream()
                                .anyMatch(l ->
                                        l.startsWith(
                                                (file.isEmpty() ? "Untrusted" : "Trusted")
                                                        + " TLS connection established to "
                                                        + H
                                                        + ":PORT: TLSv1.3 with cipher TLS_")),
                        hop.log.toString());
            }
        }
    }

    @Test
    void aServerThatIsSilentInTheHandshakeIsLeftInTime() throws IOException {
        try (Hop hop =
                        new Hop(
                                "smtp_tls_security_level",
                                "encrypt",
                                "smtp_starttls_timeout",
                                "1s");
                ScriptedServer server =
                        new ScriptedServer(
                                List.of(
                                        Map.of(
                                                "keywords",
                                                "STARTTLS",
                                                "starttls",
                                                "220 go",
                                                "clear",
                                                "yes",
                                                "other",
                                                "NONE")),
                                keys)) {
            assertEquals(
                    List.of("r1 deferred 4.7.5 " + H + " (Cannot start TLS: handshake failure)"),
                    hop.deliver(server.nexthop(), Hop.Mail.to(1)));
            assertTrue(
                    hop.log.contains("SSL_connect error to " + H + ":PORT: Connection timed out"),
                    hop.log.toString());
        }
    }

    @Test
    void aWordOfRequireTlsThatMeansNothingIsNamed() {
        assertEquals(
                List.of(
                        "TLS: smtp_requiretls_policy: unknown action \"sometimes\": its mail with"
                                + " REQUIRETLS waits"),
                problems("smtp_requiretls_policy", "sometimes"));
        assertEquals(List.of(), problems("smtp_requiretls_policy", "inline:{a=b} enforce"));
    }

    private static List<String> problems(String... settings) {
        Map<String, String> own = new HashMap<>();
        for (int i = 0; i < settings.length; i += 2) {
            own.put(settings[i], settings[i + 1]);
        }
        return SmtpChecks.problems(
                new ClientSettings(ServiceSettings.none().with(own), Protocol.SMTP),
                Clock.system());
    }
}
