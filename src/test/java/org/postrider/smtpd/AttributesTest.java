package org.postrider.smtpd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.queue.Envelope;
import org.postrider.queue.JournalQueue;
import org.postrider.queue.Named;

/// What the queue remembers of how a mail came in, for postcat, milters and the next hop's
/// XFORWARD.
class AttributesTest {
    @TempDir Path temp;

    @Test
    void bothEndsOfTheConnectionAreRemembered() throws IOException {
        Reception it =
                Reception.of(
                        temp,
                        "",
                        new JournalQueue.Options(
                                1 << 20,
                                1 << 20,
                                0,
                                false,
                                JournalQueue.Limits.ofContents(0, 1 << 20)),
                        "EHLO c.example\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<s@b.example>\r\n"
                                + "DATA\r\nSubject: x\r\n\r\nx\r\n.\r\nQUIT\r\n");
        Envelope envelope = it.envelopes().getFirst();
        assertEquals("127.0.0.1", Named.find(envelope, "server_address"));
        assertEquals("25", Named.find(envelope, "server_port"));
        assertEquals("198.51.100.7", Named.find(envelope, "client_address"));
        assertEquals("1025", Named.find(envelope, "client_port"));
        assertEquals("c.example", Named.find(envelope, "helo_name"));
        assertEquals("ESMTP", Named.find(envelope, "protocol_name"));
    }
}
