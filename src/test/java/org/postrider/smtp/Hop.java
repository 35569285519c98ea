package org.postrider.smtp;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.postrider.Ledger;
import org.postrider.address.Address;
import org.postrider.bounce.NotifyClasses;
import org.postrider.bounce.Postmaster;
import org.postrider.cleanup.CleanupService;
import org.postrider.config.ServiceSettings;
import org.postrider.delivery.Agent;
import org.postrider.delivery.DeliveryRequest;
import org.postrider.delivery.Outcome;
import org.postrider.delivery.Transports;
import org.postrider.disk.RealDisk;
import org.postrider.dns.Resolver;
import org.postrider.io.Connector;
import org.postrider.io.Watchdog;
import org.postrider.log.Event;
import org.postrider.log.LogTag;
import org.postrider.log.MailLog;
import org.postrider.maps.Opening;
import org.postrider.maps.TableDirectory;
import org.postrider.message.Content;
import org.postrider.message.ContentWriter;
import org.postrider.message.MemoryContent;
import org.postrider.queue.Envelope;
import org.postrider.queue.Mark;
import org.postrider.queue.Named;
import org.postrider.queue.QueueId;
import org.postrider.queue.QueuedMessage;
import org.postrider.queue.Recipient;
import org.postrider.rewrite.TrivialRewrite;
import org.postrider.sts.StsPolicies;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;
import org.postrider.tlsrpt.TlsResult;
import org.postrider.tlsrpt.TlsResults;

/// A client to try: settings, a made-up DNS, a log that is kept; what it does is written as lines.
public final class Hop implements AutoCloseable {
    final List<String> log = new ArrayList<>();
    public final MailLog kept = new KeptLog();
    final Map<String, Resolver.Answer<Resolver.Mx>> mx = new HashMap<>();
    final Map<String, Resolver.Answer<InetAddress>> hosts = new HashMap<>();
    final Map<String, Resolver.Answer<Resolver.Srv>> srv = new HashMap<>();
    final Map<String, Resolver.Answer<Resolver.Tlsa>> tlsa = new HashMap<>();
    final List<TlsResult> results = new ArrayList<>();
    final Map<String, Transports.Transport> transports = new HashMap<>();

    /// What the postmaster is told (notify_classes: protocol).
    final List<String> told = new ArrayList<>();

    /// Done whenever he is told something.
    Runnable whenTold = () -> {};

    final SmtpAgent agent;
    Agent.@Nullable Unavailable unavailable;
    private Outcome.@Nullable Spent last;

    /// Steps that the client's own loops took, by name.
    final Map<String, Integer> steps = new ConcurrentHashMap<>();

    private final Watchdog watchdog = new Watchdog(Clock.system(), Supervisor.alone());
    private final ExecutorService pool = Executors.newSingleThreadExecutor();

    public Hop(String... settings) {
        this(Protocol.SMTP, settings);
    }

    /// Settings of a client that gives up after a second where it is to say that it has, and waits
    /// where the server is to answer: on a busy machine that may take a second.
    ///
    /// @param said `... timed out while DOING`, or what does not speak of it
    static String[] impatient(String said) {
        int at = said.indexOf(" timed out while ");
        if (at < 0) {
            return new String[0];
        }
        String doing = said.substring(at + " timed out while ".length());
        return new String[] {
            doing.startsWith("receiving the initial") || doing.startsWith("performing the EHLO")
                    ? "smtp_helo_timeout"
                    : doing.startsWith("sending MAIL")
                            ? "smtp_mail_timeout"
                            : doing.startsWith("sending RCPT")
                                    ? "smtp_rcpt_timeout"
                                    : doing.startsWith("sending DATA")
                                            ? "smtp_data_init_timeout"
                                            : doing.startsWith("sending end")
                                                    ? "smtp_data_done_timeout"
                                                    : "smtp_data_xfer_timeout",
            "1s"
        };
    }

    /// @param protocol whose names the settings have
    public Hop(Protocol protocol, String... settings) {
        this(protocol, null, settings);
    }

    /// @param sts null for ones that know nothing
    Hop(Protocol protocol, @Nullable StsPolicies sts, String... settings) {
        Map<String, String> own = new HashMap<>();
        own.put("myhostname", "mx.twin.example");
        for (int i = 0; i < settings.length; i += 2) {
            own.put(settings[i], settings[i + 1]);
        }
        ServiceSettings all = ServiceSettings.none().with(own);
        TableDirectory tables =
                new TableDirectory(
                        new Opening(Clock.system(), Supervisor.alone(), n -> null, w -> {}));
        agent =
                new SmtpAgent(
                        new ClientSettings(all, protocol),
                        new SmtpAgent.Others(
                                tables,
                                new TrivialRewrite(all, tables, w -> {}),
                                transports::get,
                                new Collecting(results),
                                sts == null ? noPolicies() : sts,
                                NotifyClasses.has(all, "protocol")
                                        ? new Postmaster(all, new Told(), Clock.system())
                                        : null),
                        new SmtpAgent.Network(
                                new MadeUpDns(),
                                Connector.sockets(watchdog),
                                pool,
                                Set.of(InetAddress.getLoopbackAddress()),
                                false),
                        new SmtpAgent.Workplace(
                                kept,
                                new LogTag("postfix/smtp", 1),
                                new Supervisor(
                                        Clock.system(), name -> steps.merge(name, 1, Integer::sum)),
                                Clock.system()));
    }

    /// What the last outcome took.
    Outcome.Spent last() {
        return java.util.Objects.requireNonNull(last);
    }

    private final class Told implements CleanupService {
        @Override
        public QueueId newId() {
            return new QueueId("NOTICE");
        }

        @Override
        public ContentWriter content() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Prepared prepare(Submission submission) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Result submit(Submission submission) {
            byte[] body = submission.content().inlineBody();
            told.add(
                    submission.envelope().sender()
                            + "\n"
                            + new String(
                                    Objects.requireNonNull(body), StandardCharsets.ISO_8859_1));
            whenTold.run();
            return new Result.Discarded("told");
        }
    }

    private record Collecting(List<TlsResult> into) implements TlsResults {
        @Override
        public boolean wanted() {
            return true;
        }

        @Override
        public void took(TlsResult result) {
            into.add(result);
        }
    }

    private StsPolicies noPolicies() {
        return new StsPolicies(
                new StsPolicies.Means(
                        new MadeUpDns(),
                        Connector.sockets(watchdog),
                        new RealDisk(),
                        Path.of("/nonexistent")),
                Supervisor.alone(),
                Clock.system(),
                kept,
                new LogTag("postfix/smtp", 1));
    }

    /// Delivers; each outcome as `r1 sent 2.0.0 relay (text)` in the order they come.
    List<String> deliver(String nexthop, Mail mail) {
        List<String> out = new ArrayList<>();
        List<Integer> all = new ArrayList<>();
        for (int i = 0; i < mail.envelope().recipients().size(); i++) {
            all.add(i);
        }
        unavailable =
                agent.deliver(
                        new DeliveryRequest(
                                mail, "smtp", nexthop, all, true, new LogTag("postfix/smtp", 2)),
                        (n, outcome) -> {
                            last = outcome.detail().spent();
                            out.add(line(mail, n, outcome));
                        });
        return out;
    }

    private static String line(Mail mail, int n, Outcome o) {
        String status =
                switch (o) {
                    case Outcome.Sent _ -> "sent";
                    case Outcome.Deferred _ -> "deferred";
                    case Outcome.Bounced _ -> "bounced";
                };
        String local = mail.envelope().recipients().get(n).address().text().split("@")[0];
        Outcome.Detail d = o.detail();
        return local
                + " "
                + status
                + " "
                + d.status()
                + " "
                + d.relay().replaceAll(":\\d+$", "")
                + " ("
                + d.text().replaceAll("\\]:\\d+", "]:PORT")
                + ")";
    }

    @Override
    public void close() {
        agent.close();
        watchdog.close();
        pool.shutdownNow();
    }

    /// A message that is only a value.
    record Mail(QueueId id, Envelope envelope, Content content) implements QueuedMessage {
        static Mail to(int recipients) {
            return to(recipients, "hello\r\n", Map.of());
        }

        static Mail to(int recipients, String body, Map<String, String> attributes) {
            List<Recipient> all = new ArrayList<>();
            for (int i = 1; i <= recipients; i++) {
                all.add(Recipient.of(new Address("r" + i + "@t.example")));
            }
            return new Mail(
                    new QueueId("4XABCDEFGHz1"),
                    new Envelope(new Address("s@sender.example"), all, 0, Named.of(attributes)),
                    content("Subject: t\r\n", body));
        }

        Mail from(String sender) {
            return new Mail(
                    id,
                    new Envelope(
                            new Address(sender),
                            envelope.recipients(),
                            envelope.arrivalMillis(),
                            envelope.attributes()),
                    content);
        }

        /// The same that has just arrived.
        Mail fresh() {
            return new Mail(
                    id,
                    new Envelope(
                            envelope.sender(),
                            envelope.recipients(),
                            Clock.system().wallMillis(),
                            envelope.attributes()),
                    content);
        }

        static Content content(String header, String body) {
            return MemoryContent.of(
                    header.getBytes(StandardCharsets.ISO_8859_1),
                    ("\r\n" + body).getBytes(StandardCharsets.ISO_8859_1));
        }

        @Override
        public boolean done(int recipient) {
            return false;
        }

        @Override
        public Mark.@Nullable Reason reason(int recipient) {
            return null;
        }

        @Override
        public long size() {
            return content.facts().size();
        }

        @Override
        public boolean held() {
            return false;
        }

        @Override
        public boolean forcedToExpire() {
            return false;
        }

        @Override
        public boolean delayWarned() {
            return false;
        }
    }

    private final class MadeUpDns implements Resolver {
        @Override
        public Answer<Mx> mx(String domain) {
            return mx.getOrDefault(domain, new Answer.NoName<>("no MX " + domain));
        }

        @Override
        public Answer<Srv> srv(String service) {
            return srv.getOrDefault(service, new Answer.NoName<>("no SRV " + service));
        }

        @Override
        public Answer<InetAddress> addresses(String host, boolean ipv4, boolean ipv6) {
            return hosts.getOrDefault(host, new Answer.NoName<>("no host " + host));
        }

        @Override
        public Answer<Tlsa> tlsa(String name) {
            return tlsa.getOrDefault(name, new Answer.NoName<>("no TLSA " + name));
        }

        @Override
        public Answer<String> names(InetAddress address) {
            return new Answer.NoName<>("");
        }
    }

    static <T> Resolver.Answer<T> found(List<T> records) {
        return new Resolver.Answer.Found<>(records, Duration.ofMinutes(1));
    }

    private final class KeptLog implements MailLog {
        private void add(String line) {
            log.add(line.replaceAll("\\]:\\d+", "]:PORT"));
            Ledger.line("smtp.Hop", line);
        }

        @Override
        public void event(LogTag tag, Event event) {
            add(event.line());
        }
    }
}
