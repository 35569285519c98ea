package org.postrider.smtp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What the client makes of each misbehaviour of a next hop. The expected lines are what Postfix
/// 3.7.11 logged against the same scripts (docs/postfix-notes/smtp-client.txt).
class OutcomesAsPostfixTest {
    private static final String H = "127.0.0.1[127.0.0.1]";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    banner | 450 4.7.1 later | deferred 4.7.1 | host H refused to talk to me: 450 4.7.1 later
                    banner | 550 5.7.1 never | deferred 4.7.1 | host H refused to talk to me: 550 5.7.1 never
                    banner | 421 4.3.2 down | deferred 4.3.2 | host H refused to talk to me: 421 4.3.2 down
                    banner | 554 No enhanced | deferred 4.0.0 | host H refused to talk to me: 554 No enhanced
                    banner | 354 x | bounced 5.5.0 | host H refused to talk to me: 354 x
                    banner | 250 x | sent 2.0.0 | 250 2.0.0 Ok: queued as X1
                    banner | CLOSE | deferred 4.4.2 | lost connection with H while receiving the initial server greeting
                    banner | RST | deferred 4.4.2 | lost connection with H while receiving the initial server greeting
                    banner | HANG | deferred 4.4.2 | conversation with H timed out while receiving the initial server greeting
                    banner | zzz what | deferred 4.4.2 | conversation with H timed out while receiving the initial server greeting
                    ehlo | 450 4.7.1 later | sent 2.0.0 | 250 2.0.0 Ok: queued as X1
                    ehlo | 550 5.7.1 never | sent 2.0.0 | 250 2.0.0 Ok: queued as X1
                    ehlo | 421 4.3.2 down | deferred 4.3.2 | host H refused to talk to me: 421 4.3.2 down
                    ehlo | CLOSE | deferred 4.4.2 | lost connection with H while performing the EHLO handshake
                    ehlo | RST | deferred 4.4.2 | lost connection with H while performing the EHLO handshake
                    ehlo | HANG | deferred 4.4.2 | conversation with H timed out while performing the EHLO handshake
                    mail | 450 4.7.1 later | deferred 4.7.1 | host H said: 450 4.7.1 later (in reply to MAIL FROM command)
                    mail | 550 5.7.1 never | bounced 5.7.1 | host H said: 550 5.7.1 never (in reply to MAIL FROM command)
                    mail | 421 4.3.2 down | deferred 4.3.2 | host H said: 421 4.3.2 down (in reply to MAIL FROM command)
                    mail | 554 No enhanced | bounced 5.0.0 | host H said: 554 No enhanced (in reply to MAIL FROM command)
                    mail | CLOSE | deferred 4.4.2 | lost connection with H while sending MAIL FROM
                    mail | HANG | deferred 4.4.2 | conversation with H timed out while sending MAIL FROM
                    rcpt1 | 450 4.7.1 later | deferred 4.7.1 | host H said: 450 4.7.1 later (in reply to RCPT TO command)
                    rcpt1 | 550 5.7.1 never | bounced 5.7.1 | host H said: 550 5.7.1 never (in reply to RCPT TO command)
                    rcpt1 | 421 4.3.2 down | deferred 4.3.2 | host H said: 421 4.3.2 down (in reply to RCPT TO command)
                    rcpt1 | CLOSE | deferred 4.4.2 | lost connection with H while sending RCPT TO
                    rcpt1 | 354 hm | bounced 5.5.0 | host H said: 354 hm (in reply to RCPT TO command)
                    rcpt1 | 150 hm | bounced 5.5.0 | host H said: 150 hm (in reply to RCPT TO command)
                    rcpt1 | 650 hm | bounced 5.5.0 | host H said: 650 hm (in reply to RCPT TO command)
                    rcpt1 | 550 4.2.2 mismatch | bounced 5.0.0 | host H said: 550 4.2.2 mismatch (in reply to RCPT TO command)
                    rcpt1 | 450 2.1.5 odd | deferred 4.0.0 | host H said: 450 2.1.5 odd (in reply to RCPT TO command)
                    rcpt1 | 550 5.1.1 | bounced 5.1.1 | host H said: 550 5.1.1 (in reply to RCPT TO command)
                    data | 450 4.7.1 later | deferred 4.7.1 | host H said: 450 4.7.1 later (in reply to DATA command)
                    data | 550 5.7.1 never | bounced 5.7.1 | host H said: 550 5.7.1 never (in reply to DATA command)
                    data | 421 4.3.2 down | deferred 4.3.2 | host H said: 421 4.3.2 down (in reply to DATA command)
                    data | CLOSE | deferred 4.4.2 | lost connection with H while sending DATA command
                    data | HANG | deferred 4.4.2 | conversation with H timed out while sending DATA command
                    data | 250 hm | bounced 5.5.0 | Protocol error: host H said: 250 hm (in reply to DATA command)
                    dot | 450 4.7.1 later | deferred 4.7.1 | host H said: 450 4.7.1 later (in reply to end of DATA command)
                    dot | 550 5.7.1 never | bounced 5.7.1 | host H said: 550 5.7.1 never (in reply to end of DATA command)
                    dot | 421 4.3.2 down | deferred 4.3.2 | host H said: 421 4.3.2 down (in reply to end of DATA command)
                    dot | CLOSE | deferred 4.4.2 | lost connection with H while sending end of data -- message may be sent more than once
                    dot | RST | deferred 4.4.2 | lost connection with H while sending end of data -- message may be sent more than once
                    dot | HANG | deferred 4.4.2 | conversation with H timed out while sending end of data -- message may be sent more than once
                    dot | 250 | sent 2.0.0 | 250
                    """)
    void eachStageEachWay(String stage, String reply, String outcome, String text)
            throws IOException {
        for (String keywords : List.of("PIPELINING,SIZE 0,8BITMIME,DSN", "8BITMIME")) {
            try (Hop hop = new Hop(Hop.impatient(text));
                    ScriptedServer server =
                            new ScriptedServer(
                                    ScriptedServer.script(stage, reply, "keywords", keywords))) {
                assertEquals(
                        List.of(
                                "r1 "
                                        + outcome
                                        + " "
                                        + H
                                        + " ("
                                        + text.replaceAll("\\bH\\b", H)
                                        + ")"),
                        hop.deliver(server.nexthop(), Hop.Mail.to(1)),
                        keywords);
                boolean site = outcome.startsWith("deferred") && !text.contains(" said: ");
                if (site) {
                    assertNotNull(hop.unavailable);
                } else {
                    assertNull(hop.unavailable);
                }
            }
        }
    }

    @Test
    void recipientsAreSettledEachForItself() throws IOException {
        try (Hop hop = new Hop();
                ScriptedServer server =
                        new ScriptedServer(
                                ScriptedServer.script(
                                        "rcpt2", "550 5.1.1 unknown",
                                        "rcpt3", "450 4.2.0 busy"))) {
            assertEquals(
                    List.of(
                            "r2 bounced 5.1.1 "
                                    + H
                                    + " (host "
                                    + H
                                    + " said: 550 5.1.1 unknown (in reply to RCPT TO command))",
                            "r3 deferred 4.2.0 "
                                    + H
                                    + " (host "
                                    + H
                                    + " said: 450 4.2.0 busy (in reply to RCPT TO command))",
                            "r1 sent 2.0.0 " + H + " (250 2.0.0 Ok: queued as X1)"),
                    hop.deliver(server.nexthop(), Hop.Mail.to(3)));
        }
    }

    @Test
    void aServerThatGoesAtTheSecondRecipientAcceptsNobody() throws IOException {
        try (Hop hop = new Hop();
                ScriptedServer server =
                        new ScriptedServer(ScriptedServer.script("rcpt2", "421 4.3.2 going"))) {
            String lost =
                    " deferred 4.4.2 "
                            + H
                            + " (lost connection with "
                            + H
                            + " while sending RCPT TO)";
            assertEquals(
                    List.of(
                            "r2 deferred 4.3.2 "
                                    + H
                                    + " (host "
                                    + H
                                    + " said: 421 4.3.2 going (in reply to RCPT TO command))",
                            "r1" + lost,
                            "r3" + lost),
                    hop.deliver(server.nexthop(), Hop.Mail.to(3)));
        }
    }

    @Test
    void oneReplyTooFewNeverShiftsAnAcceptance() throws IOException {
        try (Hop hop = new Hop("smtp_data_init_timeout", "1s");
                ScriptedServer server =
                        new ScriptedServer(ScriptedServer.script("rcpt2", "NONE"))) {
            String late =
                    " deferred 4.4.2 "
                            + H
                            + " (conversation with "
                            + H
                            + " timed out while sending DATA command)";
            List<String> said = hop.deliver(server.nexthop(), Hop.Mail.to(3));
            assertEquals(
                    List.of(
                            "r3 bounced 5.5.0 "
                                    + H
                                    + " (host "
                                    + H
                                    + " said: 354 go (in reply to RCPT TO command))",
                            "r1" + late,
                            "r2" + late),
                    said);
            assertTrue(server.bodies.isEmpty());
        }
    }

    @Test
    void oneReplyTooManyDeliversToNobody() throws IOException {
        try (Hop hop = new Hop();
                ScriptedServer server =
                        new ScriptedServer(
                                ScriptedServer.script("rcpt2", "250 2.1.5 a\r\n250 2.1.5 b"))) {
            List<String> said = hop.deliver(server.nexthop(), Hop.Mail.to(3));
            assertEquals(3, said.size());
            for (String line : said) {
                assertTrue(
                        line.endsWith(
                                " bounced 5.5.0 "
                                        + H
                                        + " (Protocol error: host "
                                        + H
                                        + " said: 250 2.1.5 Ok (in reply to DATA command))"),
                        line);
            }
            assertTrue(server.bodies.isEmpty());
        }
    }

    @Test
    void dataThatIsTakenForNobodyIsEndedEmpty() throws IOException {
        try (Hop hop = new Hop();
                ScriptedServer server =
                        new ScriptedServer(
                                ScriptedServer.script(
                                        "rcpt", "550 5.1.1 unknown", "datanone", "354 go"))) {
            List<String> said = hop.deliver(server.nexthop(), Hop.Mail.to(2));
            assertEquals(2, said.stream().filter(l -> l.contains("bounced 5.1.1")).count());
            assertEquals(List.of(""), server.bodies);
        }
    }

    @Test
    void aConnectionThatEndsAfterTheLastReplyCostsNothing() throws IOException {
        try (Hop hop = new Hop();
                ScriptedServer server =
                        new ScriptedServer(ScriptedServer.script("afterdot", "CLOSE"))) {
            for (int i = 0; i < 3; i++) {
                assertEquals(
                        List.of("r1 sent 2.0.0 " + H + " (250 2.0.0 Ok: queued as X1)"),
                        hop.deliver(server.nexthop(), Hop.Mail.to(1)));
            }
            assertEquals(3, server.bodies.size());
        }
    }

    @Test
    void aMessageTooLargeForTheServerIsNotSent() throws IOException {
        try (Hop hop = new Hop();
                ScriptedServer server =
                        new ScriptedServer(
                                ScriptedServer.script("keywords", "PIPELINING,SIZE 10"))) {
            assertEquals(
                    List.of(
                            "r1 bounced 5.3.4 "
                                    + H
                                    + " (message size 21 exceeds size limit 10 of server "
                                    + H
                                    + ")"),
                    hop.deliver(server.nexthop(), Hop.Mail.to(1)));
            assertTrue(server.heard.stream().noneMatch(l -> l.startsWith("MAIL")));
        }
    }

    @Test
    void aConnectionThatIsRefusedIsNamed() throws IOException {
        // Bound, so that nobody else gets the port, and nobody listens.
        try (Socket held = new Socket();
                Hop hop = new Hop()) {
            held.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            int port = held.getLocalPort();
            String text = "connect to " + H + ":PORT: Connection refused";
            assertEquals(
                    List.of("r1 deferred 4.4.1 none (" + text + ")"),
                    hop.deliver("[127.0.0.1]:" + port, Hop.Mail.to(1)));
            assertEquals(List.of(text), hop.log);
            assertNotNull(hop.unavailable);
        }
    }

    @Test
    void aRefusalOfManyLinesBecomesOne() throws IOException {
        try (Hop hop = new Hop();
                ScriptedServer server =
                        new ScriptedServer(
                                ScriptedServer.script(
                                        "rcpt1", "550-5.1.1 a\r\n550 5.2.1 type: forged"))) {
            assertEquals(
                    List.of(
                            "r1 bounced 5.2.1 "
                                    + H
                                    + " (host "
                                    + H
                                    + " said: 550-5.1.1 a 550 5.2.1 type: forged"
                                    + " (in reply to RCPT TO command))"),
                    hop.deliver(server.nexthop(), Hop.Mail.to(1)));
        }
    }

    @Test
    void softFailuresGoToTheNextServerAndOnlyThoseRecipients() throws IOException {
        try (Hop hop = new Hop();
                ScriptedServer one =
                        new ScriptedServer(ScriptedServer.script("rcpt1", "450 4.2.0 busy"));
                ScriptedServer two = new ScriptedServer(ScriptedServer.script())) {
            List<String> said = hop.deliver(one.nexthop() + ", " + two.nexthop(), Hop.Mail.to(2));
            assertEquals(
                    List.of(
                            "r2 sent 2.0.0 " + H + " (250 2.0.0 Ok: queued as X1)",
                            "r1 sent 2.0.0 " + H + " (250 2.0.0 Ok: queued as X1)"),
                    said);
            assertEquals(
                    List.of(
                            "4XABCDEFGHz1: host "
                                    + H
                                    + " said: 450 4.2.0 busy (in reply to RCPT TO command)"),
                    hop.log);
            assertEquals(1, two.heard.stream().filter(l -> l.startsWith("RCPT")).count());
        }
    }

    @Test
    void whatMailAndRcptCarryIsAsPostfixSendsIt() throws IOException {
        try (Hop hop = new Hop();
                ScriptedServer server =
                        new ScriptedServer(
                                ScriptedServer.script(
                                        "keywords",
                                        "AUTH=PLAIN,8BITMIME,SMTPUTF8,CHUNKING,DSN,size 5000,pipelining"))) {
            hop.deliver(
                    server.nexthop(),
                    Hop.Mail.to(
                            1,
                            "caf\u00e9\r\n",
                            Map.of(
                                    "encoding", "8bit",
                                    "envelope_id", "abc+d",
                                    "ret_flags", "HDRS")));
            assertTrue(
                    server.heard.contains(
                            "MAIL FROM:<s@sender.example> SIZE=20 BODY=8BITMIME ENVID=abc+2Bd RET=HDRS"),
                    server.heard.toString());
            assertTrue(server.heard.contains("RCPT TO:<r1@t.example> ORCPT=rfc822;r1@t.example"));
        }
    }
}
