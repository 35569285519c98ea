package org.postrider.master.life;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.authentication.Authentication;
import org.postrider.bounce.BounceParams;
import org.postrider.cleanup.CleanupService;
import org.postrider.config.ConfigException;
import org.postrider.config.ConfigParams;
import org.postrider.config.Settings;
import org.postrider.disk.Disk;
import org.postrider.dmarc.Dmarc;
import org.postrider.dmarcrpt.AggregateReports;
import org.postrider.dmarcrpt.DmarcResults;
import org.postrider.log.LogTag;
import org.postrider.maps.Fold;
import org.postrider.maps.TableException;
import org.postrider.master.Generation;
import org.postrider.master.Machine;
import org.postrider.master.MasterParams;
import org.postrider.master.Shared;
import org.postrider.message.Content;
import org.postrider.message.ContentReceiver;
import org.postrider.message.ContentWriter;
import org.postrider.queue.Attributes;
import org.postrider.queue.Envelope;
import org.postrider.queue.QueueException;
import org.postrider.queue.QueueId;
import org.postrider.queue.Recipient;
import org.postrider.queue.Routing;
import org.postrider.report.DailyReports;
import org.postrider.report.Letter;
import org.postrider.report.Outbox;
import org.postrider.report.Reporter;
import org.postrider.tlsrpt.SavedReports;
import org.postrider.tlsrpt.TlsResults;

/// Reports on TLS and of DMARC over all services and reloads, and how they come into the queue:
/// like a notice to the postmaster, which nobody hears of where it cannot be delivered. Any thread.
public final class Reporting implements Outbox, Shared.Reports, AutoCloseable {
    private final Machine machine;
    private final Supplier<Generation> now;
    private final SavedReports saved;
    private final AggregateReports aggregate;

    /// Made when it is asked first, and after a reload.
    private volatile @Nullable Dmarc dmarc;

    /// @param now asked when a report is sent
    public Reporting(Settings settings, Disk disk, Machine machine, Supplier<Generation> now) {
        this.machine = machine;
        this.now = now;
        DailyReports.World world =
                new DailyReports.World(
                        disk,
                        Path.of(settings.get(MasterParams.DATA_DIRECTORY)).toAbsolutePath(),
                        machine.threads(),
                        machine.clock());
        saved =
                new SavedReports(
                        world,
                        settings,
                        new SavedReports.Ways(machine.dns(), machine.connector(), this),
                        says(Base.tag(settings, "tlsrpt")));
        aggregate =
                new AggregateReports(
                        world,
                        settings,
                        domain -> records().reports(domain),
                        this,
                        says(Base.tag(settings, "dmarcrpt")));
    }

    private Reporter.Says says(LogTag tag) {
        return new Reporter.Says(
                text -> machine.log().info(tag, text), text -> machine.log().warning(tag, text));
    }

    private Dmarc records() {
        Dmarc known = dmarc;
        if (known == null) {
            known = Authentication.dmarc(now.get().settings(), machine.dns(), machine.clock());
            dmarc = known;
        }
        return known;
    }

    @Override
    public TlsResults tls() {
        return saved.results();
    }

    @Override
    public DmarcResults dmarc() {
        return aggregate.results();
    }

    /// Mail can be queued from now on.
    public void start() {
        saved.start();
        aggregate.start();
    }

    public void reload(Settings settings) {
        saved.set(settings);
        aggregate.set(settings);
        dmarc = null;
    }

    @Override
    public String mail(Letter letter, Address to) throws IOException {
        Settings settings = now.get().settings();
        String hostname = settings.get(ConfigParams.MYHOSTNAME);
        String from = Fold.lower(settings.get(BounceParams.DOUBLE_BOUNCE_SENDER));
        try {
            CleanupService cleanup =
                    now.get().cleanup(String.valueOf(settings.text("cleanup_service_name")));
            QueueId id = cleanup.newId();
            long time = machine.clock().wallMillis();
            byte[] mail =
                    letter.mail(
                            id.text(), to, hostname, settings.get(BounceParams.MAIL_NAME), time);
            Envelope envelope =
                    new Envelope(
                            new Address(from + "@" + hostname),
                            List.of(Recipient.of(to)),
                            time,
                            letter.form().tlsOptional()
                                    ? Attributes.OWN.withRouting(Routing.PLAIN.withTlsOptional())
                                    : Attributes.OWN);
            try (ContentWriter writer = cleanup.content()) {
                return queued(
                        cleanup.submit(
                                new CleanupService.Submission(
                                        id,
                                        envelope,
                                        content(mail, writer),
                                        CleanupService.internal(settings, "notify"))));
            }
        } catch (QueueException | ConfigException | TableException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private static Content content(byte[] mail, ContentWriter writer) throws IOException {
        ContentReceiver receiver = new ContentReceiver(writer, false, false, 0);
        receiver.lines(mail, 0, mail.length);
        return writer.finish(receiver.finish());
    }

    private static String queued(CleanupService.Result result) throws IOException {
        return switch (result) {
            case CleanupService.Result.Queued q -> q.id().text();
            case CleanupService.Result.Rejected r -> throw new IOException(r.text());
            case CleanupService.Result.Discarded d -> "none (discarded by cleanup)";
        };
    }

    @Override
    public void close() {
        try {
            saved.close();
        } finally {
            aggregate.close();
        }
    }
}
