package org.postrider.tlsrpt;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.config.Settings;
import org.postrider.disk.Disk;
import org.postrider.dns.Resolver;
import org.postrider.https.HttpsClient;
import org.postrider.io.Connector;
import org.postrider.threads.Family;
import org.postrider.threads.Loop;
import org.postrider.threads.Supervisor;
import org.postrider.threads.Work;
import org.postrider.time.Clock;

/// The mail system's reports on TLS: counts are read from data_directory when a client first asks
/// for them, and written there by a thread of its own once a minute. Where another mail system
/// holds the directory nothing is counted, and the log says so. Any thread.
public final class SavedReports implements AutoCloseable {
    private static final Work WORK =
            Work.of("tlsrpt", "counts TLS results, saves them, sends reports").onPlatform();
    private static final Work TASK =
            Work.of("tlsrpt-task", "asks whether a domain wants a report, or sends one")
                    .failing("it is tried again")
                    .waiting();
    private static final Duration WHOLE = Duration.ofSeconds(60);
    private static final int MOST_OCTETS = 16 << 10;

    private final World world;
    private final Consumer<String> warnings;
    private final Reporter reporter;
    private volatile String authorities;
    private final Loop loop;
    private @Nullable AutoCloseable owned;
    private boolean running;
    private boolean sends;
    private boolean started;
    private boolean closed;

    /// What the server has.
    ///
    /// @param directory data_directory
    public record World(
            Disk disk,
            Path directory,
            Resolver dns,
            Connector connector,
            Supervisor threads,
            Clock clock) {}

    /// @param lines for the log
    /// @param warnings for the log
    public SavedReports(
            World world,
            Settings settings,
            Outbox outbox,
            Consumer<String> lines,
            Consumer<String> warnings) {
        this.world = world;
        this.warnings = warnings;
        authorities = settings.get(TlsrptParams.CAFILE);
        HttpsClient https = new HttpsClient(world.connector(), this::addresses, world.clock());
        Family tasks = world.threads().family(TASK);
        loop = world.threads().loop(WORK, this::step);
        reporter =
                new Reporter(
                        world.disk(),
                        world.directory(),
                        settings.get(TlsrptParams.MEMORY),
                        house(settings),
                        new Reporter.Outside(
                                world.dns(),
                                outbox,
                                (to, zipped) -> post(https, WHOLE, to, zipped, authorities),
                                tasks::start,
                                new SplittableRandom(),
                                new Reporter.Says(lines, warnings)),
                        world.clock());
    }

    private static Reporter.House house(Settings settings) {
        return new Reporter.House(
                settings.get(TlsrptParams.ORGANIZATION),
                settings.get(TlsrptParams.CONTACT),
                settings.get(TlsrptParams.SENDER));
    }

    /// A reload. What is counted stays.
    public void set(Settings settings) {
        authorities = settings.get(TlsrptParams.CAFILE);
        reporter.set(settings.get(TlsrptParams.MEMORY), house(settings));
    }

    /// Who takes results: the first call begins to count, and no report goes out before [#start].
    public synchronized TlsResults results() {
        if (owned == null && !closed && own()) {
            reporter.begin(loop);
            running = true;
            go();
        }
        return running ? reporter : TlsResults.NONE;
    }

    /// The server is there: reports can go out.
    public synchronized void start() {
        sends = true;
        go();
    }

    private void go() {
        if (running && sends && !started && !closed) {
            started = true;
            loop.start();
        }
    }

    private long step() {
        return reporter.step();
    }

    private boolean own() {
        String why = world.directory() + " is in use by another mail system";
        try {
            owned = world.disk().tryLock(world.directory().resolve(LedgerFile.LOCK));
            if (owned != null) {
                return true;
            }
        } catch (IOException e) {
            why = String.valueOf(e.getMessage());
        }
        warnings.accept("reports on TLS: nothing is counted: " + why);
        owned = () -> {};
        return false;
    }

    /// RFC 8460 5.4.
    static int post(HttpsClient https, Duration whole, URI to, byte[] zipped, String authorities)
            throws IOException {
        HttpsClient.Request request =
                HttpsClient.Request.post(
                        to, Map.of("Content-Type", "application/tlsrpt+gzip"), zipped);
        return https.ask(request, new HttpsClient.Limits(whole, MOST_OCTETS), authorities).status();
    }

    /// A stranger chose the host: not this machine, nor what only it can reach.
    private List<InetAddress> addresses(String host) throws IOException {
        List<InetAddress> found =
                switch (world.dns().addresses(host, true, true)) {
                    case Resolver.Answer.Found<InetAddress> f -> f.records();
                    case Resolver.Answer.NoName<InetAddress> n -> throw new IOException(n.text());
                    case Resolver.Answer.NoData<InetAddress> n -> throw new IOException(n.text());
                    case Resolver.Answer.TryAgain<InetAddress> t -> throw new IOException(t.text());
                };
        List<InetAddress> outside = outside(found);
        if (outside.isEmpty()) {
            throw new IOException("has no address outside of this machine");
        }
        return outside;
    }

    static List<InetAddress> outside(List<InetAddress> found) {
        return found.stream()
                .filter(a ->
                        !a.isLoopbackAddress()
                                && !a.isAnyLocalAddress()
                                && !a.isLinkLocalAddress()
                                && !a.isMulticastAddress())
                .toList();
    }

    /// Saves all and lets go of the directory. What is being sent is sent again after a start.
    @Override
    public void close() {
        AutoCloseable holding;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            holding = owned;
        }
        try {
            loop.end(0);
            if (running) {
                reporter.save();
            }
            if (holding != null) {
                holding.close();
            }
        } catch (Exception e) {
            warnings.accept("reports on TLS: " + e.getMessage());
        }
    }
}
