package org.postrider.smtpd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a milter out of reach does to mail that is taken all the same. Real Postfix's replies and
/// log lines are in src/test/twin/milter.case.
class MilterGateTest {
    @TempDir Path temp;

    @ParameterizedTest
    @CsvSource({"quarantine, DATA, 1", "quarantine, BDAT, 1", "accept, DATA, 0"})
    void whatIsPutInQuarantineIsQueuedAndHeld(String action, String command, int held)
            throws IOException {
        String text = "Subject: x\r\n\r\nx\r\n";
        String content =
                command.equals("DATA")
                        ? "DATA\r\n" + text + ".\r\n"
                        : "BDAT " + text.length() + " LAST\r\n" + text;
        Reception it =
                Reception.of(
                        temp,
                        "smtpd_milters = inet:127.0.0.1:1\nmilter_default_action = "
                                + action
                                + "\n",
                        Reception.ROOM,
                        "EHLO c.example\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<s@b.example>\r\n"
                                + content
                                + "QUIT\r\n");
        String reply = it.heard().get(it.heard().size() - 2);
        assertTrue(reply.startsWith("250 2.0.0 Ok: "), it::toString);
        assertEquals(1, it.queued());
        assertEquals(held, it.held());
    }

    /// Nobody knows which milters are to see it.
    @Test
    void noMailComesInWhereTheTableOfMiltersFails() throws IOException {
        Reception it =
                Reception.of(
                        temp,
                        "smtpd_milter_maps = fail:now\nmilter_default_action = accept\n",
                        Reception.ROOM,
                        "EHLO c.example\r\nMAIL FROM:<a@b.example>\r\nRSET\r\nQUIT\r\n");
        assertTrue(it.heard().stream().noneMatch(r -> r.startsWith("250 2.1.0")), it::toString);
        assertTrue(it.heard().stream().anyMatch(r -> r.startsWith("451 4.3.5")), it::toString);
    }
}
