package org.postrider.tlsrpt;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.postrider.config.Settings;
import org.postrider.dns.Resolver;
import org.postrider.https.HttpsClient;
import org.postrider.io.Connector;
import org.postrider.report.DailyReports;
import org.postrider.report.House;
import org.postrider.report.Outbox;
import org.postrider.report.Reporter;
import org.postrider.threads.Work;

/// The mail system's reports on TLS ([DailyReports]). Any thread.
public final class SavedReports implements AutoCloseable {
    private static final DailyReports.Works WORKS =
            new DailyReports.Works(
                    Work.of("tlsrpt", "counts TLS results, saves them, sends reports").onPlatform(),
                    Work.of("tlsrpt-task", "asks whether a domain wants a report, or sends one")
                            .failing("it is tried again")
                            .waiting());
    private static final Duration WHOLE = Duration.ofSeconds(60);
    private static final int MOST_OCTETS = 16 << 10;

    private final Resolver dns;
    private final DailyReports<TlsResult> reports;
    private volatile String authorities;
    private volatile House house;

    /// What leads out of the machine.
    ///
    /// @param outbox takes reports that go by mail
    public record Ways(Resolver dns, Connector connector, Outbox outbox) {}

    public SavedReports(DailyReports.World world, Settings settings, Ways ways, Reporter.Says log) {
        dns = ways.dns();
        authorities = settings.get(TlsrptParams.CAFILE);
        house = house(settings);
        HttpsClient https = new HttpsClient(ways.connector(), this::addresses, world.clock());
        reports =
                new DailyReports<>(
                        world,
                        new TlsReports(
                                dns,
                                ways.outbox(),
                                (to, zipped) -> post(https, WHOLE, to, zipped, authorities),
                                () -> house),
                        WORKS,
                        settings.get(TlsrptParams.MEMORY),
                        log);
    }

    private static House house(Settings settings) {
        return new House(
                settings.get(TlsrptParams.ORGANIZATION),
                settings.get(TlsrptParams.CONTACT),
                settings.get(TlsrptParams.SENDER));
    }

    /// A reload. What is counted stays.
    public void set(Settings settings) {
        authorities = settings.get(TlsrptParams.CAFILE);
        house = house(settings);
        reports.set(settings.get(TlsrptParams.MEMORY));
    }

    /// Who takes results: the first call begins to count, and no report goes out before [#start].
    public TlsResults results() {
        Reporter<TlsResult> taker = reports.results();
        return taker == null ? TlsResults.NONE : result -> taker.took(result.domain(), result);
    }

    /// The server is there: reports can go out.
    public void start() {
        reports.start();
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
                switch (dns.addresses(host, true, true)) {
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

    @Override
    public void close() {
        reports.close();
    }
}
