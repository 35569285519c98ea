package org.postrider.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.address.Address;
import org.postrider.authentication.Authentication;
import org.postrider.config.Catalogue;
import org.postrider.config.MainCf;
import org.postrider.config.ServiceSettings;
import org.postrider.dns.SystemResolver;
import org.postrider.io.Connector;
import org.postrider.io.Watchdog;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;

/// check_policy_service beside a server over a real socket: what it is told, over which connection,
/// and what hostile answers come to. The same beside real Postfix is policyservice.case.
class PolicyServerTest {
    @TempDir Path temp;

    private final Supervisor threads = Supervisor.alone();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final AtomicInteger connections = new AtomicInteger();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private Watchdog watchdog;
    private ServerSocket server;
    private PolicyServices services;

    /// The answer to the nth request of a connection, as octets; null hangs up.
    private BiFunction<Integer, String, String> answer = (n, request) -> "action=DUNNO\n\n";

    private long nanos;

    @BeforeEach
    void listen() throws IOException {
        watchdog = new Watchdog(Clock.system(), threads);
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Clock clock =
                new Clock() {
                    @Override
                    public long wallMillis() {
                        return System.currentTimeMillis();
                    }

                    @Override
                    public long nanos() {
                        return nanos;
                    }
                };
        services = new PolicyServices(Connector.sockets(watchdog), threads, clock);
        Thread.ofVirtual().start(this::accept);
    }

    @AfterEach
    void close() throws IOException {
        services.close();
        server.close();
        for (Socket each : sockets) {
            each.close();
        }
        watchdog.close();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                sockets.add(socket);
                connections.incrementAndGet();
                Thread.ofVirtual().start(() -> serve(socket));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            BufferedReader in =
                    new BufferedReader(
                            new InputStreamReader(
                                    socket.getInputStream(), StandardCharsets.ISO_8859_1));
            StringBuilder request = new StringBuilder();
            int n = 0;
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (!line.isEmpty()) {
                    request.append(line).append('\n');
                    continue;
                }
                requests.add(request.toString());
                String said = answer.apply(++n, request.toString());
                request.setLength(0);
                if (said == null) {
                    return;
                }
                socket.getOutputStream().write(said.getBytes(StandardCharsets.ISO_8859_1));
            }
        } catch (IOException e) {
            // the other end has gone
        }
    }

    private Doors doors(String options) throws IOException {
        return new Doors(
                temp,
                "smtpd_recipient_restrictions = check_policy_service { inet:127.0.0.1:"
                        + server.getLocalPort()
                        + ", retry_delay=1s"
                        + options
                        + " }\n",
                new Capabilities(true, true, false),
                services);
    }

    private static String said(Decision decision) {
        return decision.refusal() == null ? "passes" : decision.refusal().line();
    }

    private static List<String> warnings(Decision decision) {
        List<String> out = new ArrayList<>();
        for (Effect each : decision.effects()) {
            if (each instanceof LogLine.Warning(String text)) {
                out.add(text.replaceAll("127.0.0.1:[0-9]+", "SERVER"));
            }
        }
        return out;
    }

    private static final String PROBLEM =
            "451 4.3.5 <known@own.example>: Recipient address rejected: Server configuration"
                    + " problem";

    /// Of a mail that is checked, and of no other: the test above has all of one that is not.
    @Test
    void aCheckedMailHasAttributesOfOurOwn() throws IOException {
        Doors doors = doors(", policy_context=here");
        Path main = temp.resolve("checks.cf");
        Authentication checks =
                Authentication.of(
                        ServiceSettings.of(
                                MainCf.read(
                                        Files.writeString(
                                                main, "authentication_checks = iprev spf dmarc\n")),
                                Catalogue.load(),
                                Map.of("myhostname", "mx.own.example")),
                        new Authentication.Means(
                                new SystemResolver(temp.resolve("none"), 1, Clock.system()),
                                null,
                                Clock.system()));
        assertNotNull(checks);
        Someone someone = doors.writing();
        someone.with(checks.mail(someone.client(), "", Address.NULL));
        doors.access.decide(Stage.RECIPIENT, someone);
        String request = requests.getLast();
        assertEquals(
                """
                auth_iprev=pass
                auth_spf=none
                auth_spf_domain=
                auth_spf_helo=none
                auth_dkim=
                auth_dkim_domains=
                auth_arc=
                auth_dmarc=
                auth_dmarc_domain=
                auth_dmarc_policy=
                auth_results=
                """,
                request.substring(request.indexOf("auth_iprev=")));
    }

    @Test
    void theRequestHasEveryAttributeOfPostfixInItsOrder() throws IOException {
        doors(", policy_context=here").access.decide(Stage.RECIPIENT, doors("").writing());
        assertEquals(
                """
                request=smtpd_access_policy
                protocol_state=
                protocol_name=SMTP
                client_address=192.0.2.1
                client_name=client.example
                client_port=25
                reverse_client_name=client.example
                server_address=
                server_port=
                helo_name=client.example
                sender=a@there.example
                recipient=known@own.example
                recipient_count=0
                queue_id=
                instance=
                size=0
                etrn_domain=
                stress=
                sasl_method=
                sasl_username=
                sasl_sender=
                ccert_subject=
                ccert_issuer=
                ccert_fingerprint=
                ccert_pubkey_fingerprint=
                encryption_protocol=
                encryption_cipher=
                encryption_keysize=0
                tls_sni=
                policy_context=here
                compatibility_level=3.6
                mail_version=%s
                """
                        .formatted(doors("").settings.text("mail_version")),
                requests.getFirst());
    }

    @Test
    void aLineEndInAValueDoesNotEndItsLine() throws IOException {
        Doors doors = doors("");
        doors.access.decide(
                Stage.RECIPIENT, doors.writing().with("helo=a\n\nrequest=other\naction=OK"));
        assertEquals(1, requests.size());
        assertTrue(
                requests.getFirst().contains("\nhelo_name=a??request=other?action=OK\n"),
                requests.getFirst());
    }

    @Test
    void anAnswerLargerThanItMayBeIsNone() throws IOException {
        answer = (n, request) -> "action=DUNNO " + "x".repeat(1 << 20) + "\n\n";
        Doors doors = doors(", try_limit=1");
        Decision decision = doors.access.decide(Stage.RECIPIENT, doors.writing());
        assertEquals(PROBLEM, said(decision));
        assertEquals(
                List.of(
                        "string length > 65536 characters from SERVER while reading input"
                                + " attribute value",
                        "problem talking to server SERVER: Application error"),
                warnings(decision));
    }

    @Test
    void endlessAttributesAreNoAnswer() throws IOException {
        answer = (n, request) -> "action=OK\n" + "x=y\n".repeat(1 << 18);
        Doors doors = doors(", try_limit=1");
        assertEquals(PROBLEM, said(doors.access.decide(Stage.RECIPIENT, doors.writing())));
    }

    @Test
    void whatCameBehindAnAnswerIsNotTheNextOne() throws IOException {
        answer = (n, request) -> "action=DUNNO\n\naction=OK\n\n";
        Doors doors = doors("");
        for (int i = 0; i < 3; i++) {
            assertEquals("passes", said(doors.access.decide(Stage.RECIPIENT, doors.writing())));
        }
        assertEquals(3, connections.get());
        assertEquals(3, requests.size());
    }

    @Test
    void aServerThatHangsUpAfterEachAnswerIsAskedAnewWithoutDelay() throws IOException {
        answer = (n, request) -> n == 1 ? "action=REJECT " + n + "\n\n" : null;
        Doors doors = doors(", request_limit=1, try_limit=1");
        for (int i = 0; i < 3; i++) {
            Decision decision = doors.access.decide(Stage.RECIPIENT, doors.writing());
            assertTrue(said(decision).endsWith("rejected: 1"), said(decision));
        }
        assertEquals(3, connections.get());
    }

    @Test
    void connectionsAreKeptForTheNextSessionUntilTheirTimeIsOver() throws IOException {
        Doors doors = doors(", max_idle=10s, max_ttl=25s");
        for (int second = 0; second <= 24; second += 8) {
            nanos = second * 1_000_000_000L;
            doors.access.decide(Stage.RECIPIENT, doors.writing());
        }
        assertEquals(1, connections.get());
        nanos = 26_000_000_000L;
        doors.access.decide(Stage.RECIPIENT, doors.writing());
        assertEquals(2, connections.get(), "max_ttl");
        nanos = 37_000_000_000L;
        doors.access.decide(Stage.RECIPIENT, doors.writing());
        assertEquals(3, connections.get(), "max_idle");
    }

    @Test
    void whatIsAskedAboutOneMailGoesOverOneConnectionAndNothingElseInBetween() throws IOException {
        Doors doors = doors("");
        Someone first = doors.writing();
        Someone second = doors.writing();
        try (PolicyLease one = new PolicyLease();
                PolicyLease two = new PolicyLease()) {
            first.with(one);
            second.with(two);
            for (int i = 0; i < 3; i++) {
                doors.access.decide(Stage.RECIPIENT, first);
                doors.access.decide(Stage.RECIPIENT, second);
            }
            assertEquals(2, connections.get());
            assertEquals(0, services.waiting());
        }
        assertEquals(2, services.waiting());
        doors.access.decide(Stage.RECIPIENT, doors.writing());
        assertEquals(2, connections.get());
    }

    @Test
    void aGenerationThatIsOverKeepsNoConnection() throws IOException {
        Doors doors = doors("");
        try (PolicyLease lease = new PolicyLease()) {
            doors.access.decide(Stage.RECIPIENT, doors.writing().with(lease));
            services.close();
            assertEquals(
                    "passes",
                    said(doors.access.decide(Stage.RECIPIENT, doors.writing().with(lease))));
        }
        assertEquals(0, services.waiting());
        assertEquals(1, connections.get());
    }

    @Test
    void aServerThatSaysNothingIsLeftInTime() throws IOException {
        answer = (n, request) -> "";
        Doors doors = doors(", timeout=1s, try_limit=1, default_action=DUNNO");
        Decision decision = doors.access.decide(Stage.RECIPIENT, doors.writing());
        assertEquals("passes", said(decision));
        assertEquals(
                List.of("problem talking to server SERVER: Connection timed out"),
                warnings(decision));
        assertFalse(services.waiting() > 0);
    }

    @Test
    void aServerThatComesBackIsAskedAgain() throws IOException {
        answer = (n, request) -> requests.size() == 1 ? null : "action=REJECT back\n\n";
        Doors doors = doors("");
        Decision decision = doors.access.decide(Stage.RECIPIENT, doors.writing());
        assertTrue(said(decision).endsWith("rejected: back"), said(decision));
        assertEquals(List.of(), warnings(decision));
    }

    @Test
    void whatAnArgumentSaysWrongIsNamedBeforeMailComes() throws IOException {
        for (String option :
                List.of(
                        "timeout=soon",
                        "try_limit=0",
                        "request_limit=-1",
                        "max_idle=x",
                        "max_ttl=x",
                        "patience=1s")) {
            Doors doors = doors(", " + option);
            List<RestrictionChecks.Fault> faults = RestrictionChecks.of(doors.settings);
            assertEquals(1, faults.size(), option);
            assertEquals("smtpd_recipient_restrictions", faults.getFirst().parameter());
            Decision decision = doors.access.decide(Stage.RECIPIENT, doors.writing());
            assertEquals("451 4.3.5 Server configuration error", said(decision), option);
        }
        assertEquals(List.of(), RestrictionChecks.of(doors("").settings));
    }
}
