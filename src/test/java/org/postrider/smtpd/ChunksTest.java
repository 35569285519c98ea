package org.postrider.smtpd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postrider.queue.JournalQueue;

/// Contents that are refused or taken: each gives back its memory, in chunks and without.
class ChunksTest {
    private static final int ARRIVING = 60_000;
    private static final int MAILS = 40;

    @TempDir Path temp;

    private static String mail(String from, boolean chunks) {
        String text = "X-Long: " + "x\r\n ".repeat(1_500) + "\r\n\r\n" + "text\r\n".repeat(1_000);
        return "MAIL FROM:<"
                + from
                + "@b.example>\r\nRCPT TO:<s@b.example>\r\n"
                + (chunks
                        ? "BDAT " + text.length() + " LAST\r\n" + text
                        : "DATA\r\n" + text + ".\r\n");
    }

    /// By turns refused and taken, with bodies as they came or with others in their place.
    @ParameterizedTest
    @CsvSource({"true, ''", "false, ''", "true, body_checks", "false, body_checks"})
    void theMemoryOfAContentIsGivenBackWhateverBecomesOfIt(boolean chunks, String checks)
            throws IOException {
        Path table = Files.writeString(temp.resolve("checks"), "/^text/ REPLACE other\n");
        StringBuilder lines = new StringBuilder("EHLO c.example\r\n");
        for (int i = 0; i < MAILS; i++) {
            lines.append(mail(i % 2 == 0 ? "bad" : "good", chunks));
        }
        Reception it =
                Reception.of(
                        temp,
                        """
                        smtpd_end_of_data_restrictions = check_sender_access inline:{bad@b.example=REJECT}
                        smtpd_soft_error_limit = 1000
                        smtpd_hard_error_limit = 1000
                        """
                                + (checks.isEmpty() ? "" : checks + " = regexp:" + table + "\n"),
                        new JournalQueue.Options(
                                1 << 20,
                                1 << 20,
                                0,
                                false,
                                JournalQueue.Limits.ofContents(0, ARRIVING)),
                        lines.append("QUIT\r\n").toString());
        assertEquals(MAILS / 2, it.queued(), it::toString);
        assertEquals(
                MAILS / 2,
                it.heard().stream().filter(l -> l.startsWith("554 5.7.1 ")).count(),
                it::toString);
    }
}
