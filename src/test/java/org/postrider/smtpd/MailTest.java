package org.postrider.smtpd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postrider.log.LogTag;

/// What a mail takes of memory and of rate limits is given back when it is over, whatever ends it.
class MailTest {
    private static final String LIMITED = "smtpd_sender_rate_limit = 1/1h reject\n";
    private static final String ENVELOPE = "MAIL FROM:<a@b.example>\r\nRCPT TO:<s@b.example>\r\n";
    private static final String TEXT = "Subject: x\r\n\r\ntext\r\n";
    private static final List<String> CONTENTS =
            List.of(
                    "DATA\r\n" + TEXT + ".\r\n",
                    "BDAT " + TEXT.length() + " LAST\r\n" + TEXT,
                    "BDAT 1\r\nSBDAT " + (TEXT.length() - 1) + " LAST\r\n" + TEXT.substring(1));

    @TempDir Path temp;

    private static String heard(Smtpd smtpd, String lines) {
        Script client = Script.of("EHLO c.example\r\n" + lines);
        smtpd.session(client, new LogTag("postfix/smtpd", 1));
        return client.out().toString(StandardCharsets.ISO_8859_1);
    }

    private static void nothingIsTaken(Faulty cleanup, Smtpd smtpd, String after) {
        assertEquals(0, cleanup.envelopes.taken(), after);
        assertEquals(0, cleanup.bodies.taken(), after);
        assertEquals(0, cleanup.files, after);
        cleanup.point = Faulty.Point.NOWHERE;
        // One mail an hour: had the one before been counted, this were not taken.
        String heard = heard(smtpd, ENVELOPE + "RSET\r\nQUIT\r\n");
        assertTrue(heard.contains("250 2.1.5 Ok"), () -> after + "\n" + heard);
        assertEquals(0, cleanup.envelopes.taken(), after);
    }

    @ParameterizedTest
    @EnumSource(value = Faulty.Point.class, mode = EnumSource.Mode.EXCLUDE, names = "NOWHERE")
    void anErrorAnywhereLeavesNothingTaken(Faulty.Point point) throws IOException {
        for (String content : CONTENTS) {
            Faulty cleanup = new Faulty();
            Smtpd smtpd = Reception.smtpd(temp, LIMITED, cleanup);
            cleanup.point = point;
            String heard = heard(smtpd, ENVELOPE + content + "QUIT\r\n");
            assertTrue(heard.contains("421 4.3.0 mx.test.example Error: internal error"), heard);
            nothingIsTaken(cleanup, smtpd, point + " " + content);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "RSET\r\nQUIT\r\n",
                "EHLO again.example\r\nQUIT\r\n",
                "QUIT\r\n",
                "",
                "DATA\r\nhalf a",
                "BDAT 10\r\nhalf a",
                "BDAT 4\r\nhalfRSET\r\nQUIT\r\n",
                "BDAT 4\r\nhalfBDAT 0\r\nBDAT 0 LAST\r\nQUIT\r\n",
                "BDAT 4\r\nhalfBDAT 9999999 LAST\r\n",
                "BDAT x\r\n",
            })
    void aMailThatIsNotAcceptedLeavesNothingTaken(String end) throws IOException {
        Faulty cleanup = new Faulty();
        Smtpd smtpd = Reception.smtpd(temp, LIMITED + "message_size_limit = 5000\n", cleanup);
        String heard = heard(smtpd, ENVELOPE + end);
        assertEquals(1, cleanup.ids, heard);
        nothingIsTaken(cleanup, smtpd, end);
    }

    /// Half a list would be half a mail.
    @Test
    void aMailWithARecipientThatCannotBeWrittenIsNotTaken() throws IOException {
        for (String content : CONTENTS) {
            Faulty cleanup = new Faulty();
            cleanup.places = 1;
            Smtpd smtpd = Reception.smtpd(temp, LIMITED, cleanup);
            String others = "RCPT TO:<t@b.example>\r\nRCPT TO:<u@b.example>\r\n";
            String heard = heard(smtpd, ENVELOPE + others + content + "QUIT\r\n");
            // Each of the two, and the end of the content.
            assertEquals(3, heard.split("\n452 4\\.3\\.1 ", -1).length - 1, heard);
            assertFalse(heard.contains("250 2.0.0 Ok: queued"), heard);
            nothingIsTaken(cleanup, smtpd, content);
        }
    }

    @Test
    void anAcceptedMailKeepsItsPlaceInTheRateLimitAndNoMemory() throws IOException {
        for (String content : CONTENTS) {
            Faulty cleanup = new Faulty();
            Smtpd smtpd = Reception.smtpd(temp, LIMITED, cleanup);
            String heard = heard(smtpd, ENVELOPE + content + ENVELOPE + "QUIT\r\n");
            assertTrue(heard.contains("250 2.0.0 Ok: "), heard);
            assertTrue(heard.contains("550 5.7.1 <a@b.example>: "), heard);
            assertEquals(0, cleanup.envelopes.taken());
            assertEquals(0, cleanup.bodies.taken());
            assertEquals(0, cleanup.files);
        }
    }
}
