package org.postrider.tlsrpt;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.disk.RealDisk;
import org.postrider.dns.Resolver;
import org.postrider.report.Bench;
import org.postrider.report.House;
import org.postrider.report.Letter;
import org.postrider.report.Reporter;
import org.postrider.time.Clock;
import org.postrider.tlsrpt.TlsResult.Failure;
import org.postrider.tlsrpt.TlsResult.Kind;
import org.postrider.tlsrpt.TlsResult.Policy;
import org.postrider.tlsrpt.TlsResult.Reason;
import org.postrider.tlsrpt.TlsResult.Session;

/// A reporter to try: a clock with hands, a made-up DNS, and what it sends is kept. Its tasks are
/// done at once, on the test's thread.
final class Desk implements Clock, Resolver {
    static final House HOUSE =
            new House("Sender Inc.", "mailto:admin@s.example", "tls@mail.s.example");
    static final Policy STS =
            new Policy(
                    Kind.STS,
                    "d.example",
                    List.of("version: STSv1", "mode: testing", "mx: *.d.example"),
                    List.of("*.d.example"));

    final Map<String, Answer<String>> texts = new HashMap<>();
    final List<String> asked = new ArrayList<>();
    final List<String> mails = new ArrayList<>();
    final List<String> posts = new ArrayList<>();
    final List<String> log = new ArrayList<>();
    final Path directory;
    TlsReports.Poster poster = (to, zipped) -> 201;
    @Nullable String noMail;
    long nowMillis = Instant.parse("2026-11-28T10:00:00Z").toEpochMilli();
    long most = 4 << 20;
    Bench<TlsResult> reporter;

    Desk(Path directory) {
        this.directory = directory;
        reporter = made();
    }

    private Bench<TlsResult> made() {
        Bench<TlsResult> out =
                new Bench<>(
                        new RealDisk(),
                        directory,
                        new TlsReports(this, this::mail, this::post, () -> HOUSE),
                        most,
                        new Reporter.Outside(
                                this::task,
                                new SplittableRandom(7),
                                new Reporter.Says(log::add, text -> log.add("warning: " + text))),
                        this);
        out.begin();
        return out;
    }

    /// As after a stop, or a kill -9, which saves nothing.
    void restarts(boolean saved) {
        if (saved) {
            reporter.save();
        }
        reporter = made();
    }

    void wants(String domain, String record) {
        texts.put(
                "_smtp._tls." + domain,
                new Answer.Found<>(List.of(record), Duration.ofSeconds(60)));
    }

    void took(String domain, Policy policy, @Nullable Reason reason, String mx, int times) {
        for (int i = 0; i < times; i++) {
            reporter.took(
                    domain,
                    new TlsResult(
                            domain,
                            policy,
                            new Session("192.0.2.1", mx, "helo." + mx, "192.0.2.9"),
                            reason == null ? null : new Failure(reason, "X509_" + reason)));
        }
    }

    /// The loop's steps, until it rests.
    void steps() {
        for (int i = 0; i < 100_000 && reporter.step() == 0; i++) {
            // on to the next
        }
    }

    /// Time goes on, in steps as the loop would take them.
    void until(String instant) {
        long end = Instant.parse(instant).toEpochMilli();
        while (nowMillis < end) {
            long rest = reporter.step() / 1_000_000;
            nowMillis = Math.min(end, nowMillis + Math.max(1, rest));
        }
        steps();
    }

    private void task(Runnable task, Runnable after) {
        try {
            task.run();
        } catch (InternalError e) {
            log.add("panic");
        } finally {
            after.run();
        }
    }

    private String mail(Letter letter, Address to) throws IOException {
        if (noMail != null) {
            throw new IOException(noMail);
        }
        mails.add(
                new String(
                        letter.mail("4QID", to, "mail.s.example", "Postfix", nowMillis),
                        StandardCharsets.ISO_8859_1));
        return "4QID";
    }

    private int post(URI to, byte[] zipped) throws IOException {
        posts.add(to + " at " + Instant.ofEpochMilli(nowMillis) + " " + unzipped(zipped));
        return poster.post(to, zipped);
    }

    static String unzipped(byte[] octets) throws IOException {
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(octets))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Override
    public long wallMillis() {
        return nowMillis;
    }

    @Override
    public long nanos() {
        return nowMillis * 1_000_000;
    }

    @Override
    public Answer<String> texts(String name) {
        asked.add(name);
        return texts.getOrDefault(name, new Answer.NoName<>("none"));
    }

    @Override
    public Answer<Mx> mx(String domain) {
        throw new IllegalStateException(domain);
    }

    @Override
    public Answer<InetAddress> addresses(String host, boolean ipv4, boolean ipv6) {
        throw new IllegalStateException(host);
    }

    @Override
    public Answer<String> names(InetAddress address) {
        throw new IllegalStateException();
    }

    @Override
    public Answer<Srv> srv(String service) {
        throw new IllegalStateException(service);
    }
}
