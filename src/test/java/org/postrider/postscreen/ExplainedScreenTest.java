package org.postrider.postscreen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.config.Catalogue;
import org.postrider.config.MainCf;
import org.postrider.config.ServiceSettings;
import org.postrider.dns.StubServer;
import org.postrider.dns.SystemResolver;
import org.postrider.dnsbl.DnsLists;
import org.postrider.maps.Opening;
import org.postrider.maps.TableDirectory;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;

/// What postexplain says of a client that lists in DNS name.
class ExplainedScreenTest {
    @TempDir Path temp;

    private Postscreen.Explained explained(String action) throws IOException {
        ServiceSettings settings =
                ServiceSettings.of(
                        MainCf.read(
                                Files.writeString(
                                        temp.resolve("main.cf"),
                                        "postscreen_dnsbl_sites = list.example*2\n"
                                                + "postscreen_dnsbl_threshold = 2\n"
                                                + ("postscreen_dnsbl_action = " + action + "\n")
                                                + "mynetworks = 127.0.0.0/8\n")),
                        Catalogue.load(),
                        Map.of("myhostname", "mx.test.example", "mydomain", "test.example"));
        Path conf = temp.resolve("resolv.conf");
        Files.writeString(conf, "nameserver 127.0.0.1\noptions timeout:60 attempts:1\n");
        try (StubServer server = new StubServer();
                TableDirectory tables =
                        new TableDirectory(
                                new Opening(
                                        Clock.system(),
                                        Supervisor.alone(),
                                        settings::text,
                                        _ -> {}))) {
            server.zone("7.2.0.192.list.example A 127.0.0.2");
            return Postscreen.explain(
                    settings,
                    tables,
                    DnsLists.inTurn(
                            new SystemResolver(conf, server.port(), Clock.system()),
                            Clock.system()),
                    InetAddress.getByName("192.0.2.7"),
                    null,
                    Clock.system());
        }
    }

    @Test
    void whoIsListedIsRefusedUnlessThatIsIgnored() throws IOException {
        Postscreen.Explained dropped = explained("drop");
        assertTrue(dropped.refused(), dropped.lines().toString());
        assertTrue(
                dropped.lines()
                        .contains(
                                "postscreen_dnsbl_sites: score 2, postscreen_dnsbl_threshold 2:"
                                        + " postscreen_dnsbl_action = drop: it is told 521 and let go"),
                dropped.lines().toString());
        assertEquals(false, explained("ignore").refused());
        assertTrue(explained("enforce").refused());
    }
}
