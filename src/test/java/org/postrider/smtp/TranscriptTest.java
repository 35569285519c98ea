package org.postrider.smtp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What the postmaster is told of servers that speak amiss (notify_classes: protocol).
class TranscriptTest {
    private static Hop hop(String... more) {
        List<String> all = new ArrayList<>(List.of("notify_classes", "protocol"));
        all.addAll(List.of(more));
        return new Hop(all.toArray(String[]::new));
    }

    /// The mail that tells him goes to the same server, and says nothing again: there would be no
    /// end of them.
    @ParameterizedTest
    @CsvSource({
        "s@sender.example, 1",
        "'', 1",
        "double-bounce@mx.twin.example, 0",
        "Double-Bounce@MX.twin.example, 0"
    })
    void whatTellsHimIsNotToldOf(String sender, int told) throws IOException {
        try (Hop hop = hop();
                ScriptedServer server =
                        new ScriptedServer(ScriptedServer.script("rcpt", "500 5.5.2 what"))) {
            hop.deliver(server.nexthop(), Hop.Mail.to(1).from(sender));
            assertEquals(told, hop.told.size());
            if (told > 0) {
                String first = hop.told.getFirst();
                assertTrue(first.startsWith("double-bounce@mx.twin.example\n"), first);
                assertTrue(first.contains("In:  500 5.5.2 what"), first);
            }
        }
    }

    /// A session is no other mail's before he was told of this one: its lines are not mixed.
    @Test
    void aKeptSessionIsGivenAwayLast() throws IOException {
        try (Hop hop = hop("smtp_connection_cache_on_demand", "yes");
                ScriptedServer server =
                        new ScriptedServer(ScriptedServer.script("rcpt1", "500 5.5.2 what"))) {
            hop.whenTold =
                    () -> {
                        hop.whenTold = () -> {};
                        hop.deliver(server.nexthop(), Hop.Mail.to(2));
                    };
            hop.deliver(server.nexthop(), Hop.Mail.to(2));
            assertEquals(2, hop.told.size());
            assertEquals(2, server.connections());
            hop.deliver(server.nexthop(), Hop.Mail.to(2));
            assertEquals(3, hop.told.size());
            assertEquals(2, server.connections());
        }
    }

    @Test
    void whatAServerSaysIsCut() throws IOException {
        String line = "500-" + "x".repeat(190) + "\r\n";
        try (Hop hop = hop();
                ScriptedServer server =
                        new ScriptedServer(
                                ScriptedServer.script("rcpt", line.repeat(90) + "500 what"))) {
            hop.deliver(server.nexthop(), Hop.Mail.to(40));
            assertEquals(1, hop.told.size());
            int most = hop.told.getFirst().length();
            assertTrue(most > 60_000 && most < 80_000, () -> most + " octets");
        }
    }

    /// debug_peer_list, in Postfix's words; of a login only its mechanism.
    @ParameterizedTest
    @CsvSource({
        "127.0.0.0/8, true",
        "!127.0.0.1 0.0.0.0/0, false",
        "192.0.2.1, false",
        "'', false"
    })
    void whatIsSaidIsLoggedOfPeersThatAreListed(String list, boolean logged) throws IOException {
        try (Hop hop = new Hop("debug_peer_list", list);
                ScriptedServer server =
                        new ScriptedServer(ScriptedServer.script("rcpt", "450 4.2.1 later"))) {
            hop.deliver(server.nexthop(), Hop.Mail.to(1));
            List<String> said =
                    hop.log.stream().filter(s -> s.matches(".*[<>] .*:PORT: .*")).toList();
            String all = String.join("\n", said);
            assertEquals(logged, !said.isEmpty(), all);
            assertEquals(logged, all.contains("< 127.0.0.1[127.0.0.1]:PORT: 450 4.2.1 later"), all);
            assertEquals(logged, all.contains("> 127.0.0.1[127.0.0.1]:PORT: MAIL FROM:<"), all);
            assertEquals(List.of(), hop.told, "nobody asked to be told");
        }
    }
}
