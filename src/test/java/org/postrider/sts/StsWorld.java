package org.postrider.sts;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.postrider.Ledger;
import org.postrider.disk.RealDisk;
import org.postrider.dns.Resolver;
import org.postrider.https.HttpsClient;
import org.postrider.https.WebServer;
import org.postrider.io.Connector;
import org.postrider.io.Watchdog;
import org.postrider.log.Event;
import org.postrider.log.LogTag;
import org.postrider.log.MailLog;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;

/// Domains with records and policies that a test makes up, their policy host on a loopback port,
/// and a clock that a test moves.
public final class StsWorld implements AutoCloseable {
    /// TXT records of `_mta-sts.DOMAIN`; a domain that is not there has none.
    public final Map<String, List<String>> records = new ConcurrentHashMap<>();

    public final List<String> log = new CopyOnWriteArrayList<>();
    public final WebServer host;
    public volatile boolean noAnswer;
    final AtomicInteger asked = new AtomicInteger();
    final CountDownLatch dnsHangs = new CountDownLatch(1);
    volatile boolean hangs;
    volatile long laterMillis;

    /// Thrown by the next thread that asks.
    volatile @Nullable Error bug;

    private final Supervisor threads = new Supervisor(Clock.system(), this::step);

    /// How long a fetch may take.
    Duration whole = Duration.ofSeconds(20);

    private final Path directory;
    private final Watchdog watchdog = new Watchdog(Clock.system(), Supervisor.alone());
    private final List<AutoCloseable> made = new ArrayList<>();

    /// @param directory with `ca.pem`, and `NAME.pem` and `NAME.key` of the policy host; the file
    ///   of policies comes there
    public StsWorld(Path directory, String name) throws Exception {
        this.directory = directory;
        host = new WebServer(directory, name);
    }

    /// From now on the policy host says this, whatever is asked for.
    ///
    /// @param lines `mode: enforce|mx: mx.x.example|max_age: 86400`
    public void policy(String lines) {
        host.says(
                "HTTP/1.1 200 OK\r\n"
                        + "Content-Type: text/plain; charset=utf-8\r\n\r\n"
                        + "version: STSv1\r\n"
                        + lines.replace("|", "\r\n")
                        + "\r\n");
    }

    public StsSettings settings(Duration firstWait, int domains) {
        return new StsSettings(directory.resolve("ca.pem").toString(), firstWait, domains);
    }

    /// Such that have not begun.
    public StsPolicies policies() {
        Clock real = Clock.system();
        Clock clock =
                new Clock() {
                    @Override
                    public long wallMillis() {
                        return real.wallMillis() + laterMillis;
                    }

                    @Override
                    public long nanos() {
                        return real.nanos() + laterMillis * 1_000_000;
                    }
                };
        Discovery discovery =
                new Discovery(
                        new Dns(),
                        Connector.sockets(watchdog),
                        real,
                        host.port(),
                        new HttpsClient.Limits(whole, 64 << 10));
        StsPolicies out =
                new StsPolicies(
                        discovery,
                        new PolicyFile(new RealDisk(), directory, w -> log.add("warning: " + w)),
                        threads,
                        clock,
                        new Lines(),
                        new LogTag("postfix/smtp", 1));
        made.add(out);
        return out;
    }

    private void step(String thread) {
        Error now = bug;
        if (now != null && thread.equals("mta-sts")) {
            bug = null;
            throw now;
        }
    }

    @Override
    public void close() throws Exception {
        dnsHangs.countDown();
        for (AutoCloseable each : made) {
            each.close();
        }
        host.close();
        watchdog.close();
    }

    private final class Lines implements MailLog {
        @Override
        public void event(LogTag tag, Event event) {
            log.add(event.line());
            Ledger.line("sts.StsWorld", event.line());
        }
    }

    private final class Dns implements Resolver {
        @Override
        public Answer<String> texts(String name) {
            asked.incrementAndGet();
            if (hangs) {
                try {
                    dnsHangs.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            List<String> all = records.get(name.replaceFirst("^_mta-sts\\.", ""));
            return noAnswer
                    ? new Answer.TryAgain<>("no answer")
                    : all == null
                            ? new Answer.NoName<>("none")
                            : new Answer.Found<>(all, Duration.ofMinutes(1));
        }

        @Override
        public Answer<InetAddress> addresses(String name, boolean ipv4, boolean ipv6) {
            return name.startsWith("mta-sts.lost.")
                    ? new Answer.NoName<>("Host not found")
                    : new Answer.Found<>(
                            List.of(InetAddress.getLoopbackAddress()), Duration.ofMinutes(1));
        }

        @Override
        public Answer<Mx> mx(String domain) {
            throw new AssertionError("not asked here");
        }

        @Override
        public Answer<Srv> srv(String service) {
            throw new AssertionError("not asked here");
        }

        @Override
        public Answer<String> names(InetAddress address) {
            throw new AssertionError("not asked here");
        }
    }
}
