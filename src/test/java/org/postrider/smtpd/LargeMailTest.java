package org.postrider.smtpd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What mail leaves on the disk whose body is too large for memory.
class LargeMailTest {
    private static final String MAIN =
            """
            mynetworks = 198.51.100.0/24
            body_checks = regexp:{{/^one line/ REPLACE another line},{/^bad/ REJECT}}
            """;
    private static final String BODY = "one line\r\n" + "many octets\r\n".repeat(100_000);

    @TempDir Path temp;

    private String reply(String body) throws IOException {
        var heard =
                Reception.of(
                                temp,
                                MAIN,
                                "EHLO c.example\r\nMAIL FROM:<x@other.example>\r\n"
                                        + "RCPT TO:<b@test.example>\r\nDATA\r\nSubject: x\r\n\r\n"
                                        + body
                                        + ".\r\nQUIT\r\n")
                        .heard();
        return heard.get(heard.size() - 2);
    }

    private long files() throws IOException {
        try (Stream<Path> files = Files.list(temp.resolve("queue/body"))) {
            return files.count();
        }
    }

    /// What came, and each copy that a stage of cleanup makes of it, goes when the mail is in the
    /// queue in another shape.
    @Test
    void onlyWhatIsQueuedStays() throws IOException {
        String reply = reply(BODY);
        assertTrue(reply.startsWith("250 2.0.0 Ok: queued as "), reply);
        assertEquals(1, files());
    }

    /// The same where a check has begun to copy it before it refuses it.
    @Test
    void nothingStaysOfWhatIsRefused() throws IOException {
        String reply = reply(BODY.replaceFirst("many octets", "bad"));
        assertTrue(reply.startsWith("550 5.7.1 "), reply);
        assertEquals(0, files());
    }
}
