package org.postrider.smtpd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.dns.StubServer;
import org.postrider.dnsbl.DnsLists;

/// DNS is asked about a domain once a mail, however many recipients it has.
class NamesOnceTest {
    private static final String RULES =
            """
            smtpd_recipient_restrictions = reject_unknown_sender_domain, reject_unknown_recipient_domain, permit
            smtpd_relay_restrictions = permit_mynetworks, reject
            """;

    private static final String MAIL = "MAIL FROM:<a@sender.example>\n";
    private static final String TWO = "RCPT TO:<x@to.example>\nRCPT TO:<y@to.example>\n";

    @TempDir Path temp;
    private StubServer server;
    private DnsLists dns;

    @BeforeEach
    void start() throws IOException {
        server = new StubServer();
        server.zone("sender.example MX 10 mx.sender.example.\nto.example MX 10 mx.to.example.");
        dns = Reception.lists(temp, server.port());
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private int asked(int accepted, String lines) throws IOException {
        Reception it =
                Reception.of(
                        temp,
                        RULES,
                        Reception.ROOM,
                        dns,
                        ("EHLO c.example\n" + lines + "QUIT\n").replace("\n", "\r\n"));
        assertEquals(
                accepted,
                it.heard().stream().filter(each -> each.equals("250 2.1.5 Ok")).count(),
                () -> String.join("\n", it.heard()));
        return server.asked.get();
    }

    @Test
    void aMailAsksOnce() throws IOException {
        assertEquals(2, asked(2, MAIL + TWO));
    }

    @Test
    void theNextMailAsksAnew() throws IOException {
        assertEquals(4, asked(4, MAIL + TWO + "RSET\n" + MAIL + TWO));
    }

    @Test
    void aDomainThatIsNotThereIsNotAskedAgainAndTroubleIs() throws IOException {
        server.rcodes.put("later.example", org.xbill.DNS.Rcode.SERVFAIL);
        int none = asked(0, MAIL + "RCPT TO:<x@none.example>\nRCPT TO:<y@none.example>\n");
        assertEquals(4, none);
        int later = asked(0, MAIL + "RCPT TO:<x@later.example>\nRCPT TO:<y@later.example>\n");
        // The sender, and MX and addresses of either family, for each recipient.
        assertEquals(1 + 2 * 3, later - none);
    }
}
