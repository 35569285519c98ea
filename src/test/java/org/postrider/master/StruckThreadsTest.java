package org.postrider.master;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Scanner;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.Descriptors;
import org.postrider.Until;
import org.postrider.disk.RealDisk;
import org.postrider.pickup.MaildropWriter;
import org.postrider.threads.Row;
import org.postrider.threads.Steps;

/// An Error is thrown into each thread of a server under traffic, one after the other. Nothing that
/// was accepted is lost, and five seconds later each of them works.
class StruckThreadsTest {
    private static final long WORKS_AGAIN_NANOS = 60_000_000_000L;

    /// A look for sites ends when nobody asked for a second.
    private static final long SITE_NANOS = 2_500_000_000L;

    private static final long PATIENCE_NANOS = 120_000_000_000L;

    /// Those whose state cannot be trusted end the server, which is started again.
    private static final List<String> UNTRUSTED = List.of("scheduler", "queue-settle");

    @TempDir Path temp;

    private final Strikes strikes = new Strikes();
    private final Set<String> accepted = new TreeSet<>();
    private int mails;
    private long asked = System.nanoTime() - SITE_NANOS;
    private @Nullable Server server;

    /// Throws once into what is aimed at, and counts the steps of all.
    private static final class Strikes implements Steps {
        private final AtomicReference<@Nullable String> aim = new AtomicReference<>();
        private final Map<String, AtomicInteger> steps = new ConcurrentHashMap<>();

        @Override
        public void begin(String name) {
            if (aim.compareAndSet(name, null)) {
                throw new InternalError("struck by the test: " + name);
            }
            steps.computeIfAbsent(name, _ -> new AtomicInteger()).incrementAndGet();
        }

        int steps(String name) {
            AtomicInteger n = steps.get(name);
            return n == null ? 0 : n.get();
        }
    }

    /// Has nothing against anybody.
    private static final class PolicyServer implements AutoCloseable {
        private final ServerSocket socket =
                new ServerSocket(0, 50, InetAddress.getLoopbackAddress());

        PolicyServer() throws IOException {
            Thread.ofVirtual().start(this::run);
        }

        int port() {
            return socket.getLocalPort();
        }

        private void run() {
            while (!socket.isClosed()) {
                try {
                    Socket one = socket.accept();
                    Thread.ofVirtual().start(() -> serve(one));
                } catch (IOException e) {
                    return;
                }
            }
        }

        private static void serve(Socket one) {
            try (one;
                    Scanner requests = new Scanner(one.getInputStream(), ISO_8859_1)) {
                requests.useDelimiter("\n\n");
                while (requests.hasNext()) {
                    requests.next();
                    one.getOutputStream().write("action=DUNNO\n\n".getBytes(ISO_8859_1));
                }
            } catch (IOException e) {
                // the other end has gone
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private Path configuration(int nextHop, int policy) throws IOException {
        Path conf = Files.createDirectories(temp.resolve("etc"));
        Path checks = conf.resolve("checks");
        Files.writeString(checks, "/^X-Twice: (never)\\1/ REJECT\n");
        Files.writeString(
                conf.resolve("main.cf"),
                """
                compatibility_level = 3.6
                queue_directory = %1$s/queue
                data_directory = %1$s/data
                maillog_file = %1$s/log
                maillog_file_prefixes = /
                myhostname = mx.test.example
                mydestination =
                local_recipient_maps =
                alias_maps =
                inet_interfaces = 127.0.0.1
                inet_protocols = ipv4
                mynetworks = 127.0.0.0/8
                smtpd_client_event_limit_exceptions =
                relayhost = [localhost]:%2$d
                smtp_host_lookup = native
                header_checks = regexp:%3$s
                transport_maps = inline:{dead.example=smtp:[127.0.0.1]:1}
                smtp_destination_concurrency_failed_cohort_limit = 1
                initial_destination_concurrency = 1
                minimal_backoff_time = 1s
                maximal_backoff_time = 2s
                queue_run_delay = 1s
                fast_flush_domains = there.example
                anvil_status_update_time = 1s
                smtpd_sender_rate_limit = 100000/1h
                smtpd_recipient_restrictions = check_policy_service inet:127.0.0.1:%4$d,
                    reject_unverified_sender, reject_rbl_client no..name
                smtpd_rate_limit_save_time = 1s
                postscreen_cache_cleanup_interval = 1s
                postrider_segment_size = 1048576
                """
                        .formatted(temp, nextHop, checks, policy));
        Files.writeString(
                conf.resolve("master.cf"),
                """
                127.0.0.1:0 inet n - n - - smtpd
                localhost:0 inet n - n - 1 postscreen
                smtpd pass - - n - - smtpd
                pickup unix n - n 60 1 pickup
                cleanup unix n - n - 0 cleanup
                qmgr unix n - n 300 1 qmgr
                rewrite unix - - n - - trivial-rewrite
                showq unix n - n - - showq
                flush unix n - n 1000? 0 flush
                bounce unix - - n - 0 bounce
                smtp unix - - n - - smtp
                retry unix - - n - - error
                verify unix - - n - 1 verify
                """);
        return conf;
    }

    // ---- traffic

    private Server server() {
        return java.util.Objects.requireNonNull(server);
    }

    /// A bit of everything that makes threads work.
    private void stir() {
        String number = "m" + ++mails;
        try {
            bySmtp(
                    number,
                    mails % 3 == 0 ? "later" + mails + "@there.example" : "you@there.example");
            byMaildrop("d" + mails);
            if (mails % 4 == 0) {
                bySmtp("x" + mails, "you@dead.example");
                accepted.remove("x" + mails);
            }
            if (System.nanoTime() - asked > SITE_NANOS) {
                asked = System.nanoTime();
                request("flush-site\tthere.example");
            }
            server().flush();
            unix("private/served").close();
        } catch (IOException e) {
            // struck: not accepted
        }
    }

    private void bySmtp(String subject, String to) throws IOException {
        List<InetSocketAddress> at = server().addresses();
        if (at.isEmpty()) {
            throw new IOException("nobody listens");
        }
        try (Socket socket = new Socket(at.getFirst().getAddress(), at.getFirst().getPort())) {
            socket.setSoTimeout(120_000);
            Talk talk = new Talk(socket);
            talk.hears("220");
            talk.says("EHLO client.example", "250");
            // Another one each time: verified addresses are remembered.
            talk.says("MAIL FROM:<sender-" + subject + "@client.example>", "250");
            talk.says("RCPT TO:<" + to + ">", "250");
            talk.says("DATA", "354");
            talk.says("Subject: <" + subject + ">\r\n\r\nhello\r\n.", "250");
            accepted.add(subject);
        }
    }

    private record Talk(Socket socket) {
        void says(String line, String expected) throws IOException {
            socket.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
            hears(expected);
        }

        void hears(String expected) throws IOException {
            StringBuilder line = new StringBuilder();
            while (true) {
                int c = socket.getInputStream().read();
                if (c < 0) {
                    throw new IOException("end of the session");
                }
                line.append((char) c);
                if (c == '\n') {
                    if (line.charAt(3) != '-') {
                        break;
                    }
                    line.setLength(0);
                }
            }
            if (!line.toString().startsWith(expected)) {
                throw new IOException(line.toString());
            }
        }
    }

    private void byMaildrop(String subject) throws IOException {
        try (MaildropWriter file =
                MaildropWriter.create(
                        new RealDisk(), temp.resolve("queue/maildrop"), subject, "rw-------")) {
            file.line("sender", "user@here.example");
            file.line("recipient", "you@there.example");
            file.beginContent();
            byte[] text =
                    ("Subject: <" + subject + ">\n\nhello\n").getBytes(StandardCharsets.UTF_8);
            file.content(text, 0, text.length);
            file.commit();
            accepted.add(subject);
        }
        for (String name : List.of("pickup", "qmgr", "showq", "flush")) {
            unix("public/" + name).close();
        }
    }

    private SocketChannel unix(String name) throws IOException {
        SocketChannel to = SocketChannel.open(StandardProtocolFamily.UNIX);
        to.connect(UnixDomainSocketAddress.of(temp.resolve("queue").resolve(name)));
        return to;
    }

    private String request(String words) throws IOException {
        try (SocketChannel control = unix("private/control")) {
            control.write(ByteBuffer.wrap((words + "\n").getBytes(StandardCharsets.ISO_8859_1)));
            ByteBuffer answer = ByteBuffer.allocate(1 << 16);
            while (control.read(answer) >= 0) {
                // to its end
            }
            return new String(answer.array(), 0, answer.position(), StandardCharsets.ISO_8859_1);
        }
    }

    // ---- waiting

    private boolean within(long nanos, BooleanSupplier what) {
        long end = System.nanoTime() + nanos;
        while (System.nanoTime() - end < 0) {
            stir();
            if (what.getAsBoolean()) {
                return true;
            }
        }
        return what.getAsBoolean();
    }

    private Row row(String name) {
        return server().threads().stream()
                .filter(r -> r.work().name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no thread " + name));
    }

    /// @return what went wrong
    private List<String> strike(String name) {
        List<String> wrong = new ArrayList<>();
        strikes.aim.set(name);
        if (!within(PATIENCE_NANOS, () -> strikes.aim.get() == null)) {
            strikes.aim.set(null);
            return List.of(name + " was never struck");
        }
        // It is counted a moment after it is thrown.
        if (!within(PATIENCE_NANOS, () -> row(name).panics() == 1)) {
            wrong.add(name + ": " + row(name).panics() + " panics");
        }
        int before = strikes.steps(name);
        if (!within(WORKS_AGAIN_NANOS, () -> strikes.steps(name) > before)) {
            wrong.add(name + " does not work five seconds later");
        }
        for (Row row : server().threads()) {
            if (row.late()) {
                wrong.add(name + ": " + row.work().name() + " does not go on");
            }
        }
        return wrong;
    }

    @Test
    void whatIsThrownInAnyThreadStopsNothingAndLosesNothing() throws Exception {
        try (NextHop hop = new NextHop();
                PolicyServer policy = new PolicyServer()) {
            Path conf = configuration(hop.port(), policy.port());
            server = Server.start(conf, ProcessHandle.current().pid(), strikes);
            assertTrue(
                    within(PATIENCE_NANOS, () -> strikes.steps("supervisor") > 0 && mails > 12),
                    "no traffic");
            List<String> names =
                    server().threads().stream()
                            .map(r -> r.work().name())
                            .filter(n -> !UNTRUSTED.contains(n) && !n.equals("stop"))
                            // Nothing is delivered to a mailbox here.
                            .filter(n -> !n.equals("act"))
                            // Nor is a report made: ReporterTest strikes them.
                            .filter(n -> !n.startsWith("tlsrpt") && !n.startsWith("dmarcrpt"))
                            .toList();
            int before = Descriptors.all();
            List<String> wrong = new ArrayList<>();
            for (String name : names) {
                wrong.addAll(strike(name));
            }
            assertEquals(List.of(), wrong);
            assertEquals(documented(), table(server().threads()));
            for (String name : UNTRUSTED) {
                strikes.aim.set(name);
                assertTrue(within(PATIENCE_NANOS, () -> strikes.aim.get() == null));
                assertEquals(false, server().awaitEnd(), "it ended well");
                int steps = strikes.steps(name);
                server = Server.start(conf, ProcessHandle.current().pid(), strikes);
                assertTrue(within(WORKS_AGAIN_NANOS, () -> strikes.steps(name) > steps));
            }
            awaitAll(hop);
            Until.seen(
                    () -> Descriptors.all() + " descriptors, " + before + " before",
                    () -> Descriptors.all() <= before + 20);
            String log = Files.readString(temp.resolve("log"));
            for (String name : UNTRUSTED) {
                assertTrue(
                        log.contains("fatal: " + name + " failed: java.lang.InternalError"), log);
            }
            assertEquals(0, log.split("status=bounced", -1).length - 1);
            // A stop that is struck is asked for again.
            strikes.aim.set("stop");
            request("stop");
            assertTrue(within(PATIENCE_NANOS, () -> strikes.aim.get() == null));
            request("stop");
            assertTrue(server().awaitEnd());
            int struck = names.size() + UNTRUSTED.size() + 1;
            System.out.println(
                    "threads struck: "
                            + struck
                            + " ("
                            + String.join(", ", names)
                            + "), "
                            + accepted.size()
                            + " mails accepted and delivered");
            assertTrue(struck >= 15, names.toString());
        } finally {
            if (server != null) {
                server.close();
            }
        }
    }

    /// A reload while a file of maildrop is being taken: no second look at it begins meanwhile.
    @Test
    void aFileOfMaildropIsNeverInTwoHands() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger hands = new AtomicInteger();
        Steps slow =
                name -> {
                    if (name.equals("submission") && hands.incrementAndGet() == 1) {
                        begun.countDown();
                        try {
                            go.await();
                        } catch (InterruptedException e) {
                            throw new IllegalStateException(e);
                        }
                    }
                };
        try (NextHop hop = new NextHop();
                PolicyServer policy = new PolicyServer();
                Server one =
                        Server.start(
                                configuration(hop.port(), policy.port()),
                                ProcessHandle.current().pid(),
                                slow)) {
            server = one;
            byMaildrop("once");
            assertTrue(begun.await(120, TimeUnit.SECONDS));
            for (int i = 0; i < 3; i++) {
                assertTrue(one.reload(line -> {}));
                unix("public/pickup").close();
            }
            assertEquals(1, hands.get(), "taken by another meanwhile");
            go.countDown();
            assertTrue(hop.next() != null);
            String log = Files.readString(temp.resolve("log"));
            assertEquals(1, log.split("uid=[0-9]+ from=", -1).length - 1, log);
            assertEquals(List.of(), hop.all(), "delivered again");
        }
    }

    /// The table of docs/internals/threads.md, but for what this configuration does not have.
    private static Set<String> documented() throws IOException {
        Set<String> lines = new TreeSet<>();
        for (String line : Files.readAllLines(Path.of("docs/internals/threads.md"))) {
            if (line.startsWith("| ")
                    && !line.startsWith("| thread |")
                    && !line.startsWith("| helper |")
                    && !line.startsWith("| mta-sts")
                    && !line.startsWith("| spawn |")
                    && !line.startsWith("| token-introspection |")) {
                lines.add(line);
            }
        }
        return lines;
    }

    private static Set<String> table(List<Row> rows) {
        Set<String> lines = new TreeSet<>();
        for (Row row : rows) {
            String name = row.work().name();
            lines.add(
                    "| "
                            + (name.startsWith("listen ")
                                    ? "listen PLACE"
                                    : name.startsWith("session-cache ")
                                            ? "session-cache TRANSPORT"
                                            : name)
                            + " | "
                            + row.work().does()
                            + " | "
                            + row.work().fails()
                            + " | "
                            + (row.work().platform() ? "system" : "virtual")
                            + " |");
        }
        return lines;
    }

    private void awaitAll(NextHop hop) {
        long end = System.nanoTime() + PATIENCE_NANOS;
        Set<String> missing = new TreeSet<>(accepted);
        while (!missing.isEmpty() && System.nanoTime() - end < 0) {
            for (NextHop.Mail mail : hop.all()) {
                int at = mail.content().indexOf("Subject: <");
                if (at >= 0) {
                    missing.remove(
                            mail.content()
                                    .substring(at + 10, mail.content().indexOf('>', at + 10)));
                }
            }
            server().flush();
            LockSupport.parkNanos(50_000_000);
        }
        assertEquals(Set.of(), missing, "accepted and not delivered");
    }
}
