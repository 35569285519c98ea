package org.postrider.smtp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.address.Address;
import org.postrider.config.ServiceSettings;
import org.postrider.delivery.Outcome;
import org.postrider.delivery.Transports.Transport;
import org.postrider.dns.Resolver;
import org.postrider.dns.Resolver.Srv;
import org.postrider.dsn.Status;
import org.postrider.log.SlotNumbers;
import org.postrider.queue.Envelope;
import org.postrider.queue.Recipient;

/// Servers by SRV records as Postfix 3.12's use_srv_lookup says, mail for domains whose exchanger
/// this is (best_mx_transport), and addresses as they are outside (smtp_generic_maps, SRS).
class ServicesTest {
    private static final String NAME = "_submission._tcp.srv.example";
    private static final String HOP = "srv.example:submission";

    private static InetAddress loopback() {
        return InetAddress.ofLiteral("127.0.0.1");
    }

    private static Hop hop(String... more) {
        String[] all = new String[more.length + 4];
        System.arraycopy(
                new String[] {"use_srv_lookup", "submission", "inet_protocols", "ipv4"},
                0,
                all,
                0,
                4);
        System.arraycopy(more, 0, all, 4, more.length);
        Hop hop = new Hop(all);
        hop.hosts.put("a.srv.example", Hop.found(List.of(loopback())));
        return hop;
    }

    private static String told(List<String> outcomes) {
        return String.join("\n", outcomes);
    }

    @Test
    void aServiceIsFoundAtThePortThatItsRecordNames() throws IOException {
        try (ScriptedServer server = new ScriptedServer(ScriptedServer.script());
                Hop hop = hop()) {
            hop.srv.put(
                    NAME,
                    Hop.found(
                            List.of(
                                    new Srv(20, 0, 1, "a.srv.example"),
                                    new Srv(10, 0, server.port(), "a.srv.example"))));
            assertEquals(1, hop.deliver(HOP, Hop.Mail.to(1)).size());
            assertTrue(server.heard.stream().anyMatch(l -> l.startsWith("RCPT")), told(hop.log));
            assertEquals(List.of(), hop.log);
        }
    }

    @Test
    void theNextPriorityIsTriedWhereTheFirstIsAway() throws IOException {
        try (ScriptedServer server = new ScriptedServer(ScriptedServer.script());
                Hop hop = hop()) {
            hop.srv.put(
                    NAME,
                    Hop.found(
                            List.of(
                                    new Srv(20, 0, server.port(), "a.srv.example"),
                                    new Srv(10, 0, 1, "a.srv.example"))));
            hop.deliver(HOP, Hop.Mail.to(1));
            assertEquals(
                    List.of("connect to a.srv.example[127.0.0.1]:PORT: Connection refused"),
                    hop.log);
            assertTrue(server.heard.stream().anyMatch(l -> l.startsWith("RCPT")));
        }
    }

    @Test
    void whatIsNotThereIsSaidAndNothingElseIsTried() {
        try (Hop hop = hop()) {
            assertEquals(
                    List.of("r1 bounced 5.4.4 none (no SRV " + NAME + ")"),
                    hop.deliver(HOP, Hop.Mail.to(1)));
            hop.srv.put(NAME, new Resolver.Answer.TryAgain<>("again"));
            assertEquals(
                    List.of("r1 deferred 4.4.3 none (again)"), hop.deliver(HOP, Hop.Mail.to(1)));
            hop.srv.put(NAME, Hop.found(List.of(new Srv(0, 0, 0, ""))));
            assertEquals(
                    List.of(
                            "r1 bounced 5.1.0 none (Domain "
                                    + NAME
                                    + " does not support SRV requests)"),
                    hop.deliver(HOP, Hop.Mail.to(1)));
            hop.srv.put(NAME, Hop.found(List.of()));
            assertEquals(
                    List.of(
                            "r1 bounced 5.4.4 none (Name service error for name="
                                    + NAME
                                    + " type=SRV: Malformed or unexpected name server reply)"),
                    hop.deliver(HOP, Hop.Mail.to(1)));
            hop.srv.put(NAME, Hop.found(List.of(new Srv(0, 0, 25, "b.srv.example"))));
            assertEquals(
                    List.of("r1 bounced 5.4.4 none (no host b.srv.example)"),
                    hop.deliver(HOP, Hop.Mail.to(1)));
            assertEquals(
                    List.of("warning: no SRV host for " + NAME + " has a valid address record"),
                    hop.log);
        }
    }

    @Test
    void aFallbackFindsServersAsIfNoneWereLookedUp() {
        try (Hop hop = hop("allow_srv_lookup_fallback", "yes")) {
            assertEquals(
                    List.of("r1 bounced 5.4.4 none (no host srv.example)"),
                    hop.deliver(HOP, Hop.Mail.to(1)));
            assertEquals(List.of("skipping SRV lookup for " + NAME + ": no SRV " + NAME), hop.log);
        }
        try (Hop hop = hop("ignore_srv_lookup_error", "yes")) {
            assertEquals(
                    List.of("r1 bounced 5.4.4 none (no SRV " + NAME + ")"),
                    hop.deliver(HOP, Hop.Mail.to(1)));
            hop.srv.put(NAME, new Resolver.Answer.TryAgain<>("again"));
            assertEquals(
                    List.of("r1 bounced 5.4.4 none (no host srv.example)"),
                    hop.deliver(HOP, Hop.Mail.to(1)));
            assertEquals(List.of("skipping SRV lookup for " + NAME + ": again"), hop.log);
        }
    }

    @Test
    void otherServicesAndBracketsAreNotLookedUp() {
        try (Hop hop = hop()) {
            for (String nexthop :
                    List.of("srv.example", "srv.example:2525", "[srv.example]:submission")) {
                assertEquals(
                        List.of("r1 bounced 5.4.4 none (no host srv.example)"),
                        hop.deliver(nexthop, Hop.Mail.to(1)));
            }
        }
        try (Hop hop = new Hop("use_srv_lookup", "fail:down")) {
            assertEquals(
                    List.of("r1 deferred 4.3.0 none (unknown mail transport error)"),
                    hop.deliver(HOP, Hop.Mail.to(1)));
            assertEquals("fatal: use_srv_lookup lookup problem", hop.log.getLast());
        }
    }

    // ---- best_mx_transport

    private static Hop ours(String... settings) {
        Hop hop = new Hop(settings);
        hop.mx.put("loop.example", Hop.found(List.of(new Resolver.Mx(10, "me.loop.example"))));
        hop.hosts.put("me.loop.example", Hop.found(List.of(loopback())));
        return hop;
    }

    @Test
    void mailThatLoopsHereGoesToTheTransportThatIsNamedForIt() {
        try (Hop hop = ours("best_mx_transport", "there:dest")) {
            ServiceSettings settings = ServiceSettings.none();
            hop.transports.put(
                    "there",
                    new Transport(
                            "there",
                            "local",
                            (request, report) -> {
                                for (int n : request.recipients()) {
                                    report.outcome(
                                            n,
                                            new Outcome.Bounced(
                                                    Outcome.Detail.local(
                                                            new Status(5, 1, 1),
                                                            "local",
                                                            request.nexthop())));
                                }
                                return null;
                            },
                            settings,
                            0,
                            new SlotNumbers(1)));
            assertEquals(
                    List.of("r1 bounced 5.1.1 local (dest)", "r2 bounced 5.1.1 local (dest)"),
                    hop.deliver("loop.example", Hop.Mail.to(2)));
            assertEquals(
                    "4XABCDEFGHz1: passing <r1@t.example> to transport=there", hop.log.getFirst());
        }
        try (Hop hop = ours("best_mx_transport", "nowhere")) {
            assertEquals(
                    List.of("r1 deferred 4.3.0 none (mail transport unavailable)"),
                    hop.deliver("loop.example", Hop.Mail.to(1)));
        }
    }

    /// An exchanger of less preference than this machine's is not asked, nor is a fallback relay.
    @Test
    void aFallbackRelayDoesNotGetWhatThisMachineIsAnExchangerFor() throws IOException {
        try (ScriptedServer server = new ScriptedServer(ScriptedServer.script());
                Hop hop = ours("smtp_fallback_relay", server.nexthop(), "inet_protocols", "ipv4")) {
            hop.mx.put(
                    "backup.example",
                    Hop.found(
                            List.of(
                                    new Resolver.Mx(5, "away.example"),
                                    new Resolver.Mx(10, "me.loop.example"))));
            hop.hosts.put("away.example", Hop.found(List.of(InetAddress.ofLiteral("127.0.0.77"))));
            assertEquals(
                    List.of(
                            "r1 deferred 4.4.1 none (connect to away.example[127.0.0.77]:PORT:"
                                    + " Connection refused)"),
                    hop.deliver("backup.example", Hop.Mail.to(1)));
            assertEquals(List.of(), server.heard);
        }
    }

    // ---- SRS

    /// Whom an alias of ours stood for is told by the original recipient.
    private static Hop.Mail forwarded(String sender) {
        Hop.Mail plain = Hop.Mail.to(1);
        Address ours = new Address("bob@own.example");
        List<Recipient> to =
                List.of(
                        new Recipient(new Address("f1@away.example"), ours, 0, null),
                        new Recipient(new Address("d1@away.example"), null, 0, null),
                        new Recipient(new Address("h1@own.example"), ours, 0, null),
                        new Recipient(
                                new Address("o1@away.example"),
                                new Address("x@other.example"),
                                0,
                                null));
        return new Hop.Mail(
                plain.id(),
                new Envelope(new Address(sender), to, 0, plain.envelope().attributes()),
                plain.content());
    }

    @Test
    void onlyForThoseToWhomItIsSentOnTheSenderIsRewritten(@TempDir Path directory)
            throws IOException {
        Path secret = Files.writeString(directory.resolve("secret"), "one\n");
        String[] settings = {
            "mydestination", "own.example",
            "postrider_srs_domain", "own.example",
            "postrider_srs_secret_file", secret.toString()
        };
        for (String sender : List.of("s@sender.example", "s@own.example", "")) {
            try (ScriptedServer server = new ScriptedServer(ScriptedServer.script());
                    Hop hop = new Hop(settings)) {
                assertEquals(4, hop.deliver(server.nexthop(), forwarded(sender)).size());
                List<String> said =
                        server.heard.stream()
                                .filter(l -> l.startsWith("MAIL") || l.startsWith("RCPT"))
                                .map(l -> l.replaceFirst("> .*", ">"))
                                .map(l -> l.replaceFirst("SRS0=....=..=", "SRS0=HASH=TT="))
                                .toList();
                List<String> others =
                        List.of(
                                "RCPT TO:<d1@away.example>",
                                "RCPT TO:<h1@own.example>",
                                "RCPT TO:<o1@away.example>");
                List<String> wanted = new ArrayList<>();
                if (sender.equals("s@sender.example")) {
                    wanted.add("MAIL FROM:<SRS0=HASH=TT=sender.example=s@own.example>");
                    wanted.add("RCPT TO:<f1@away.example>");
                    wanted.add("MAIL FROM:<s@sender.example>");
                } else {
                    wanted.add("MAIL FROM:<" + sender + ">");
                    wanted.add("RCPT TO:<f1@away.example>");
                }
                wanted.addAll(others);
                assertEquals(wanted, said);
            }
        }
    }

    @Test
    void whereTheDomainsCannotBeLookedUpForwardedMailWaits(@TempDir Path directory)
            throws IOException {
        Path secret = Files.writeString(directory.resolve("secret"), "one\n");
        try (Hop hop =
                new Hop(
                        "virtual_alias_domains", "fail:down",
                        "postrider_srs_domain", "own.example",
                        "postrider_srs_secret_file", secret.toString())) {
            assertEquals(
                    "f1 deferred 4.3.0 none (address resolver failure)",
                    hop.deliver("[127.0.0.1]:1", forwarded("s@sender.example")).getFirst());
        }
    }

    // ---- smtp_generic_maps

    @Test
    void aTableThatFailsLeavesTheMailWhereItIs() throws IOException {
        try (ScriptedServer server = new ScriptedServer(ScriptedServer.script());
                Hop hop = new Hop("smtp_generic_maps", "fail:down")) {
            assertEquals(
                    List.of(
                            "r1 deferred 4.3.0 127.0.0.1[127.0.0.1] (unknown mail transport error)"),
                    hop.deliver(server.nexthop(), Hop.Mail.to(1)));
            assertEquals(
                    List.of(
                            "warning: fail:down lookup error for \"s@sender.example\"",
                            "fatal: smtp_generic_maps map lookup problem for s@sender.example"),
                    hop.log);
            assertTrue(server.heard.stream().noneMatch(l -> l.startsWith("MAIL")));
        }
    }

    @Test
    void bodiesStayAsTheyAreAndNotSpokenOfAddressesToo() throws IOException {
        try (ScriptedServer server = new ScriptedServer(ScriptedServer.script());
                Hop hop =
                        new Hop(
                                "smtp_generic_maps",
                                "inline:{ {s@sender.example = out@public.example} }")) {
            hop.deliver(
                    server.nexthop(),
                    Hop.Mail.to(1, "From: s@sender.example\r\n", java.util.Map.of()));
            assertTrue(
                    server.heard.stream()
                            .anyMatch(l -> l.startsWith("MAIL FROM:<out@public.example>")),
                    told(server.heard));
            assertTrue(
                    server.bodies.getFirst().contains("\n\nFrom: s@sender.example\n"),
                    server.bodies.getFirst());
        }
    }
}
