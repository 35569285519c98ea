package org.postrider.master;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What ETRN is answered by each service, as master.cf has the flush service.
class EtrnTest {
    private static final String FLUSH = "flush unix n - n 1000? 0 flush";
    private static final String STARTED = "250 Queuing started";
    private static final String UNABLE = "458 Unable to queue messages";

    @TempDir Path temp;

    private Trial trial(String flush, List<String> more) throws IOException {
        List<String> lines = new ArrayList<>(Trial.LINES);
        lines.remove(FLUSH);
        if (!flush.isEmpty()) {
            lines.add(flush);
        }
        Trial made = new Trial(temp.resolve("trial"), 9);
        List<String> main =
                List.of(
                        "fast_flush_domains = kept.example",
                        "smtpd_error_sleep_time = 0",
                        "smtpd_hard_error_limit = 2");
        made.write(main, lines, more);
        made.start();
        return made;
    }

    private static String answer(InetSocketAddress at, String... domains) throws IOException {
        try (Socket socket = new Socket(at.getAddress(), at.getPort())) {
            socket.setSoTimeout(120_000);
            BufferedReader in =
                    new BufferedReader(
                            new InputStreamReader(
                                    socket.getInputStream(), StandardCharsets.ISO_8859_1));
            assertTrue(in.readLine().startsWith("220 "));
            List<String> lines = new ArrayList<>(List.of("HELO c.example"));
            for (String domain : domains) {
                lines.add("ETRN " + domain);
            }
            String reply = "";
            for (String line : lines) {
                socket.getOutputStream()
                        .write((line + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
                reply = in.readLine();
            }
            return reply;
        }
    }

    /// Postfix's smtpd looks for it among the services that all may ask.
    @ParameterizedTest
    @CsvSource({
        "flush unix n - n 1000? 0 flush, true",
        "flush fifo n - n 1000? 0 flush, true",
        "flush unix - - n 1000? 0 flush, false",
        "flush unix y - n 1000? 0 flush, false",
        "'', false"
    })
    void itIsTakenWhereAServiceNotesIt(String flush, boolean taken) throws IOException {
        try (Trial trial = trial(flush, List.of())) {
            InetSocketAddress at = trial.running().addresses().getFirst();
            String answer = answer(at, "kept.example");
            assertEquals(
                    taken ? STARTED : UNABLE,
                    answer.substring(0, (taken ? STARTED : UNABLE).length()));
            assertTrue(answer(at, "other.example").startsWith("459 "));
            if (!taken) {
                trial.awaitedCount(
                        "warning: connect to public/flush: No such file or directory", 1);
            }
        }
    }

    /// Each is a line in the log: a client that goes on is sent away.
    @Test
    void whoAsksInVainAgainAndAgainIsSentAway() throws IOException {
        try (Trial trial = trial("", List.of())) {
            InetSocketAddress at = trial.running().addresses().getFirst();
            String answer = answer(at, "kept.example", "kept.example", "kept.example");
            assertTrue(answer.startsWith("421 "), answer);
        }
    }

    @Test
    void eachServiceHasItsOwnDomains() throws IOException {
        try (Trial trial =
                trial(
                        FLUSH,
                        List.of(
                                "127.0.0.2:0 inet n - n - - smtpd",
                                "  -o fast_flush_domains=other.example"))) {
            List<InetSocketAddress> at = trial.running().addresses();
            assertEquals(2, at.size());
            for (int i = 0; i < 2; i++) {
                String own = i == 0 ? "kept.example" : "other.example";
                String others = i == 0 ? "other.example" : "kept.example";
                assertTrue(answer(at.get(i), own).startsWith(STARTED), own);
                assertTrue(answer(at.get(i), others).startsWith("459 "), others);
            }
        }
    }
}
