package org.postrider.tlsrpt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postrider.config.ServiceSettings;
import org.postrider.disk.RealDisk;
import org.postrider.https.HttpsClient;
import org.postrider.https.WebServer;
import org.postrider.io.Connector;
import org.postrider.io.Watchdog;
import org.postrider.report.DailyReports;
import org.postrider.report.Reporter;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;

/// Reports that go by HTTPS (RFC 8460 5.4), to a server that does what a test has it do.
class ReportsOverHttpsTest {
    @TempDir static Path keys;
    @TempDir Path directory;
    private final Watchdog watchdog = new Watchdog(Clock.system(), Supervisor.alone());
    private WebServer server;
    private Desk desk;
    private Duration whole = Duration.ofSeconds(20);

    @BeforeAll
    static void makeKeys() throws Exception {
        WebServer.authority(keys);
        WebServer.certificate(keys, "good", "DNS:r.example", 30);
    }

    @BeforeEach
    void start() throws Exception {
        server = new WebServer(keys, "good");
        desk = new Desk(directory);
        HttpsClient https =
                new HttpsClient(
                        Connector.sockets(watchdog),
                        host -> List.of(InetAddress.getLoopbackAddress()),
                        Clock.system());
        String authorities = keys.resolve("ca.pem").toString();
        desk.poster = (to, zipped) -> SavedReports.post(https, whole, to, zipped, authorities);
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
        watchdog.close();
    }

    private void aDay(String host, int port) {
        desk.wants("d.example", "v=TLSRPTv1; rua=https://" + host + ":" + port + "/v1/reports");
        desk.took("d.example", Desk.STS, null, "mx1.d.example", 3);
        desk.until("2026-11-29T04:00:00Z");
    }

    /// A stranger's record has no report go to this machine.
    @Test
    void addressesThatOnlyThisMachineReachesAreNone() throws Exception {
        List<InetAddress> all = new java.util.ArrayList<>();
        for (String each :
                List.of("127.0.0.1", "::1", "0.0.0.0", "169.254.1.1", "fe80::1", "224.0.0.1")) {
            all.add(InetAddress.ofLiteral(each));
        }
        assertEquals(List.of(), SavedReports.outside(all));
        InetAddress other = InetAddress.ofLiteral("192.0.2.1");
        all.add(other);
        assertEquals(List.of(other), SavedReports.outside(all));
    }

    @Test
    void twoMailSystemsDoNotCountInOneDirectory() throws Exception {
        List<String> said = new java.util.ArrayList<>();
        try (SavedReports one = saved(said);
                SavedReports two = saved(said)) {
            assertTrue(one.results().wanted());
            assertEquals(TlsResults.NONE, two.results());
            assertEquals(
                    List.of(
                            "reports on TLS: nothing is counted: "
                                    + directory
                                    + " is in use by another mail system"),
                    said);
        }
    }

    private SavedReports saved(List<String> said) {
        return new SavedReports(
                new DailyReports.World(
                        new RealDisk(), directory, Supervisor.alone(), Clock.system()),
                ServiceSettings.none().with(Map.of("myhostname", "h.example")),
                new SavedReports.Ways(desk, Connector.sockets(watchdog), (letter, to) -> ""),
                new Reporter.Says(said::add, said::add));
    }

    @Test
    void aReportIsPostedOnce() throws Exception {
        server.says("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n");
        aDay("r.example", server.port());
        assertEquals(1, server.asked.size());
        String head = server.asked.getFirst();
        assertTrue(head.startsWith("POST /v1/reports HTTP/1.1\r\n"), head);
        assertTrue(head.contains("\r\nContent-Type: application/tlsrpt+gzip\r\n"), head);
        String json = Desk.unzipped(server.bodies.getFirst());
        assertTrue(json.contains("\"total-successful-session-count\":3"), json);
        assertEquals(0, desk.reporter.waiting());
        assertTrue(desk.log.getFirst().contains(": taken by https://r.example:"), "" + desk.log);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    r.example | HTTP/1.1 200 OK..Content-Length: 4....<htm | taken by
                    r.example | HTTP/1.1 404 Not Found..Content-Type: text/html..Content-Length: 6....<html> | answered 404
                    r.example | HTTP/1.1 302 Found..Location: https://x.example/..Content-Length: 0.... | answered 302
                    r.example | <html>no</html> | not sent to
                    r.example | 0 | not sent to
                    o.example | HTTP/1.1 200 OK..Content-Length: 0.... | not sent to
                    """)
    void whatAServerSaysIsNoMoreThanALine(String host, String says, String logged) {
        server.says(says.equals("0") ? "" : says.replace("..", "\r\n"));
        aDay(host, server.port());
        assertTrue(desk.log.getFirst().contains(logged), "" + desk.log);
        assertEquals(logged.equals("taken by") ? 0 : 1, desk.reporter.waiting());
    }

    @Test
    void aServerThatHangsHoldsNobodyUp() {
        whole = Duration.ofMillis(300);
        server.says((head, out) -> server.awaitEnd());
        aDay("r.example", server.port());
        assertTrue(desk.log.getFirst().endsWith(": timed out"), "" + desk.log);
        assertEquals(1, desk.reporter.waiting());
    }

    @Test
    void whoIsNotThereIsAskedAgain() throws Exception {
        int port = server.port();
        server.close();
        aDay("r.example", port);
        assertTrue(desk.log.getFirst().contains("not sent to https://r.example"), "" + desk.log);
        server = new WebServer(keys, "good");
        server.says("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        // It answers elsewhere now, and the report goes where the record of its day says.
        desk.until("2026-11-29T06:00:00Z");
        assertEquals(1, desk.reporter.waiting());
    }
}
