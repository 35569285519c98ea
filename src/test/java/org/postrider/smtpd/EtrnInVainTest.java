package org.postrider.smtpd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
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

/// ETRN for a site when no more sites can be noted: said to the client and in the log.
class EtrnInVainTest {
    @TempDir Path temp;

    @ParameterizedTest
    @EnumSource(Smtpd.Flushed.class)
    void eachOutcomeIsAnsweredAndWhatFailsIsLogged(Smtpd.Flushed flushed) throws Exception {
        Clock clock = Clock.system();
        Path mainCf =
                Files.writeString(
                        temp.resolve("main.cf"),
                        "smtpd_peername_lookup = no\n"
                                + "smtpd_forbid_unauth_pipelining = no\n"
                                + "fast_flush_domains = kept.example\n"
                                + "notify_classes =\n");
        ServiceSettings settings =
                ServiceSettings.of(
                        MainCf.read(mainCf),
                        Catalogue.load(),
                        Map.of("myhostname", "mx.test.example", "mydomain", "test.example"));
        TableDirectory tables = new TableDirectory(clock, "hash");
        TrivialRewrite rewrite = new TrivialRewrite(settings, tables, warning -> {});
        Path log = temp.resolve("log");
        Script client = Script.of("EHLO c.example\r\nETRN kept.example\r\nQUIT\r\n");
        try (Events out = LogFiles.mail(clock, log)) {
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
                                    () -> Long.MAX_VALUE,
                                    _ -> flushed,
                                    Set.of(),
                                    MilterSockets.nowhere()),
                            new Smtpd.Journal(out, clock, _ -> {}))
                    .session(client, new LogTag("postfix/smtpd", 1));
        }
        String heard = client.out().toString(StandardCharsets.ISO_8859_1);
        String said = Files.readString(log);
        boolean taken = flushed == Smtpd.Flushed.ASKED;
        assertEquals(taken, heard.contains("\r\n250 Queuing started\r\n"), heard);
        assertEquals(!taken, heard.contains("\r\n458 Unable to queue messages\r\n"), heard);
        String warned =
                switch (flushed) {
                    case ASKED -> "";
                    case TOO_MANY -> "warning: too many sites to flush, not taken from ";
                    case NO_SERVICE ->
                            "warning: connect to public/flush: No such file or directory\n";
                };
        assertTrue(said.contains(warned), said);
        assertEquals(!taken, said.contains("warning: "), said);
    }
}
