package org.postrider.master;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.Ports;
import org.postrider.Until;

/// metrics(8) of a whole server.
class MetricsTest {
    @TempDir Path temp;

    private Trial trial(List<String> main, List<String> lines) throws IOException {
        Trial trial = new Trial(temp.resolve("t"), 1);
        trial.write(main, lines);
        trial.start();
        return trial;
    }

    private static String raw(int port, String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(120_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    private static String get(int port, String path) throws IOException {
        return raw(port, "GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
    }

    private static String line(int port) {
        return "127.0.0.1:" + port + " inet n - n - 10 metrics";
    }

    @Test
    void saysWhatIsInTheQueueAndWhatHappened() throws IOException {
        int port = Ports.free();
        try (Trial trial = trial(List.of("defer_transports = smtp, relay"), List.of(line(port)))) {
            assertTrue(trial.mail("a@b.example", "c@d.example").startsWith("250 "));
            assertTrue(trial.mail("a@b.example", "e@f.example").startsWith("250 "));
            trial.deferred(2);
            // The log has the end of a session and of a pass before their numbers are given back.
            Until.seen(
                    "nothing is under way",
                    () ->
                            get(port, "/metrics").contains("\npostrider_smtpd_sessions 0\n")
                                    && get(port, "/metrics").contains("{queue=\"active\"} 0\n"));
            String text = get(port, "/metrics");
            assertTrue(text.startsWith("HTTP/1.1 200 OK\r\n"), () -> text + said(trial));
            for (String wanted :
                    List.of(
                            "postrider_queue_messages{queue=\"deferred\"} 2",
                            "postrider_queue_messages{queue=\"active\"} 0",
                            "postrider_ready 1",
                            "postrider_smtpd_sessions 0",
                            "postrider_messages_received_total{syslog_name=\"postfix\",process_name=\"smtpd\"}"
                                    + " 2",
                            "postrider_smtpd_commands_total{syslog_name=\"postfix\",process_name=\"smtpd\",command=\"data\",result=\"ok\"}"
                                    + " 2",
                            "postrider_log_events_total{severity=\"info\"} ",
                            "process_resident_memory_bytes ",
                            "process_cpu_seconds_total ")) {
                assertTrue(text.contains("\n" + wanted), wanted + " in " + text);
            }
            assertTrue(text.contains("status=\"deferred\",class=\"4\"} 2\n"), text);
            trial.reload();
            assertTrue(
                    get(port, "/metrics").contains("postrider_reloads_total{result=\"done\"} 1\n"),
                    "counts live over a reload");
            assertTrue(get(port, "/metrics").contains("status=\"deferred\",class=\"4\"} 2\n"));
        }
    }

    @Test
    void countsFromTheReloadThatAsksForIt() throws IOException {
        int port = Ports.free();
        try (Trial trial = trial(List.of(), List.of())) {
            trial.write(List.of(), List.of(line(port)));
            trial.reload();
            assertTrue(trial.mail("a@b.example", "<>").startsWith("5"));
            String text = get(port, "/metrics");
            assertTrue(text.contains("postrider_smtpd_connections_total{"), text);
        }
    }

    @Test
    void healthAndReadiness() throws IOException {
        int port = Ports.free();
        try (Trial trial = trial(List.of(), List.of(line(port)))) {
            assertTrue(get(port, "/health").endsWith("\r\n\r\nok\n"));
            assertTrue(get(port, "/ready").startsWith("HTTP/1.1 200 "));
            assertTrue(get(port, "/ready?verbose").endsWith("\r\n\r\nok\n"));
            assertEquals("", body(raw(port, "HEAD /metrics HTTP/1.1\r\n\r\n")));
            assertFalse(trial.said().stream().anyMatch(l -> l.contains("/metrics[")));
        }
    }

    private static String said(Trial trial) {
        try {
            return String.join("\n", trial.said());
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static String body(String answer) {
        return answer.substring(answer.indexOf("\r\n\r\n") + 4);
    }

    @Test
    void whatIsNoRequestIsAnsweredAndLetGo() throws IOException {
        int port = Ports.free();
        try (Trial trial = trial(List.of(), List.of(line(port)))) {
            assertTrue(get(port, "/").startsWith("HTTP/1.1 404 "));
            assertTrue(raw(port, "POST /metrics HTTP/1.1\r\n\r\n").startsWith("HTTP/1.1 405 "));
            assertTrue(raw(port, "EHLO x\r\n\r\n").startsWith("HTTP/1.1 400 "));
            assertTrue(raw(port, "GET /" + "x".repeat(8187)).startsWith("HTTP/1.1 431 "));
            // Who says nothing is let go, without an answer.
            trial.write(List.of("postrider_metrics_time_limit = 1"), List.of(line(port)));
            trial.reload();
            assertEquals("", raw(port, "GET /metrics HTTP/1.1\r\n"));
            trial.write(List.of(), List.of(line(port)));
            trial.reload();
            assertTrue(get(port, "/health").startsWith("HTTP/1.1 200 "));
        }
    }
}
