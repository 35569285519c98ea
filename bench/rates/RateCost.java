import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.postrider.anvil.Rates;
import org.postrider.anvil.SavedRates;
import org.postrider.disk.RealDisk;
import org.postrider.master.Server;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;

/// What rate limits cost: of the counts alone, by mail, and of a server's mails with limits off and
/// on in turn. Medians. Run by rate-cost.
class RateCost {
    private static final int ROUNDS = 9;
    private static final Rates.Kind[] KINDS = Rates.Kind.values();
    private static final Rates.Limit[] WINDOWS = {
        new Rates.Limit(1_000_000_000, 3_600, Rates.Unit.MESSAGES),
        new Rates.Limit(1_000_000_000, 86_400, Rates.Unit.RECIPIENTS)
    };

    public static void main(String[] args) throws Exception {
        Path dir = Path.of(args[0]);
        counts(dir);
        memory();
        server(dir);
    }

    private static void counts(Path dir) throws Exception {
        System.out.printf("%-64s %10s%n", "counts alone, ns a mail (take and keep)", "ns/mail");
        for (int limits : new int[] {1, 4, 8}) {
            for (int threads : new int[] {1, 4}) {
                Rates rates = new Rates(Clock.system(), 100_000, _ -> {});
                line(
                        limits + " windows, 5000 keys a kind, " + threads + " threads, in memory",
                        measured(rates, limits, threads, 5_000));
            }
        }
        Path data = Files.createDirectories(dir.resolve("data"));
        try (SavedRates saved =
                new SavedRates(new RealDisk(), data, Supervisor.alone(), Clock.system(), 100_000, 1_000, _ -> {})) {
            line(
                    "8 windows, 5000 keys a kind, 1 threads, saved every second",
                    measured(saved.rates(), 8, 1, 5_000));
        }
        Rates full = new Rates(Clock.system(), 20_000, _ -> {});
        line("1 window, each mail of a new key, 20000 keys kept", measured(full, 1, 1, -1));
    }

    private static void line(String what, double value) {
        System.out.printf(Locale.ROOT, "%-64s %10.0f%n", what, value);
    }

    private static double measured(Rates rates, int windows, int threads, int keys)
            throws Exception {
        int mails = 200_000 / threads;
        double[] rounds = new double[ROUNDS];
        String[] names = new String[Math.max(keys, 1)];
        Arrays.setAll(names, i -> "user" + i + "@example.com");
        for (int r = -2; r < ROUNDS; r++) {
            int round = r;
            List<Thread> all = new ArrayList<>();
            long start = System.nanoTime();
            for (int t = 0; t < threads; t++) {
                int seed = t * 7_919;
                all.add(
                        Thread.ofPlatform()
                                .start(
                                        () -> {
                                            for (int i = 0; i < mails; i++) {
                                                String name =
                                                        keys > 0
                                                                ? names[(i * 31 + seed & 0x7fffffff) % keys]
                                                                : "n" + round + "." + i;
                                                mail(rates, windows, name);
                                            }
                                        }));
            }
            for (Thread each : all) {
                each.join();
            }
            if (r >= 0) {
                rounds[r] = (System.nanoTime() - start) / (double) mails;
            }
        }
        Arrays.sort(rounds);
        return rounds[ROUNDS / 2];
    }

    private static void mail(Rates rates, int windows, String name) {
        for (int w = 0; w < windows; w++) {
            Rates.Key key = new Rates.Key(KINDS[w % KINDS.length], name);
            Rates.Limit limit = WINDOWS[w / KINDS.length];
            rates.take(key, limit, 1, false);
            rates.keep(key, limit, 1);
        }
    }

    private static void memory() {
        int keys = 100_000;
        long before = used();
        Rates rates = new Rates(Clock.system(), keys, _ -> {});
        for (int i = 0; i < keys; i++) {
            mail(rates, 1, "user" + i + "@example.com");
        }
        long after = used();
        System.out.printf(
                "%n%-64s %10d%n", "octets of heap a key, one window", (after - before) / keys);
        if (rates.size() != keys) {
            throw new IllegalStateException("evicted");
        }
    }

    private static long used() {
        for (int i = 0; i < 5; i++) {
            System.gc();
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    // ---- a server, over the socket

    private static void server(Path dir) throws Exception {
        System.out.printf(
                "%n%-64s %10s%n", "a server in this process, one session, discard:", "us/mail");
        String on =
                "smtpd_login_rate_limit = 100000000/1h\n"
                        + "smtpd_sender_rate_limit = 100000000/1h, 100000000/1d recipients\n"
                        + "smtpd_sender_domain_rate_limit = 100000000/1h\n"
                        + "smtpd_recipient_domain_rate_limit = 100000000/1h recipients\n";
        double[][] rounds = new double[2][ROUNDS];
        try (Server without = Server.start(configuration(dir.resolve("off"), ""));
                Server with = Server.start(configuration(dir.resolve("on"), on));
                Client off = new Client(without);
                Client limited = new Client(with)) {
            for (int r = -3; r < ROUNDS; r++) {
                double a = off.mails(4_000);
                double b = limited.mails(4_000);
                if (r >= 0) {
                    rounds[0][r] = a;
                    rounds[1][r] = b;
                }
            }
        }
        String[] names = {"no limits", "limits on login, sender (2 windows) and both domains"};
        for (int i = 0; i < 2; i++) {
            Arrays.sort(rounds[i]);
            System.out.printf(
                    Locale.ROOT,
                    "%-64s %10.1f   (%.1f-%.1f)%n",
                    names[i],
                    rounds[i][ROUNDS / 2],
                    rounds[i][0],
                    rounds[i][ROUNDS - 1]);
        }
    }

    private static Path configuration(Path base, String more) throws Exception {
        Path conf = Files.createDirectories(base.resolve("etc"));
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
                inet_interfaces = 127.0.0.1
                inet_protocols = ipv4
                mynetworks = 127.0.0.0/8
                smtpd_authorized_xclient_hosts = 127.0.0.1
                default_transport = discard:all
                %2$s
                """
                        .formatted(base, more));
        Files.writeString(
                conf.resolve("master.cf"),
                """
                127.0.0.1:0 inet n - n - - smtpd
                pickup unix n - n 60 1 pickup
                cleanup unix n - n - 0 cleanup
                qmgr unix n - n 300 1 qmgr
                rewrite unix - - n - - trivial-rewrite
                bounce unix - - n - 0 bounce
                defer unix - - n - 0 bounce
                trace unix - - n - 0 bounce
                smtp unix - - n - - smtp
                error unix - - n - - error
                retry unix - - n - - error
                discard unix - - n - - discard
                """);
        return conf;
    }

    private static final class Client implements AutoCloseable {
        private static final byte[] MAIL =
                "MAIL FROM:<a@x.example>\r\nRCPT TO:<b@y.example>\r\nDATA\r\n"
                        .getBytes(StandardCharsets.ISO_8859_1);
        private static final byte[] CONTENT =
                "Subject: x\r\n\r\nx\r\n.\r\n".getBytes(StandardCharsets.ISO_8859_1);
        private final Socket socket;
        private final BufferedReader in;

        Client(Server server) throws Exception {
            InetSocketAddress at = server.addresses().getFirst();
            socket = new Socket(at.getAddress(), at.getPort());
            socket.setTcpNoDelay(true);
            in =
                    new BufferedReader(
                            new InputStreamReader(
                                    socket.getInputStream(), StandardCharsets.ISO_8859_1));
            hear();
            for (String line : List.of("EHLO c.example", "XCLIENT LOGIN=joe", "EHLO c.example")) {
                socket.getOutputStream()
                        .write((line + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
                hear();
            }
        }

        private void hear() throws Exception {
            String line = in.readLine();
            while (line != null && line.length() > 3 && line.charAt(3) == '-') {
                line = in.readLine();
            }
            if (line == null || line.charAt(0) > '3') {
                throw new IllegalStateException(line);
            }
        }

        double mails(int n) throws Exception {
            long start = System.nanoTime();
            for (int i = 0; i < n; i++) {
                socket.getOutputStream().write(MAIL);
                hear();
                hear();
                hear();
                socket.getOutputStream().write(CONTENT);
                hear();
            }
            return (System.nanoTime() - start) / 1e3 / n;
        }

        @Override
        public void close() throws Exception {
            socket.close();
        }
    }
}
