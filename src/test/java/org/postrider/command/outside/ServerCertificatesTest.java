package org.postrider.command.outside;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.address.Address;
import org.postrider.dns.SystemResolver;
import org.postrider.io.Connector;
import org.postrider.io.Watchdog;
import org.postrider.maps.TableDirectory;
import org.postrider.master.Configuration;
import org.postrider.master.Programs;
import org.postrider.rewrite.AddressClass;
import org.postrider.rewrite.Resolved;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;

/// A message may wait for thousands of servers: a few are asked, each once.
class ServerCertificatesTest {
    private static final String REASON = "4.7.5 Server certificate not verified";

    @TempDir Path directory;

    @Test
    void fewAreAskedAndEachOnce() throws Exception {
        Files.writeString(
                directory.resolve("main.cf"),
                "compatibility_level = 3.6\n"
                        + "myhostname = h.example\n"
                        + "smtp_tls_security_level = secure\n");
        Files.writeString(directory.resolve("master.cf"), "smtp unix - - n - - smtp\n");
        Clock clock = Clock.system();
        List<String> connections = new ArrayList<>();
        try (TableDirectory tables = new TableDirectory(clock, "hash");
                Watchdog watchdog = new Watchdog(clock, Supervisor.alone())) {
            Connector real = Connector.sockets(watchdog);
            ServerCertificates certificates =
                    new ServerCertificates(
                            Configuration.read(directory, Programs.standard()),
                            tables,
                            new SystemResolver(directory.resolve("none"), 53, clock),
                            (to, from, millis) -> {
                                connections.add(to.toString());
                                return real.connect(to, from, millis);
                            },
                            clock);
            List<String> said = new ArrayList<>();
            for (String port : List.of("1", "1", "2", "3", "4", "1")) {
                String server = "127.0.0.1[127.0.0.1]:" + port;
                Resolved route =
                        new Resolved(
                                "smtp",
                                "[127.0.0.1]:" + port,
                                new Address("a@far.example"),
                                AddressClass.DEFAULT);
                said.add(certificates.of(REASON, route, server).getFirst().replace(server, port));
                assertEquals(List.of(), certificates.of("4.4.1 timeout", route, server));
                Resolved away = new Resolved("local", "", route.recipient(), AddressClass.LOCAL);
                assertEquals(List.of(), certificates.of(REASON, away, server));
            }
            assertEquals(
                    List.of(
                            "1 was asked for its certificate now:",
                            "1: as above",
                            "2 was asked for its certificate now:",
                            "3 was asked for its certificate now:",
                            "4: not asked, 3 others were",
                            "1: as above"),
                    said);
            assertEquals(3, connections.size(), connections.toString());
        }
    }
}
