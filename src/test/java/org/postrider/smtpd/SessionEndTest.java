package org.postrider.smtpd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.access.Access;
import org.postrider.anvil.Anvil;
import org.postrider.config.Catalogue;
import org.postrider.config.MainCf;
import org.postrider.config.ServiceSettings;
import org.postrider.dns.HostsFile;
import org.postrider.dns.SystemResolver;
import org.postrider.log.Events;
import org.postrider.log.LogFiles;
import org.postrider.log.LogTag;
import org.postrider.maps.TableDirectory;
import org.postrider.milter.MilterSockets;
import org.postrider.peer.ClientNames;
import org.postrider.rewrite.TrivialRewrite;
import org.postrider.time.Clock;

/// A session that dies of an Error gives back what is counted of its client.
class SessionEndTest {
    private static final int CLIENTS_AT_A_TIME = 50;

    @TempDir Path temp;

    @Test
    void sessionsThatDieOfAnErrorAreNotCountedForEver() throws Exception {
        Clock clock = Clock.system();
        Path mainCf =
                Files.writeString(
                        temp.resolve("main.cf"),
                        "smtpd_peername_lookup = no\n"
                                + "smtpd_forbid_unauth_pipelining = no\n"
                                + "notify_classes =\n");
        ServiceSettings settings =
                ServiceSettings.of(
                        MainCf.read(mainCf),
                        Catalogue.load(),
                        Map.of("myhostname", "mx.test.example", "mydomain", "test.example"));
        TableDirectory tables = new TableDirectory(clock, "hash");
        TrivialRewrite rewrite = new TrivialRewrite(settings, tables, warning -> {});
        Path log = temp.resolve("log");
        boolean[] broken = {true};
        int died = 0;
        try (Events out = LogFiles.mail(clock, log)) {
            Smtpd smtpd =
                    new Smtpd(
                            settings,
                            tables,
                            new Smtpd.Services(
                                    _ -> new NoMail(),
                                    _ -> rewrite,
                                    new Access.Asked(null, null, false, _ -> null),
                                    new ClientNames(
                                            clock,
                                            new SystemResolver(temp.resolve("none"), 53, clock),
                                            new HostsFile(temp.resolve("none"))),
                                    SmtpdSasl.none(settings, tables),
                                    new Anvil(clock)),
                            new Smtpd.Machine(
                                    () -> {
                                        if (broken[0]) {
                                            throw new InternalError("expected by the test");
                                        }
                                        return Long.MAX_VALUE;
                                    },
                                    _ -> Smtpd.Flushed.ASKED,
                                    Set.of(),
                                    MilterSockets.nowhere()),
                            new Smtpd.Journal(out, clock, _ -> {}));
            for (int i = 0; i < CLIENTS_AT_A_TIME + 10; i++) {
                Script client = Script.of("EHLO c.example\r\nMAIL FROM:<a@b.example>\r\n");
                smtpd.session(client, new LogTag("postfix/smtpd", 1));
                String heard = client.out().toString(StandardCharsets.ISO_8859_1);
                assertTrue(heard.startsWith("220 "), "session " + (i + 1) + " heard " + heard);
                died += heard.contains("421 4.3.0 mx.test.example Error: internal error") ? 1 : 0;
            }
            broken[0] = false;
            Script client = Script.of("EHLO c.example\r\nMAIL FROM:<a@b.example>\r\nQUIT\r\n");
            smtpd.session(client, new LogTag("postfix/smtpd", 1));
            String heard = client.out().toString(StandardCharsets.ISO_8859_1);
            assertTrue(heard.contains("250 2.1.0 Ok"), heard);
        }
        assertEquals(CLIENTS_AT_A_TIME + 10, died);
        String said = Files.readString(log);
        assertEquals(died, said.split("panic: session with .*InternalError", -1).length - 1);
        assertEquals(died + 1, said.split("disconnect from", -1).length - 1);
    }
}
