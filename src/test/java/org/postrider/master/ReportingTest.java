package org.postrider.master;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPairGenerator;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.threads.Row;
import org.postrider.tlsrpt.Yesterday;

/// Reports on TLS of a started server: nothing where they are not asked for, and where they are,
/// mail as any other.
class ReportingTest {
    @TempDir Path temp;

    private static int threads(Trial trial) {
        return trial.running().threads().stream()
                .filter(row -> row.work().name().startsWith("tlsrpt"))
                .mapToInt(Row::threads)
                .sum();
    }

    @Test
    void aServerThatMakesNoReportsHasNoThreadAndNoFileForThem() throws Exception {
        try (NextHop hop = new NextHop();
                Trial trial = new Trial(temp, hop.port())) {
            trial.write(List.of(), List.of());
            trial.start();
            assertEquals(0, threads(trial));
        }
        assertFalse(Files.exists(temp.resolve("data/tlsrpt.lock")));
        assertFalse(Files.exists(temp.resolve("data/tlsrpt.counts")));
    }

    /// RFC 8460 3: a report is signed by the domain of its From.
    @Test
    void aReportIsSignedWhereItsDomainHasAKey() throws Exception {
        Files.createDirectories(temp.resolve("data"));
        Yesterday.left(temp.resolve("data"), "d.example", "mailto:reports@d.example");
        Path key = temp.resolve("key.pem");
        Files.writeString(
                key,
                "-----BEGIN PRIVATE KEY-----\n"
                        + Base64.getEncoder()
                                .encodeToString(
                                        KeyPairGenerator.getInstance("Ed25519")
                                                .generateKeyPair()
                                                .getPrivate()
                                                .getEncoded())
                        + "\n-----END PRIVATE KEY-----\n");
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        try (NextHop hop = new NextHop();
                Trial trial = new Trial(temp, hop.port())) {
            trial.write(
                    List.of(
                            "smtp_tlsrpt_enable = yes",
                            "smtp_tlsrpt_socket_name = run/tlsrpt.sock",
                            "dkim_signing_keys = s.example:e1:" + key,
                            "postrider_tlsrpt_sender = tls@s.example"),
                    List.of());
            trial.start();
            NextHop.Mail mail = hop.next();
            assertNotNull(mail);
            assertTrue(
                    mail.content()
                            .startsWith(
                                    "DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;"
                                            + " d=s.example; s=e1;"),
                    mail.content());
        }
    }

    @Test
    void aReportOfYesterdayGoesOutByMail() throws Exception {
        Files.createDirectories(temp.resolve("data"));
        Yesterday.left(temp.resolve("data"), "d.example", "mailto:reports@d.example");
        try (NextHop hop = new NextHop();
                Trial trial = new Trial(temp, hop.port())) {
            trial.write(
                    List.of(
                            "smtp_tlsrpt_enable = yes",
                            "smtp_tlsrpt_socket_name = run/tlsrpt.sock",
                            "postrider_tlsrpt_sender = tls@s.example"),
                    List.of());
            trial.start();
            assertEquals(
                    1,
                    trial.running().threads().stream()
                            .filter(row -> row.work().name().equals("tlsrpt"))
                            .mapToInt(Row::threads)
                            .sum());
            NextHop.Mail mail = hop.next();
            assertNotNull(mail);
            assertTrue(
                    mail.from().startsWith("MAIL FROM:<double-bounce@mx.test.example>"),
                    mail.from());
            assertEquals("[RCPT TO:<reports@d.example>]", mail.to().toString());
            assertTrue(mail.content().contains("\nSubject: Report Domain: d.example"));
            assertTrue(mail.content().contains("\nTLS-Report-Submitter: s.example"));
            trial.awaitedCount("without effect, which harms no mail: smtp_tlsrpt_socket_name", 1);
            trial.awaitedCount("report on TLS with d.example of ", 1);
        }
        assertTrue(Files.exists(temp.resolve("data/tlsrpt.counts")));
    }
}
