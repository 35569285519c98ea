package org.postrider.smtpd;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.access.Access;
import org.postrider.anvil.Anvil;
import org.postrider.cleanup.Cleanup;
import org.postrider.cleanup.CleanupService;
import org.postrider.config.Catalogue;
import org.postrider.config.MainCf;
import org.postrider.config.ServiceSettings;
import org.postrider.disk.RealDisk;
import org.postrider.dmarcrpt.DmarcResults;
import org.postrider.dns.HostsFile;
import org.postrider.dns.SystemResolver;
import org.postrider.dnsbl.DnsLists;
import org.postrider.log.Events;
import org.postrider.log.LogFiles;
import org.postrider.log.LogTag;
import org.postrider.maps.TableDirectory;
import org.postrider.milter.MilterSockets;
import org.postrider.peer.ClientNames;
import org.postrider.queue.Envelope;
import org.postrider.queue.JournalQueue;
import org.postrider.queue.Queue;
import org.postrider.queue.QueuedMessage;
import org.postrider.rewrite.TrivialRewrite;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;

/// One session of an SMTP server over the real cleanup and spool, with 198.51.100.7, whose name
/// nobody asks for.
///
/// @param heard the replies, line by line
/// @param log all that was logged
/// @param queued how many mails are in the queue at the end, held ones too
/// @param held how many of them are held
/// @param envelopes of those that are not
/// @param headers of those, octets as chars
record Reception(
        List<String> heard,
        String log,
        int queued,
        int held,
        List<Envelope> envelopes,
        List<String> headers) {
    /// A queue that takes whatever tests send.
    static final JournalQueue.Options ROOM =
            new JournalQueue.Options(
                    1 << 20, 1 << 20, 0, false, JournalQueue.Limits.ofContents(0, 1 << 20));

    private static final String MAIN =
            """
            compatibility_level = 3.6
            smtpd_peername_lookup = no
            smtpd_forbid_unauth_pipelining = no
            notify_classes =
            mydestination =
            local_recipient_maps =
            alias_maps =
            mynetworks = 198.51.100.0/24
            """;

    /// [#ROOM] with a limit of what is being received.
    static JournalQueue.Options receiving(long octets) {
        return new JournalQueue.Options(
                1 << 20,
                1 << 20,
                0,
                false,
                new JournalQueue.Limits(0, 8 << 20, octets, 1L << 40, 1L << 40));
    }

    /// Questions to the name server of a test.
    ///
    /// @param directory for resolv.conf
    static DnsLists lists(Path directory, int port) throws IOException {
        return lists(directory, port, 60);
    }

    /// @param seconds that an answer may take
    static DnsLists lists(Path directory, int port, int seconds) throws IOException {
        Path conf = directory.resolve("resolv.conf");
        Files.writeString(
                conf, "nameserver 127.0.0.1\noptions attempts:1 timeout:" + seconds + "\n");
        Clock clock = Clock.system();
        return new DnsLists(new SystemResolver(conf, port, clock), Supervisor.alone(), clock);
    }

    private static ServiceSettings settings(Path directory, String mainCf) throws IOException {
        return ServiceSettings.of(
                MainCf.read(Files.writeString(directory.resolve("main.cf"), MAIN + mainCf)),
                Catalogue.load(),
                Map.of("myhostname", "mx.test.example", "mydomain", "test.example"));
    }

    private static Smtpd smtpd(
            ServiceSettings settings,
            TableDirectory tables,
            CleanupService cleanup,
            TrivialRewrite rewrite,
            @Nullable DnsLists dns,
            DmarcResults reports,
            MilterSockets sockets,
            Smtpd.Journal journal) {
        Path nothing = Path.of("none");
        ClientNames names =
                new ClientNames(
                        journal.clock(),
                        new SystemResolver(nothing, 53, journal.clock()),
                        new HostsFile(nothing));
        return new Smtpd(
                settings,
                tables,
                new Smtpd.Services(
                        _ -> cleanup,
                        _ -> rewrite,
                        new Access.Asked(dns, null, false, _ -> null),
                        names,
                        SmtpdSasl.none(settings, tables),
                        new Anvil(journal.clock())),
                new Smtpd.Machine(
                        () -> 1L << 40, _ -> Smtpd.Flushed.ASKED, Set.of(), sockets, () -> reports),
                journal);
    }

    /// A server whose mail goes to another cleanup; what it logs is not kept.
    static Smtpd smtpd(Path directory, String mainCf, CleanupService cleanup) throws IOException {
        return smtpd(directory, mainCf, cleanup, null);
    }

    /// The same, where restrictions ask a name server.
    static Smtpd smtpd(
            Path directory, String mainCf, CleanupService cleanup, @Nullable DnsLists dns)
            throws IOException {
        Clock clock = Clock.system();
        ServiceSettings settings = settings(directory, mainCf);
        TableDirectory tables = new TableDirectory(clock, "hash");
        try (Events nobody = LogFiles.mail(clock, directory.resolve("log"))) {
            return smtpd(
                    settings,
                    tables,
                    cleanup,
                    new TrivialRewrite(settings, tables, warning -> {}),
                    dns,
                    DmarcResults.NONE,
                    MilterSockets.nowhere(),
                    new Smtpd.Journal(nobody, clock, _ -> {}));
        }
    }

    /// With room for whatever comes.
    static Reception of(Path directory, String mainCf, String lines) throws IOException {
        return of(directory, mainCf, ROOM, lines);
    }

    /// @param directory for the queue and the log
    /// @param lines what the client says
    static Reception of(Path directory, String mainCf, JournalQueue.Options room, String lines)
            throws IOException {
        return of(directory, mainCf, room, null, lines);
    }

    /// The same, where restrictions ask a name server.
    static Reception of(
            Path directory,
            String mainCf,
            JournalQueue.Options room,
            @Nullable DnsLists dns,
            String lines)
            throws IOException {
        return of(directory, mainCf, room, dns, DmarcResults.NONE, lines);
    }

    /// The same, where somebody hears what came of DMARC.
    static Reception of(
            Path directory,
            String mainCf,
            JournalQueue.Options room,
            @Nullable DnsLists dns,
            DmarcResults reports,
            String lines)
            throws IOException {
        return of(directory, mainCf, room, dns, reports, MilterSockets.nowhere(), lines);
    }

    /// The same, where milters and a filter before the queue are reached.
    static Reception of(
            Path directory,
            String mainCf,
            JournalQueue.Options room,
            @Nullable DnsLists dns,
            DmarcResults reports,
            MilterSockets sockets,
            String lines)
            throws IOException {
        Clock clock = Clock.system();
        ServiceSettings settings = settings(directory, mainCf);
        TableDirectory tables = new TableDirectory(clock, "hash");
        TrivialRewrite rewrite = new TrivialRewrite(settings, tables, warning -> {});
        Path log = directory.resolve("log");
        Script client = Script.of(lines);
        int queued;
        int held;
        List<Envelope> envelopes;
        List<String> headers = new ArrayList<>();
        try (Events out = LogFiles.mail(clock, log);
                Queue spool =
                        JournalQueue.open(
                                new RealDisk(), directory.resolve("queue"), room, clock, _ -> {})) {
            LogTag tag = new LogTag("postfix/cleanup", 1);
            Cleanup cleanup =
                    new Cleanup(
                            settings,
                            tables,
                            rewrite,
                            new Cleanup.Goal(spool, () -> false, MilterSockets.nowhere()),
                            out,
                            tag);
            Smtpd.Journal journal = new Smtpd.Journal(out, clock, _ -> {});
            smtpd(settings, tables, cleanup, rewrite, dns, reports, sockets, journal)
                    .session(client, new LogTag("postfix/smtpd", 1));
            queued = spool.size();
            held = spool.ids("hold").size();
            List<QueuedMessage> due = spool.due(clock.wallMillis(), queued);
            envelopes = due.stream().map(QueuedMessage::envelope).toList();
            for (QueuedMessage each : due) {
                headers.add(new String(each.content().header(), StandardCharsets.ISO_8859_1));
            }
        }
        return new Reception(
                client.out().toString(StandardCharsets.ISO_8859_1).lines().toList(),
                Files.readString(log),
                queued,
                held,
                envelopes,
                headers);
    }
}
