package org.postrider.smtp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postrider.config.ServiceSettings;
import org.postrider.dns.SystemResolver;
import org.postrider.io.Connection;
import org.postrider.io.Connector;
import org.postrider.io.Watchdog;
import org.postrider.log.LogTag;
import org.postrider.maps.TableDirectory;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;
import org.postrider.tls.TlsFixture;

/// Levels fingerprint, verify and secure beside servers with certificates of every kind: mail goes
/// to whom was meant and to nobody else.
class ClientVerifyTest {
    private static final String H = "127.0.0.1[127.0.0.1]";
    private static final String SENT = "r1 sent 2.0.0 " + H + " (250 2.0.0 Ok: queued as X1)";
    private static final String REFUSED =
            "r1 deferred 4.7.5 " + H + " (Server certificate not verified)";

    @TempDir static Path directory;

    /// Authorities `ca` and `other`; certificates `NAME.pem` with `NAME.key`, whose chain is sent.
    @BeforeAll
    static void makeKeys() throws Exception {
        for (String ca : List.of("ca", "other")) {
            openssl(
                    "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30"
                            + " -subj /O=Test/CN="
                            + ca
                            + " -keyout "
                            + ca
                            + ".key -out "
                            + ca
                            + ".pem");
        }
        issue("between", "ca", "basicConstraints=critical,CA:TRUE", "");
        issue("named", "ca", "subjectAltName=DNS:mx.hop.example", "");
        issue("address", "ca", "subjectAltName=IP:127.0.0.1", "");
        issue("wild", "ca", "subjectAltName=DNS:*.hop.example", "");
        issue("wide", "ca", "subjectAltName=DNS:*.example", "");
        issue("partly", "ca", "subjectAltName=DNS:m*.hop.example", "");
        issue("common", "ca", "basicConstraints=CA:FALSE", "/CN=mx.hop.example");
        issue("both", "ca", "subjectAltName=DNS:a.example", "/CN=mx.hop.example");
        issue("foreign", "other", "subjectAltName=DNS:mx.hop.example", "");
        issue(
                "forclients",
                "ca",
                "subjectAltName=DNS:mx.hop.example\\nextendedKeyUsage=clientAuth",
                "");
        issue("deep", "between", "subjectAltName=DNS:mx.hop.example", "");
        issue("short", "between", "subjectAltName=DNS:mx.hop.example", "");
        issue("long", "ca", "subjectAltName=DNS:" + "a".repeat(400) + ".example", "");
        issue("bynobody", "named", "subjectAltName=DNS:mx.hop.example", "");
        openssl(
                "req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=mx.hop.example -addext"
                        + " subjectAltName=DNS:mx.hop.example -keyout self.key -out self.pem");
        openssl(
                "x509 -req -in named.csr -CA ca.pem -CAkey ca.key -set_serial 9 -days -1 -extfile"
                        + " named.ext -out past.pem");
        Files.copy(directory.resolve("named.key"), directory.resolve("past.key"));
        openssl("x509 -in between.pem -noout -pubkey > between.pub");
        for (String leaf : List.of("deep", "bynobody")) {
            Path file = directory.resolve(leaf + ".pem");
            String above = leaf.equals("deep") ? "between.pem" : "named.pem";
            Files.writeString(
                    file, Files.readString(file) + Files.readString(directory.resolve(above)));
        }
    }

    private static void openssl(String arguments) throws IOException, InterruptedException {
        TlsFixture.openssl(directory, arguments);
    }

    private static void issue(String name, String by, String extensions, String subject)
            throws IOException, InterruptedException {
        openssl(
                "req -newkey rsa:2048 -nodes -subj "
                        + (subject.isEmpty() ? "/O=Test/OU=" + name : subject)
                        + " -keyout "
                        + name
                        + ".key -out "
                        + name
                        + ".csr");
        Files.writeString(directory.resolve(name + ".ext"), extensions.replace("\\n", "\n") + "\n");
        openssl(
                "x509 -req -in "
                        + name
                        + ".csr -CA "
                        + by
                        + ".pem -CAkey "
                        + by
                        + ".key -set_serial 7 -days 30 -extfile "
                        + name
                        + ".ext -out "
                        + name
                        + ".pem");
    }

    private static ScriptedServer server(String certificate) throws Exception {
        return new ScriptedServer(
                List.of(Map.of("keywords", "PIPELINING,STARTTLS")),
                TlsFixture.serving(directory, certificate));
    }

    /// RFC 8689: only a server that has proved itself and passes the demand on gets such mail, and
    /// is told of it.
    @ParameterizedTest
    @CsvSource({
        "secure, REQUIRETLS, sent 2.0.0",
        "secure, DSN, bounced 5.7.30",
        "verify, REQUIRETLS, bounced 5.7.30",
        "encrypt, REQUIRETLS, bounced 5.7.30",
        "may, REQUIRETLS, bounced 5.7.30"
    })
    void mailThatRequiresTlsGoesToWhomItMay(String level, String keyword, String outcome)
            throws Exception {
        try (ScriptedServer server =
                        new ScriptedServer(
                                List.of(Map.of("keywords", "STARTTLS", "tlskeywords", keyword)),
                                TlsFixture.serving(directory, "named"));
                Hop hop =
                        new Hop(
                                "smtp_tls_security_level",
                                level,
                                "smtp_tls_CAfile",
                                directory.resolve("ca.pem").toString(),
                                "smtp_tls_verify_cert_match",
                                "mx.hop.example",
                                "smtp_tls_secure_cert_match",
                                "mx.hop.example",
                                "smtp_requiretls_policy",
                                "enforce")) {
            String nexthop = "127.0.0.1:" + server.port();
            Hop.Mail mail = Hop.Mail.to(1, "hello\r\n", Map.of("requiretls", "yes"));
            String out = hop.deliver(nexthop, mail).getFirst();
            assertTrue(out.startsWith("r1 " + outcome), out);
            assertEquals(
                    outcome.startsWith("sent"),
                    server.heard.stream().anyMatch(l -> l.matches("MAIL FROM:.* REQUIRETLS")),
                    server.heard::toString);
        }
    }

    private static String fingerprint(String certificate, String digest, boolean key)
            throws Exception {
        X509Certificate made =
                (X509Certificate)
                        CertificateFactory.getInstance("X.509")
                                .generateCertificate(
                                        new ByteArrayInputStream(
                                                Files.readAllBytes(
                                                        directory.resolve(certificate + ".pem"))));
        byte[] octets = key ? made.getPublicKey().getEncoded() : made.getEncoded();
        return HexFormat.ofDelimiter(":")
                .formatHex(MessageDigest.getInstance(digest).digest(octets));
    }

    private static Hop hop(String level, String trust, String names, String... more) {
        List<String> settings =
                new ArrayList<>(
                        List.of(
                                "smtp_tls_security_level",
                                level,
                                "smtp_tls_loglevel",
                                "1",
                                "smtp_tls_" + level + "_cert_match",
                                names));
        for (String each : trust.split(" ")) {
            String parameter = each.startsWith("ta:") ? "trust_anchor_file" : "CAfile";
            if (!each.equals("-")) {
                settings.add("smtp_tls_" + parameter);
                settings.add(directory.resolve(each.replace("ta:", "")).toString());
            }
        }
        settings.addAll(List.of(more));
        return new Hop(settings.toArray(new String[0]));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    named      | ca.pem         | mx.hop.example             | Verified
                    named      | ca.pem         | MX.hop.EXAMPLE             | Verified
                    named      | ca.pem         | a.example, mx.hop.example  | Verified
                    named      | ca.pem         | .hop.example               | Verified
                    named      | ca.pem         | .example                   | Verified
                    named      | ca.pem         | hop.example                | num=62:hostname mismatch
                    named      | ca.pem         | .mx.hop.example            | num=62:hostname mismatch
                    named      | ca.pem         | hostname                   | num=64:IP address mismatch
                    named      | ca.pem         | .                          | num=1:unspecified certificate verification error
                    address    | ca.pem         | hostname                   | Verified
                    address    | ca.pem         | 127.0.0.2                  | num=64:IP address mismatch
                    address    | ca.pem         | 127.0.0.1, mx.hop.example  | num=62:hostname mismatch
                    wild       | ca.pem         | mx.hop.example             | Verified
                    wild       | ca.pem         | hop.example                | num=62:hostname mismatch
                    wild       | ca.pem         | a.mx.hop.example           | num=62:hostname mismatch
                    wild       | ca.pem         | .hop.example               | Verified
                    wide       | ca.pem         | hop.example                | num=62:hostname mismatch
                    partly     | ca.pem         | mx.hop.example             | num=62:hostname mismatch
                    common     | ca.pem         | mx.hop.example             | Verified
                    both       | ca.pem         | mx.hop.example             | num=62:hostname mismatch
                    both       | ca.pem         | a.example                  | Verified
                    foreign    | ca.pem         | mx.hop.example             | untrusted issuer /O=Test/CN=other
                    foreign    | -              | mx.hop.example             | untrusted issuer /O=Test/CN=other
                    foreign    | other.pem      | mx.hop.example             | Verified
                    self       | ca.pem         | mx.hop.example             | self-signed certificate
                    self       | self.pem       | mx.hop.example             | Verified
                    past       | ca.pem         | mx.hop.example             | certificate has expired
                    forclients | ca.pem         | mx.hop.example             | not designated for use as a server certificate
                    deep       | ca.pem         | mx.hop.example             | Verified
                    short      | ca.pem         | mx.hop.example             | untrusted issuer /O=Test/OU=between
                    bynobody   | ca.pem         | mx.hop.example             | num=79:invalid CA certificate
                    deep       | between.pem    | mx.hop.example             | untrusted issuer /O=Test/CN=ca
                    deep       | ta:between.pem | mx.hop.example             | Verified
                    deep       | ta:between.pub | mx.hop.example             | Verified
                    short      | ta:between.pem | mx.hop.example             | Verified
                    short      | ta:between.pub | mx.hop.example             | Verified
                    short      | ta:between.pem | a.example                  | num=62:hostname mismatch
                    named      | ta:named.pem   | mx.hop.example             | Verified
                    named      | ta:named.pem   | a.example                  | num=62:hostname mismatch
                    named      | ta:between.pem | mx.hop.example             | num=65:no matching DANE TLSA records
                    named      | ca.pem ta:between.pem | mx.hop.example      | num=65:no matching DANE TLSA records
                    foreign    | ta:ca.pem      | mx.hop.example             | num=65:no matching DANE TLSA records
                    """)
    void namesAndAuthorities(String certificate, String trust, String names, String what)
            throws Exception {
        for (String level : List.of("verify", "secure")) {
            try (Hop hop = hop(level, trust, names);
                    ScriptedServer server = server(certificate)) {
                boolean verified = "Verified".equals(what);
                assertEquals(
                        List.of(verified ? SENT : REFUSED),
                        hop.deliver(server.nexthop(), Hop.Mail.to(1)),
                        hop.log.toString());
                assertEquals(verified ? 1 : 0, server.bodies.size());
                assertEquals(List.of("EHLO mx.twin.example", "STARTTLS"), server.heardInClear);
                String line =
                        verified
                                ? "Verified TLS connection established to " + H + ":PORT: TLSv1.3"
                                : "certificate verification failed for "
                                        + H
                                        + ":PORT: "
                                        + (what == null ? "" : what);
                assertTrue(hop.log.stream().anyMatch(l -> l.contains(line)), hop.log.toString());
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "self, SHA-256, sha256, false, true",
        "self, SHA-256, sha256, true, true",
        "past, MD5, md5, false, true",
        "deep, SHA-1, sha1, true, true",
        "named, SHA-256, md5, false, false",
        "named, SHA-256, sha256, false, true"
    })
    void fingerprints(String certificate, String digest, String set, boolean key, boolean verified)
            throws Exception {
        String all = "00:11, " + fingerprint(certificate, digest, key);
        try (Hop hop = hop("fingerprint", "-", all, "smtp_tls_fingerprint_digest", set);
                ScriptedServer server = server(certificate);
                ScriptedServer other = server("foreign")) {
            assertEquals(
                    List.of(verified ? SENT : REFUSED),
                    hop.deliver(server.nexthop(), Hop.Mail.to(1)));
            assertEquals(List.of(REFUSED), hop.deliver(other.nexthop(), Hop.Mail.to(1)));
            assertEquals(List.of(), other.bodies);
        }
    }

    /// The next server is tried, and who it is is asked anew.
    @Test
    void afterAServerThatIsNotVerifiedTheNextOneIsAsked() throws Exception {
        try (Hop hop = hop("secure", "ca.pem", "mx.hop.example");
                ScriptedServer wrong = server("foreign");
                ScriptedServer right = server("named")) {
            assertEquals(
                    List.of(SENT),
                    hop.deliver(wrong.nexthop() + ", " + right.nexthop(), Hop.Mail.to(1)));
            assertEquals(List.of(), wrong.bodies);
            // Which is not waited for: the reply to it may find nobody.
            assertTrue(wrong.peerGone());
            assertTrue(wrong.heard.contains("QUIT"), wrong.heard::toString);
        }
    }

    /// A session that is verified for one next hop carries no other's mail, though the server and
    /// every setting are the same.
    @Test
    void aVerifiedSessionIsItsDestinationsOnly() throws Exception {
        try (Hop hop =
                        hop(
                                "verify",
                                "ca.pem",
                                "mx.hop.example",
                                "smtp_tls_connection_reuse",
                                "yes");
                ScriptedServer server = server("named")) {
            assertEquals(List.of(SENT), hop.deliver(server.nexthop(), Hop.Mail.to(1)));
            hop.deliver(server.nexthop(), Hop.Mail.to(1));
            assertEquals(1, server.connections());
            assertEquals(List.of(SENT), hop.deliver("127.0.0.1:" + server.port(), Hop.Mail.to(1)));
            assertEquals(2, server.connections());
        }
    }

    /// The same for what a table asks: who must prove more does not go over who proved less.
    @Test
    void aSessionOfOnePolicyServesNoOther() throws Exception {
        Map<String, String> first = new HashMap<>();
        try (ScriptedServer server = server("foreign")) {
            first.put("[127.0.0.1]:" + server.port(), "encrypt connection_reuse=yes");
            first.put(
                    "127.0.0.1:" + server.port(),
                    "secure match=mx.hop.example connection_reuse=yes");
            StringBuilder table = new StringBuilder("inline:{");
            first.forEach(
                    (k, v) -> table.append("{").append(k).append(" = ").append(v).append("},"));
            try (Hop hop =
                    hop(
                            "may",
                            "ca.pem",
                            "",
                            "smtp_tls_policy_maps",
                            table.append("}").toString())) {
                assertEquals(
                        List.of(SENT), hop.deliver("[127.0.0.1]:" + server.port(), Hop.Mail.to(1)));
                assertEquals(
                        List.of(REFUSED),
                        hop.deliver("127.0.0.1:" + server.port(), Hop.Mail.to(1)));
                assertEquals(2, server.connections());
                assertEquals(1, server.bodies.size());
            }
        }
    }

    /// A server that asks for a certificate gets ours, of the kind that it takes.
    @ParameterizedTest
    @CsvSource({"pairs", "chain", "none"})
    void ourOwnCertificateIsShown(String how) throws Exception {
        Files.writeString(
                directory.resolve("chain.pem"),
                Files.readString(directory.resolve("deep.key"))
                        + Files.readString(directory.resolve("deep.pem")));
        List<String> own =
                switch (how) {
                    case "pairs" ->
                            List.of(
                                    "smtp_tls_cert_file",
                                    directory.resolve("deep.pem").toString(),
                                    "smtp_tls_key_file",
                                    directory.resolve("deep.key").toString());
                    case "chain" ->
                            List.of(
                                    "smtp_tls_chain_files",
                                    directory.resolve("chain.pem").toString());
                    default -> List.of();
                };
        try (Hop hop = hop("verify", "ca.pem", "mx.hop.example", own.toArray(new String[0]));
                ScriptedServer server =
                        new ScriptedServer(
                                List.of(Map.of("keywords", "STARTTLS", "asks", "yes")),
                                TlsFixture.serving(directory, "named"))) {
            assertEquals(List.of(SENT), hop.deliver(server.nexthop(), Hop.Mail.to(1)));
            assertEquals(
                    how.equals("none") ? List.of() : List.of("OU=deep,O=Test", "OU=between,O=Test"),
                    server.shown);
        }
    }

    private static String told(String certificate, String... settings) throws Exception {
        try (ScriptedServer server = server(certificate)) {
            return told(server, settings);
        }
    }

    private static String told(ScriptedServer server, String... settings) {
        return told(server, c -> c, settings);
    }

    private static String told(
            ScriptedServer server, UnaryOperator<Connector> seen, String... settings) {
        Map<String, String> own = new HashMap<>();
        own.put("smtp_tls_CAfile", directory.resolve("ca.pem").toString());
        for (int i = 0; i < settings.length; i += 2) {
            own.put(settings[i], settings[i + 1]);
        }
        StringBuilder out = new StringBuilder();
        Clock clock = Clock.system();
        LogTag tag = new LogTag("postfix/smtp", 1);
        try (TableDirectory tables = new TableDirectory(clock, "hash");
                Watchdog watchdog = new Watchdog(clock, Supervisor.alone())) {
            Foretold.unverified(
                            new ClientSettings(ServiceSettings.none().with(own), Protocol.SMTP),
                            tables,
                            server.nexthop(),
                            H + ":" + server.port(),
                            new Foretold.Means(
                                    new SystemResolver(Path.of("none"), 53, clock),
                                    Set.of(),
                                    clock,
                                    (_, event) -> out.append(event.line()).append('\n'),
                                    tag),
                            seen.apply(Connector.sockets(watchdog)))
                    .forEach(each ->
                            out.append(each.text().replace(":" + server.port(), ":PORT"))
                                    .append(" ")
                                    .append(each.parameters())
                                    .append('\n'));
            assertEquals(List.of(), server.bodies);
        }
        return out.toString()
                .replace(directory.toString(), "")
                .replaceAll("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d UTC", "DATE");
    }

    /// What is told of a server that is not verified: what the log says, its certificate, what was
    /// wanted and which parameters say so.
    @Test
    void whatIsWrongIsToldWithTheParametersThatSaySo() throws Exception {
        String secure =
                "level secure: the server has to prove who it is [smtp_tls_security_level]\n";
        String fault = "certificate verification failed for " + H + ":PORT: ";
        String shown = "certificate: /O=Test/OU=%s, for mx.hop.example, issued by /O=Test/CN=%s,";
        String valid = " valid from DATE to DATE []\n";
        String believed = "believed authorities: those of /ca.pem [smtp_tls_CAfile]\n";
        String wanted = "wanted: a certificate for %s [smtp_tls_secure_cert_match]\n";
        String[] named = {
            "smtp_tls_security_level", "secure", "smtp_tls_secure_cert_match", "mx.hop.example"
        };
        assertEquals(
                secure
                        + fault
                        + "untrusted issuer /O=Test/CN=other []\n"
                        + shown.formatted("foreign", "other")
                        + valid
                        + believed
                        + wanted.formatted("mx.hop.example"),
                told("foreign", named));
        String past = told("past", named);
        assertTrue(past.contains("certificate has expired []\n"), past);
        assertTrue(past.contains("expired since DATE: /O=Test/OU=named []\n"), past);
        assertEquals(
                secure
                        + ("server " + fault)
                        + "num=62:hostname mismatch []\n"
                        + shown.formatted("named", "ca")
                        + valid
                        + believed
                        + wanted.formatted("a.example, any host below b.example"),
                told(
                        "named",
                        "smtp_tls_security_level",
                        "secure",
                        "smtp_tls_secure_cert_match",
                        "a.example, .b.example"));
        String none = told("named", "smtp_tls_security_level", "verify", "smtp_tls_CAfile", "");
        assertTrue(
                none.contains(
                        "believed authorities: none [smtp_tls_CAfile, smtp_tls_CApath,"
                                + " tls_append_default_CA]\n"),
                none);
        assertTrue(none.contains("[smtp_tls_verify_cert_match]"), none);
        String table =
                told(
                        "named",
                        "smtp_tls_policy_maps",
                        "static:{fingerprint match=3D:95:34:51}",
                        "smtp_tls_fingerprint_digest",
                        "sha256");
        assertTrue(table.startsWith("level fingerprint: the server has to prove"), table);
        assertTrue(table.contains("who it is [smtp_tls_policy_maps]\n"), table);
        assertTrue(table.contains("its fingerprints: "), table);
        assertTrue(
                table.contains(
                        "wanted: one of the fingerprints 3D:95:34:51"
                                + " [smtp_tls_fingerprint_cert_match, smtp_tls_policy_maps]\n"),
                table);
        assertTrue(told("named", named).endsWith("it is verified now []\n"));
        assertTrue(told("named").contains("which wants no proof"));
    }

    /// What there is to tell is told, whenever the server breaks off.
    @ParameterizedTest
    @CsvSource({
        "banner, CLOSE, lost connection while reading server greeting",
        "ehlo, CLOSE, lost connection while sending EHLO",
        "starttls, CLOSE, lost connection while sending STARTTLS",
        "starttls, RST, lost connection while sending STARTTLS",
        "starttls, 454 4.7.0 not now, STARTTLS rejected: 454 4.7.0 not now",
        "gone, yes, lost connection"
    })
    void aServerThatBreaksOffIsToldOf(String stage, String act, String wanted) throws Exception {
        try (ScriptedServer server =
                new ScriptedServer(
                        List.of(Map.of("keywords", "STARTTLS", stage, act)),
                        TlsFixture.serving(directory, "named"))) {
            String said =
                    told(
                            server,
                            "smtp_tls_security_level",
                            "secure",
                            "smtp_tls_secure_cert_match",
                            "a.example");
            assertTrue(said.contains(wanted), said);
            assertTrue(said.contains("wanted: a certificate for a.example ["), said);
        }
    }

    @Test
    void ofALongNameTheBeginningIsShown() throws Exception {
        String said = told("long", "smtp_tls_security_level", "secure");
        assertTrue(said.contains(", for " + "a".repeat(255) + ", issued by "), said);
    }

    /// Postfix's own limits are minutes: nobody who asks waits for them.
    @Test
    void noStepTakesLong() throws Exception {
        List<Long> limits = new ArrayList<>();
        try (ScriptedServer server = server("named")) {
            told(
                    server,
                    real ->
                            (to, from, millis) -> {
                                limits.add(millis);
                                return timed(real.connect(to, from, millis), limits);
                            },
                    "smtp_tls_security_level",
                    "secure");
        }
        assertTrue(limits.size() > 3, limits.toString());
        assertTrue(limits.stream().allMatch(n -> n > 0 && n <= 10_000), limits.toString());
    }

    /// A connection whose limits are written down.
    private static Connection timed(Connection real, List<Long> limits) {
        return (Connection)
                Proxy.newProxyInstance(
                        ClientVerifyTest.class.getClassLoader(),
                        new Class<?>[] {Connection.class},
                        (_, method, arguments) -> {
                            if (method.getName().equals("deadline")) {
                                limits.add((Long) arguments[0]);
                            }
                            try {
                                return method.invoke(real, arguments);
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        });
    }

    /// Who is gone is told of.
    @Test
    void aServerThatCannotBeAskedIsToldOf() throws Exception {
        Clock clock = Clock.system();
        // A port that is taken and not listened at: nobody else gets it meanwhile.
        try (Socket gone = new Socket();
                Watchdog watchdog = new Watchdog(clock, Supervisor.alone())) {
            gone.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            List<Foretold.Finding> found =
                    Foretold.unverified(
                            new ClientSettings(
                                    ServiceSettings.none()
                                            .with(Map.of("smtp_tls_security_level", "secure")),
                                    Protocol.SMTP),
                            new TableDirectory(clock, "hash"),
                            "[127.0.0.1]:" + gone.getLocalPort(),
                            H + ":" + gone.getLocalPort(),
                            new Foretold.Means(
                                    new SystemResolver(Path.of("none"), 53, clock),
                                    Set.of(),
                                    clock,
                                    (_, _) -> {},
                                    new LogTag("postfix/smtp", 1)),
                            Connector.sockets(watchdog));
            assertTrue(
                    found.stream().anyMatch(each -> each.text().startsWith("it cannot be asked: ")),
                    found.toString());
        }
    }
}
