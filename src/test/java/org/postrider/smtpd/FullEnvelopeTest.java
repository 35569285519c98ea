package org.postrider.smtpd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.queue.JournalQueue;

/// A mail with more recipients than there is memory for.
class FullEnvelopeTest {
    private static final String FULL = "452 4.3.1 Insufficient system storage";
    private static final int OCTETS = 4_000;
    private static final int LONG_ONES = 40;

    @TempDir Path temp;

    /// Once refused for want of memory, all further recipients of the mail are, short ones too: the
    /// client hears it each time, the log says it once. The next mail has room again.
    @Test
    void aMailThatIsFullTakesNoMoreRecipientsAndSaysSoOnce() throws IOException {
        StringBuilder lines = new StringBuilder("EHLO c.example\r\nMAIL FROM:<a@b.example>\r\n");
        for (int i = 0; i < LONG_ONES; i++) {
            lines.append("RCPT TO:<").append("x".repeat(60)).append(i).append("@b.example>\r\n");
        }
        lines.append("RCPT TO:<s@b.example>\r\nRSET\r\n");
        lines.append("MAIL FROM:<a@b.example>\r\nRCPT TO:<s@b.example>\r\nQUIT\r\n");
        JournalQueue.Options room =
                new JournalQueue.Options(
                        1 << 20,
                        1 << 20,
                        0,
                        false,
                        new JournalQueue.Limits(0, 1 << 20, OCTETS, 1 << 20, 1 << 20));
        Reception it = Reception.of(temp, "", room, lines.toString());
        List<String> replies =
                it.heard().stream()
                        .filter(l -> l.startsWith("250 2.1.5 ") || l.startsWith("452 "))
                        .toList();
        assertEquals(LONG_ONES + 2, replies.size(), it::toString);
        int refused = replies.indexOf(FULL);
        assertTrue(refused > 1 && refused < LONG_ONES, replies::toString);
        assertEquals(Set.of(FULL), Set.copyOf(replies.subList(refused, LONG_ONES + 1)));
        assertEquals("250 2.1.5 Ok", replies.getLast());
        assertEquals(1, it.log().split("no memory for more than", -1).length - 1, it.log());
        assertEquals(1, it.log().split("reject: RCPT from", -1).length - 1, it.log());
    }
}
