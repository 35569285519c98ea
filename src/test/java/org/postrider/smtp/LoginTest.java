package org.postrider.smtp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postrider.address.Address;
import org.postrider.dns.Resolver;
import org.postrider.queue.Envelope;
import org.postrider.queue.Named;
import org.postrider.queue.QueueId;
import org.postrider.queue.Recipient;

/// Logins where real Postfix has nothing to compare with: whose connection carries whose mail, what
/// holds mail, what is kept of refused logins. The rest is in src/test/twin/clientauth.case.
class LoginTest {
    private static final String SENT =
            "r1 sent 2.0.0 127.0.0.1[127.0.0.1] (250 2.0.0 Ok: queued as X1)";
    private static final String REFUSED =
            "r1 deferred 4.7.8 127.0.0.1[127.0.0.1] (SASL authentication failed; server"
                    + " 127.0.0.1[127.0.0.1] said: 535 5.7.8 no)";

    @TempDir Path directory;

    private static ScriptedServer server(String... script) {
        Map<String, String> one = new java.util.HashMap<>(ScriptedServer.script(script).getFirst());
        one.putIfAbsent("keywords", "PIPELINING,DSN,AUTH PLAIN");
        return new ScriptedServer(List.of(one));
    }

    private static Hop hop(String... more) {
        List<String> all =
                new ArrayList<>(
                        List.of(
                                "smtp_sasl_auth_enable",
                                "yes",
                                "smtp_sasl_security_options",
                                "noanonymous"));
        all.addAll(Arrays.asList(more));
        return new Hop(all.toArray(String[]::new));
    }

    private static Hop.Mail from(String sender) {
        return new Hop.Mail(
                new QueueId("4XABCDEFGHz1"),
                new Envelope(
                        new Address(sender),
                        List.of(Recipient.of(new Address("r1@t.example"))),
                        0,
                        Named.of(Map.of())),
                Hop.Mail.content("Subject: t\r\n", "hello\r\n"));
    }

    private static String plain(String user, String password) {
        byte[] said = ("\0" + user + "\0" + password).getBytes(StandardCharsets.UTF_8);
        return "AUTH PLAIN " + Base64.getEncoder().encodeToString(said);
    }

    /// Whether it would have to log in nobody can say now: so it waits, and does not go without.
    @ParameterizedTest
    @CsvSource({"no", "yes"})
    void mailWaitsWhereTheTableOfLoginsFails(String bySender) throws IOException {
        try (ScriptedServer server = server();
                Hop hop =
                        hop(
                                "smtp_sender_dependent_authentication",
                                bySender,
                                "smtp_sasl_password_maps",
                                "fail:logins")) {
            String out = hop.deliver(server.nexthop(), Hop.Mail.to(1)).getFirst();
            assertTrue(
                    out.startsWith("r1 deferred 4.3.0 none (local data error while talking to "),
                    out);
            assertEquals(0, server.connections());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "no, NEXTHOP, true",
        "no, 127.0.0.1, true",
        "no, s@sender.example, false",
        "yes, s@sender.example, true",
        "yes, @sender.example, true",
        "no, other.example, false"
    })
    void whoIsInTheTableLogsIn(String bySender, String key, boolean logsIn) throws IOException {
        try (ScriptedServer server = server()) {
            String entry = key.equals("NEXTHOP") ? server.nexthop() : key;
            try (Hop hop =
                    hop(
                            "smtp_sender_dependent_authentication",
                            bySender,
                            "smtp_sasl_password_maps",
                            "inline:{{" + entry + " = user:Marked-Password-4}}")) {
                assertEquals(List.of(SENT), hop.deliver(server.nexthop(), Hop.Mail.to(1)));
                assertEquals(logsIn, server.heard.contains(plain("user", "Marked-Password-4")));
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "smtp_sasl_password_maps|''|smtp_sasl_auth_enable = yes wants"
                        + " smtp_sasl_password_maps",
                "smtp_sasl_type|dovecot|smtp_sasl_type: unsupported SASL client implementation:"
                        + " dovecot",
                "smtp_sasl_tls_security_options|noplain|smtp_sasl_tls_security_options: unsupported"
                        + " SASL security option: noplain",
                "smtp_sasl_password_result_delimiter|''|smtp_sasl_password_result_delimiter: not"
                        + " one character"
            })
    void mailWaitsForASettingThatCannotBeUsed(String name, String value, String text)
            throws IOException {
        try (ScriptedServer server = server();
                Hop hop =
                        hop(
                                "smtp_sasl_password_maps",
                                "static:user:Marked-Password-4",
                                name,
                                value)) {
            assertEquals(
                    List.of("r1 deferred 4.7.0 none (" + text + ")"),
                    hop.deliver(server.nexthop(), Hop.Mail.to(1)));
            assertEquals(0, server.connections());
        }
    }

    @Test
    void theDelimiterDividesUserAndPassword() throws IOException {
        try (ScriptedServer server = server();
                Hop hop =
                        hop(
                                "smtp_sasl_password_result_delimiter",
                                "/",
                                "smtp_sasl_password_maps",
                                "static:a:b/c/d")) {
            assertEquals(List.of(SENT), hop.deliver(server.nexthop(), Hop.Mail.to(1)));
            assertTrue(server.heard.contains(plain("a:b", "c/d")), server.heard.toString());
        }
    }

    /// A relay that two senders log in at keeps two connections, and none carries the other's mail.
    @ParameterizedTest
    @CsvSource({"one:first, two:second", "one:first, one:second", "one:first, one:first"})
    void aKeptSessionCarriesTheMailOfItsOwnSenderOnly(String one, String two) throws IOException {
        try (ScriptedServer server = server();
                Hop hop =
                        hop(
                                "smtp_sender_dependent_authentication",
                                "yes",
                                "smtp_sasl_password_maps",
                                "inline:{{a@s.example = "
                                        + one
                                        + "}, {b@s.example = "
                                        + two
                                        + "}}")) {
            for (String sender : List.of("a", "b", "c", "a", "b", "c")) {
                assertEquals(
                        List.of(SENT), hop.deliver(server.nexthop(), from(sender + "@s.example")));
            }
            assertEquals(3, server.connections());
            List<String> logins =
                    server.heard.stream().filter(line -> line.startsWith("AUTH")).toList();
            assertEquals(
                    List.of(
                            plain(one.split(":")[0], one.split(":")[1]),
                            plain(two.split(":")[0], two.split(":")[1])),
                    logins);
        }
    }

    /// One server under two next hops, each with its own login.
    @Test
    void aKeptSessionCarriesTheMailOfItsOwnNextHopOnly() throws IOException {
        try (ScriptedServer server = server()) {
            String other = "[localhost]:" + server.port();
            try (Hop hop =
                    hop(
                            "smtp_host_lookup",
                            "native",
                            "inet_protocols",
                            "ipv4",
                            "smtp_sasl_password_maps",
                            "inline:{{"
                                    + server.nexthop()
                                    + " = one:first}, {"
                                    + other
                                    + " = two:second}}")) {
                for (int i = 0; i < 2; i++) {
                    assertEquals(List.of(SENT), hop.deliver(server.nexthop(), Hop.Mail.to(1)));
                    assertEquals(
                            List.of(SENT.replace("127.0.0.1[", "localhost[")),
                            hop.deliver(other, Hop.Mail.to(1)));
                }
                assertEquals(2, server.connections());
                assertTrue(server.heard.contains(plain("one", "first")));
                assertTrue(server.heard.contains(plain("two", "second")));
            }
        }
    }

    /// One server that serves two domains, and one user at both: what he may send to one by his
    /// login is not the other's.
    @Test
    void aSessionThatIsLoggedInIsItsNextHopsThoughUserAndServerAreTheSame() throws IOException {
        try (ScriptedServer server = server();
                Hop hop = hop("smtp_sasl_password_maps", "static:user:Marked-Password-4")) {
            hop.hosts.put("mx.hop.example", Hop.found(List.of(InetAddress.getLoopbackAddress())));
            for (String domain : List.of("one.example", "two.example")) {
                hop.mx.put(domain, Hop.found(List.of(new Resolver.Mx(10, "mx.hop.example"))));
            }
            for (int i = 0; i < 2; i++) {
                hop.deliver("one.example:" + server.port(), Hop.Mail.to(1));
                hop.deliver("two.example:" + server.port(), Hop.Mail.to(1));
            }
            assertEquals(2, server.connections());
            assertEquals(4, server.bodies.size());
        }
    }

    @Test
    void whatIsKeptOfARefusalHasNoPasswordThoughTheServerRepeatsIt() throws IOException {
        try (ScriptedServer server = server("auth", "535 5.7.8 not Hush-Hush");
                Hop hop =
                        hop(
                                "smtp_sasl_auth_cache_name",
                                "proxy:btree:" + directory.resolve("repeated"),
                                "smtp_sasl_password_maps",
                                "static:user:Hush-Hush")) {
            for (int i = 0; i < 2; i++) {
                String out = hop.deliver(server.nexthop(), Hop.Mail.to(1)).getFirst();
                assertTrue(out.endsWith("said: 535 5.7.8 not [...])"), out);
            }
            String kept = Files.readString(directory.resolve("repeated.logins")).strip();
            String text = kept.substring(kept.lastIndexOf(' ') + 1);
            assertEquals("535 5.7.8 not [...]", new String(Base64.getDecoder().decode(text)));
        }
    }

    /// What TLS would allow counts within TLS only; a token is said as it is, like a password.
    @ParameterizedTest
    @CsvSource({"PLAIN", "LOGIN", "XOAUTH2", "OAUTHBEARER"})
    void inClearNothingIsSaidThatOthersCouldUse(String mechanism) throws IOException {
        Path file = directory.resolve("clear-token");
        Files.writeString(file, "{\"access_token\":\"t0ken\",\"expiry\":\"99999999999\"}");
        String secret = mechanism.contains("AUTH") ? file.toString() : "Marked-Password-4";
        try (ScriptedServer server = server("keywords", "AUTH " + mechanism);
                Hop hop =
                        hop(
                                "smtp_sasl_security_options",
                                "noplaintext, noanonymous",
                                "smtp_sasl_tls_security_options",
                                "noanonymous",
                                "smtp_sasl_password_maps",
                                "static:user:" + secret)) {
            String out = hop.deliver(server.nexthop(), Hop.Mail.to(1)).getFirst();
            assertTrue(out.startsWith("r1 deferred 4.7.0 "), out);
            assertTrue(out.contains("no mechanism available"), out);
            assertTrue(
                    server.heard.stream().noneMatch(l -> l.startsWith("AUTH")),
                    server.heard.toString());
        }
    }

    @Test
    void aServerThatDoesNotProveItselfGetsNoMailWhereThatIsAsked() throws IOException {
        try (ScriptedServer server =
                        server(
                                "keywords",
                                "AUTH DIGEST-MD5",
                                "auth",
                                "334 "
                                        + encoded(
                                                "nonce=\"abc\",realm=\"r\",qop=\"auth\",algorithm=md5-sess"));
                Hop hop =
                        hop(
                                "smtp_sasl_security_options",
                                "mutual_auth",
                                "smtp_sasl_password_maps",
                                "static:user:Marked-Password-4")) {
            assertEquals(
                    List.of(
                            "r1 deferred 4.7.0 127.0.0.1[127.0.0.1] (SASL authentication failed;"
                                    + " cannot authenticate to server 127.0.0.1[127.0.0.1]: server"
                                    + " failed mutual authentication step)"),
                    hop.deliver(server.nexthop(), Hop.Mail.to(1)));
        }
    }

    private static String encoded(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /// A long first response waits for the server's word (RFC 4954 4).
    @Test
    void aResponseThatIsTooLongForTheCommandFollowsIt() throws IOException {
        String password = "p".repeat(500);
        try (ScriptedServer server = server("auth", "334 ");
                Hop hop = hop("smtp_sasl_password_maps", "static:user:" + password)) {
            assertEquals(List.of(SENT), hop.deliver(server.nexthop(), Hop.Mail.to(1)));
            assertTrue(server.heard.contains("AUTH PLAIN"), server.heard.toString());
            assertTrue(server.heard.contains(encoded("\0user\0" + password)));
        }
        try (ScriptedServer server = server("auth", "334 bW9yZQ==");
                Hop hop = hop("smtp_sasl_password_maps", "static:user:" + password)) {
            String out = hop.deliver(server.nexthop(), Hop.Mail.to(1)).getFirst();
            assertTrue(out.contains("non-empty initial PLAIN challenge from server"), out);
        }
    }

    /// A server that asks on and on is left.
    @Test
    void anEndlessExchangeEnds() throws IOException {
        String[] script = new String[100];
        for (int i = 0; i < 50; i++) {
            script[2 * i] = i == 0 ? "auth" : "auth" + i;
            script[2 * i + 1] = "334 ";
        }
        try (ScriptedServer server = server(script);
                Hop hop = hop("smtp_sasl_password_maps", "static:user:Marked-Password-4")) {
            String out = hop.deliver(server.nexthop(), Hop.Mail.to(1)).getFirst();
            assertTrue(out.startsWith("r1 deferred 4.7.0 127.0.0.1[127.0.0.1] (SASL"), out);
        }
    }

    @Test
    void whatWasRefusedIsNotTriedAgain() throws IOException {
        String[] cache = {
            "smtp_sasl_auth_cache_name",
            "proxy:btree:" + directory.resolve("refused"),
            "smtp_sasl_password_maps",
            "static:user:Hush-Hush"
        };
        String cached =
                "r1 deferred 4.7.8 127.0.0.1[127.0.0.1] (SASL [CACHED] authentication failed;"
                        + " server 127.0.0.1 said: 535 5.7.8 no)";
        try (ScriptedServer server = server("auth", "535 5.7.8 no")) {
            try (Hop hop = hop(cache)) {
                assertEquals(List.of(REFUSED), hop.deliver(server.nexthop(), Hop.Mail.to(1)));
                assertEquals(List.of(cached), hop.deliver(server.nexthop(), Hop.Mail.to(1)));
            }
            // Nor by one that is started later.
            try (Hop hop = hop(cache)) {
                assertEquals(List.of(cached), hop.deliver(server.nexthop(), Hop.Mail.to(1)));
            }
            assertEquals(1, server.heard.stream().filter(l -> l.startsWith("AUTH")).count());
            cache[3] = "static:user:another";
            try (Hop hop = hop(cache)) {
                assertEquals(List.of(REFUSED), hop.deliver(server.nexthop(), Hop.Mail.to(1)));
            }
        }
        Path file = directory.resolve("refused.logins");
        String kept = Files.readString(file);
        assertFalse(kept.contains("Hush") || kept.contains("user"), kept);
        Files.writeString(file, kept.replaceAll("(?m)^([0-9a-f]+) [0-9]+", "$1 1000"));
        try (ScriptedServer server = server("auth", "535 5.7.8 no");
                Hop hop = hop(cache)) {
            assertEquals(List.of(REFUSED), hop.deliver(server.nexthop(), Hop.Mail.to(1)));
        }
        assertEquals(
                "rw-------",
                java.nio.file.attribute.PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(file)));
    }

    /// XOAUTH2 and OAUTHBEARER say the token of a file; a password of another server that begins
    /// with a slash is one.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "PLAIN XOAUTH2 OAUTHBEARER|AUTH XOAUTH2|user=me@x.example^auth=Bearer Tok^^",
                "OAUTHBEARER PLAIN|AUTH"
                        + " OAUTHBEARER|n,a=me@x.example,^host=127.0.0.1^port=PORT^auth=Bearer Tok^^",
                "PLAIN|AUTH PLAIN|~user~FILE"
            })
    void aTokenIsSaidWhereTheServerTakesTokens(String offered, String command, String said)
            throws IOException {
        Path file = directory.resolve("token");
        Files.writeString(
                file,
                "{\"access_token\":\"Tok\",\"expiry\":\"99999999999\",\"user\":\"me@x.example\"}");
        try (ScriptedServer server = server("keywords", "AUTH " + offered);
                Hop hop = hop("smtp_sasl_password_maps", "static:user:" + file)) {
            assertEquals(List.of(SENT), hop.deliver(server.nexthop(), Hop.Mail.to(1)));
            String wanted =
                    said.replace("^", "\1")
                            .replace("~", "\0")
                            .replace("PORT", "" + server.port())
                            .replace("FILE", file.toString());
            assertTrue(
                    server.heard.contains(command + " " + encoded(wanted)),
                    server.heard.toString());
        }
    }

    @Test
    void mailWaitsWhereThereIsNoToken() throws IOException {
        Path file = directory.resolve("none");
        try (ScriptedServer server = server("keywords", "AUTH XOAUTH2");
                Hop hop = hop("smtp_sasl_password_maps", "static:user:" + file)) {
            assertEquals(
                    List.of(
                            "r1 deferred 4.7.0 127.0.0.1[127.0.0.1] (SASL authentication failed;"
                                    + " cannot authenticate to server 127.0.0.1[127.0.0.1]: read "
                                    + file
                                    + ": No such file or directory)"),
                    hop.deliver(server.nexthop(), Hop.Mail.to(1)));
        }
    }

    /// What a server says of a token that it does not take comes before its refusal.
    @Test
    void aTokenThatIsNotTakenIsAnsweredAndRefused() throws IOException {
        Path file = directory.resolve("token");
        Files.writeString(file, "{\"access_token\":\"Tok\",\"expiry\":99999999999}");
        try (ScriptedServer server =
                        server(
                                "keywords",
                                "AUTH XOAUTH2",
                                "auth",
                                "334 " + encoded("{\"status\":\"400\"}"),
                                "auth1",
                                "535 5.7.8 no");
                Hop hop = hop("smtp_sasl_password_maps", "static:user:" + file)) {
            assertEquals(List.of(REFUSED), hop.deliver(server.nexthop(), Hop.Mail.to(1)));
            assertTrue(server.heard.contains(""), server.heard.toString());
        }
    }

    /// A cache that cannot be written costs a line of the log, and a login each time.
    @Test
    void aCacheThatCannotBeWrittenIsNone() throws IOException {
        try (ScriptedServer server = server("auth", "535 5.7.8 no");
                Hop hop =
                        hop(
                                "smtp_sasl_auth_cache_name",
                                "btree:" + directory.resolve("none/refused"),
                                "smtp_sasl_password_maps",
                                "static:user:Marked-Password-4")) {
            for (int i = 0; i < 2; i++) {
                assertEquals(List.of(REFUSED), hop.deliver(server.nexthop(), Hop.Mail.to(1)));
            }
            assertTrue(hop.log.toString().contains("none/refused.logins"), hop.log.toString());
        }
    }
}
