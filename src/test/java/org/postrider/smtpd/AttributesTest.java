package org.postrider.smtpd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.queue.Envelope;
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
                        Reception.ROOM,
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

    /// @return whether the one mail that came in is ours to sign
    private boolean ours(String name, String mainCf, String before) throws IOException {
        Reception it =
                Reception.of(
                        Files.createDirectory(temp.resolve(name)),
                        "dkim_signing_keys = own.example:s:/nowhere/key\n"
                                + "smtpd_authorized_xforward_hosts = 198.51.100.7\n"
                                + mainCf,
                        Reception.ROOM,
                        "EHLO c.example\r\n"
                                + before
                                + "MAIL FROM:<a@b.example>\r\nRCPT TO:<s@b.example>\r\n"
                                + "DATA\r\nFrom: a@b.example\r\n\r\nx\r\n.\r\nQUIT\r\n");
        String said = Named.find(it.envelopes().getFirst(), "dkim_sign");
        assertTrue(said == null || said.equals("yes"), said);
        return said != null;
    }

    /// Whose mail it is decides who took it in: by dkim_sign_clients, or by what a filter tells.
    @Test
    void whoseMailItIsIsRemembered() throws IOException {
        assertTrue(ours("client", "", ""));
        assertFalse(ours("stranger", "dkim_sign_clients =\n", ""));
        assertFalse(
                ours(
                        "headers",
                        "dkim_sign_clients =\nlocal_header_rewrite_clients = static:all\n",
                        ""));
        assertFalse(ours("filter", "receive_override_options = no_milters\n", ""));
        assertFalse(ours("remote", "", "XFORWARD ADDR=192.0.2.9 SOURCE=REMOTE\r\n"));
        assertTrue(ours("local", "", "XFORWARD ADDR=192.0.2.9 SOURCE=LOCAL\r\n"));
    }
}
