import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/// Trains the start-up caches of a checkout: runs a real mail system with its real commands while the JVM writes down
/// what they load. No part of the product; `bin/build` runs it from this file:
///
///     java src/train/Train.java BIN RUN CLASSPATH HELPER-CLASSPATH
///
/// In the directory RUN it makes `commands.aot`, the classes of every command that is run here, one
/// after the other in one process; `queue.aot`, `table.aot` and so on, those of a few of them, which
/// start faster with less; and `server.aot`, the classes of the server with what the
/// compiler has learnt while mail small and large was relayed, and delivered to mailboxes, a list, a
/// Maildir and a command. It ends with a status that is not 0 if either
/// cannot be made; the program works without them, only it starts more slowly. Run by root it makes
/// `helper.jsa` as well, the classes of root's helper while it waits for its first request, which
/// needs 4 MB less with it than with the JDK's own, many times as many.
final class Train {
    private static final int CLIENTS = 4;
    private static final int SMALL_EACH = 500;
    private static final int LARGE_EACH = 12;
    private static final int TO_MAILBOXES = 250;
    private static final int TO_LIST = 50;
    private static final int TO_MAILDIR = 100;
    private static final int TO_COMMAND = 5;

    /// Mailboxes of the list.
    private static final int MEMBERS = 16;

    /// Where mail is delivered on this machine. As root it waits if root's helper does not run
    /// here.
    private static final String BOXES = "box.train.example";

    /// What is sent here stays in the queue, for who lists it.
    private static final String LATER = "later.train.example";

    private static final int DELIVERED_MILLIS = 15_000;
    private static final int LOOK_MILLIS = 100;

    /// The JDK makes classes at a recorded start that the cache then holds: were that work taken
    /// for hot, every start would compile it, with 20 MB of compiler's memory.
    private static final String NOT_HOT =
            "-XX:CompileCommand=quiet"
                    + " -XX:CompileCommand=exclude,jdk/internal/classfile/impl/*.*";

    /// Those of `bin/supervise`.
    private static final List<String> HELPER_FLAGS =
            List.of(
                    "-XX:+UseSerialGC",
                    "-XX:+UseCompactObjectHeaders",
                    "-Xms3m",
                    "-Xmx24m",
                    "-XX:TieredStopAtLevel=1",
                    "-XX:-UsePerfData",
                    "-XX:+DisableAttachMechanism",
                    "--enable-native-access=ALL-UNNAMED");

    private static final List<String> FLAGS =
            List.of(
                    "-XX:+UseSerialGC",
                    "-XX:-UsePerfData",
                    "-XX:+DisableAttachMechanism",
                    "--enable-native-access=ALL-UNNAMED",
                    "-XX:TieredStopAtLevel=1",
                    "-Xms16m",
                    "-Xmx768m");

    /// Those of `bin/postrider`, that decide what is loaded.
    private static final List<String> COMMAND_FLAGS =
            List.of(
                    "-Djava.nio.channels.spi.SelectorProvider=sun.nio.ch.EPollSelectorProvider",
                    "-Djdk.reflect.useNativeAccessorOnly=true");

    private final String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    private final Path bin;
    private final Path run;
    private final Path scratch;
    private final Path conf;
    private final String classPath;
    private final List<String> users;

    private Train(Path bin, Path run, String classPath) throws IOException {
        users = users();
        this.bin = bin;
        this.run = run;
        this.classPath = classPath;
        scratch = run.resolve("train");
        conf = scratch.resolve("conf");
    }

    public static void main(String[] args) {
        try (NextHop hop = new NextHop()) {
            Train train = new Train(Path.of(args[0]), Path.of(args[1]).toAbsolutePath(), args[2]);
            train.mailSystem(hop.port());
            train.helperCache(args[3]);
        } catch (IOException e) {
            System.err.println("train: " + e.getMessage());
            System.exit(1);
        }
    }

    /// A mail system of its own: its server is recorded from its start to its stop.
    private void mailSystem(int hop) throws IOException {
        int port = freePort();
        write(hop, port);
        command("postfix", "-c", conf.toString(), "start");
        boolean stopped = false;
        try {
            relay(port);
            deliver(port);
            commands(session(port, content(4 << 10), 1, List.of("a@" + LATER)));
            command("postfix", "-c", conf.toString(), "stop");
            // supervise makes files for their owner only; whoever runs the program reads this one.
            // It is there when the server has stopped.
            Files.setPosixFilePermissions(
                    run.resolve("server.aot"), PosixFilePermissions.fromString("rw-r--r--"));
            ready("");
            cache("control", control());
            stopped = true;
        } finally {
            if (!stopped) {
                start(List.of(), "postfix", "-c", conf.toString(), "abort");
            }
        }
    }

    /// What people and their scripts run most while the mail system runs: none of it may make the
    /// server do what it seldom does, which would be in its cache and its memory. First for the
    /// caches of few commands, whose names are `bin/postrider`'s; then all of them in one.
    private void commands(String waiting) throws IOException {
        String at = " -c " + conf + " ";
        Path table = Files.writeString(conf.resolve("table"), "a@train.example b@train.example\n");
        List<String> queue =
                List.of(
                        "postqueue" + at + "-p",
                        "mailq -C " + conf,
                        "qshape" + at + "deferred",
                        "postcat" + at + "-q none",
                        "postcat" + at + "-q " + waiting,
                        "postqueue" + at + "-j",
                        "postqueue" + at + "-i " + waiting,
                        "postsuper -c " + conf,
                        "postsuper" + at + "-r none",
                        "postsuper" + at + "-h " + waiting,
                        "postsuper" + at + "-H " + waiting,
                        "posttrace" + at + waiting);
        List<String> configuration =
                List.of(
                        "postconf" + at + "-n",
                        "postconf" + at + "myhostname",
                        "postconf" + at + "-d mail_version",
                        "postconf" + at + "-M",
                        "postconf" + at + "-e maximal_queue_lifetime=5d",
                        "postmulti" + at + "-l");
        List<String> tables =
                List.of(
                        "postmap" + at + "-q a@train.example texthash:" + table,
                        "postmap" + at + "hash:" + table,
                        "postmap" + at + "-q a@train.example hash:" + table,
                        "postalias" + at + "hash:" + conf.resolve("aliases"),
                        "newaliases -C " + conf);
        List<String> submission =
                List.of(
                        "sendmail -C " + conf + " -bv a@train.example",
                        "sendmail -C " + conf + " -t");
        List<String> script =
                List.of(
                        "postlog" + at + "-t train text",
                        "postkick" + at + "public pickup W",
                        "postlock" + at + table + " true");
        cache("queue", queue);
        cache("configuration", configuration);
        cache("table", tables);
        cache("submit", submission);
        cache("script", script);
        cache("status", List.of("postfix" + at + "status"));
        List<String> all = new ArrayList<>();
        all.addAll(queue);
        all.addAll(configuration);
        all.addAll(tables);
        all.addAll(script);
        all.addAll(
                List.of(
                        "postfix" + at + "status",
                        "postfix" + at + "check",
                        "postqueue" + at + "-f"));
        all.addAll(submission);
        cache("commands", all);
    }

    /// A start, and what is done to who runs, of a mail system that nobody records.
    private List<String> control() {
        return Stream.of("start", "check", "flush", "reload", "stop", "status")
                .map(word -> "postfix -c " + conf + " " + word)
                .toList();
    }

    private void cache(String name, List<String> commands) throws IOException {
        Path rehearsal = Files.write(scratch.resolve("rehearsal"), commands);
        Path cache = run.resolve(name + ".aot");
        List<String> flags = new ArrayList<>(COMMAND_FLAGS);
        flags.add(
                "-Dpostrider.lists=" + Path.of(classPath.split(":", 2)[0]).resolveSibling("lists"));
        flags.add("-XX:AOTCacheOutput=" + cache);
        int status = start(flags, "rehearse", rehearsal.toString());
        if (status != 0 || !Files.exists(cache)) {
            throw new IOException("no cache " + name + ": exit status " + status);
        }
    }

    /// Whose mailboxes there can be: everybody's but root's where root runs this. None of them, nor
    /// a file of theirs, is touched.
    private static List<String> users() throws IOException {
        String own = System.getProperty("user.name");
        if (!"root".equals(own)) {
            return List.of(own, own);
        }
        try (Stream<String> accounts =
                Files.lines(Path.of("/etc/passwd"), StandardCharsets.ISO_8859_1)) {
            return accounts.map(line -> line.split(":", -1))
                    .filter(account -> account.length > 2 && !account[2].equals("0"))
                    .map(account -> account[0])
                    .filter(name -> name.matches("[a-z][a-z0-9]*"))
                    .limit(1 + MEMBERS)
                    .toList();
        }
    }

    /// Who the mail system itself is, and then those who get mail.
    private String owner() {
        return users.getFirst();
    }

    private List<String> members() {
        return users.subList(1, users.size());
    }

    /// mynetworks is not set: to work it out takes more than to read it.
    private void write(int hop, int port) throws IOException {
        Files.createDirectories(conf);
        Files.createDirectories(scratch.resolve("mail"));
        Files.writeString(scratch.resolve("message"), "To: a@train.example\n\nx\n");
        Path folders = Files.createDirectories(scratch.resolve("folders"));
        Files.setPosixFilePermissions(folders, PosixFilePermissions.fromString("rwxrwxrwx"));
        Files.writeString(
                conf.resolve("aliases"),
                "list: %s\nfolder: %s/new/\ncommand: \"|exec cat >/dev/null\"\nroot: %s\n"
                        .formatted(String.join(", ", members()), folders, members().getFirst()));
        ready("-XX:AOTCacheOutput=" + run.resolve("server.aot") + " " + NOT_HOT);
        Files.writeString(
                conf.resolve("main.cf"),
                """
                compatibility_level = 3.6
                queue_directory = %1$s/queue
                data_directory = %1$s/data
                maillog_file = %1$s/log
                maillog_file_prefixes = /
                myhostname = mx.train.example
                mydestination = %3$s
                inet_interfaces = 127.0.0.1
                inet_protocols = ipv4
                relayhost = [127.0.0.1]:%2$d
                transport_maps = inline:{%6$s=smtp:[127.0.0.1]:1}
                alias_maps = hash:$config_directory/aliases
                alias_database = $alias_maps
                local_recipient_maps =
                mail_owner = %4$s
                default_privs = %5$s
                mail_spool_directory = %1$s/mail
                forward_path =
                postrider_drop_privileges = no
                """
                        .formatted(scratch, hop, BOXES, owner(), members().getFirst(), LATER));
        command("postalias", "-c", conf.toString(), "hash:" + conf.resolve("aliases"));
        Files.writeString(
                conf.resolve("master.cf"),
                """
                127.0.0.1:%d inet n - n - - smtpd
                pickup unix n - n 60 1 pickup
                cleanup unix n - n - 0 cleanup
                qmgr unix n - n 300 1 qmgr
                rewrite unix - - n - - trivial-rewrite
                bounce unix - - n - 0 bounce
                defer unix - - n - 0 bounce
                trace unix - - n - 0 bounce
                flush unix n - n 1000? 0 flush
                smtp unix - - n - - smtp
                relay unix - - n - - smtp
                showq unix n - n - - showq
                error unix - - n - - error
                retry unix - - n - - error
                discard unix - - n - - discard
                local unix - n n - - local
                virtual unix - n n - - virtual
                lmtp unix - - n - - lmtp
                """
                        .formatted(port));
    }

    /// What `bin/supervise` starts, with these flags.
    private void ready(String flags) throws IOException {
        Files.writeString(
                scratch.resolve("ready"),
                "JAVA=%s\nCP=%s\nSERVER_AOT='%s'\n".formatted(java, classPath, flags));
    }

    private static int freePort() throws IOException {
        try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return any.getLocalPort();
        }
    }

    /// Runs a command that must end with 0.
    private void command(String... words) throws IOException {
        int status = start(List.of(), words);
        if (status != 0) {
            throw new IOException(String.join(" ", words) + ": exit status " + status);
        }
    }

    private int start(List<String> flags, String... words) throws IOException {
        List<String> line = new ArrayList<>(flags);
        line.addAll(FLAGS);
        line.addAll(List.of("-cp", classPath, "org.postrider.command.Main"));
        line.addAll(List.of(words));
        return java(line);
    }

    private int java(List<String> arguments) throws IOException {
        List<String> line = new ArrayList<>(List.of(java));
        line.addAll(arguments);
        ProcessBuilder builder =
                new ProcessBuilder(line)
                        .redirectInput(scratch.resolve("message").toFile())
                        .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                        .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("POSTRIDER_BIN", bin.toString());
        builder.environment().put("POSTRIDER_RUN", scratch.toString());
        builder.environment().put("LC_ALL", "C.UTF-8");
        try {
            return builder.start().waitFor();
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
    }

    /// Started in the mail system's directories, until a process has ended that soon does. Nobody
    /// misses the cache where it cannot be made: by anybody but root, or where others could write
    /// to the directories.
    private void helperCache(String helperPath) throws IOException {
        Path list = scratch.resolve("helper.classes");
        Path cache = run.resolve("helper.jsa");
        Process soon = new ProcessBuilder("sleep", "1").start();
        List<String> runs = new ArrayList<>(HELPER_FLAGS);
        runs.addAll(List.of("-XX:DumpLoadedClassList=" + list, "-cp", helperPath));
        runs.addAll(List.of("org.postrider.rights.root.Helper", conf.toString(), soon.pid() + ""));
        List<String> dumps = new ArrayList<>(HELPER_FLAGS);
        dumps.addAll(List.of("-Xshare:dump", "-XX:SharedArchiveFile=" + cache));
        dumps.addAll(List.of("-XX:SharedClassListFile=" + list + ".all", "-cp", helperPath));
        if (java(runs) != 0) {
            return;
        }
        Files.write(Path.of(list + ".all"), loaded(list));
        if (java(dumps) != 0) {
            Files.deleteIfExists(cache);
        }
    }

    /// What a list of loaded classes says, without their numbers, which are those of one run.
    private static Collection<String> loaded(Path list) throws IOException {
        Collection<String> all = new LinkedHashSet<>();
        for (String line : Files.readAllLines(list)) {
            if (!line.startsWith("#") && !line.contains(" source: ")) {
                int number = line.indexOf(" id: ");
                all.add(number < 0 ? line : line.substring(0, number));
            }
        }
        return all;
    }

    /// Small and large mail, from some clients at once.
    private static void relay(int port) throws IOException {
        byte[] small = content(4 << 10);
        byte[] large = content(1 << 20);
        atOnce(() -> {
            session(port, small, SMALL_EACH, List.of("b@train.example"));
            session(port, large, LARGE_EACH, List.of("b@train.example"));
        });
    }

    /// Small mail to users of this machine; returns when they have it, or after a time.
    private void deliver(int port) throws IOException {
        byte[] small = content(4 << 10);
        List<String> boxes = members().stream().map(user -> user + "@" + BOXES).toList();
        atOnce(() -> {
            session(port, small, TO_MAILBOXES, boxes);
            session(port, small, TO_LIST, List.of("list@" + BOXES));
            session(port, small, TO_MAILDIR, List.of("folder@" + BOXES));
            session(port, small, TO_COMMAND, List.of("command@" + BOXES));
        });
        long until = System.nanoTime() + DELIVERED_MILLIS * 1_000_000L;
        int local = TO_MAILBOXES + TO_LIST + TO_MAILDIR + TO_COMMAND;
        while (removed() < CLIENTS * (SMALL_EACH + LARGE_EACH + local)
                && System.nanoTime() - until < 0) {
            LockSupport.parkNanos(LOOK_MILLIS * 1_000_000L);
        }
        System.out.println(removed() + " mails removed");
    }

    /// Mails that have left the queue.
    private long removed() throws IOException {
        try (Stream<String> log = Files.lines(scratch.resolve("log"))) {
            return log.filter(line -> line.endsWith(": removed")).count();
        }
    }

    private interface Client {
        void run() throws IOException;
    }

    private static void atOnce(Client client) throws IOException {
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                all.add(
                        clients.submit(() -> {
                            client.run();
                            return null;
                        }));
            }
            for (Future<?> each : all) {
                each.get();
            }
        } catch (ExecutionException e) {
            throw new IOException("mail: " + e.getCause(), e);
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
    }

    private static byte[] content(int octets) {
        String line = "What a line of mail is like, some seventy octets with its line end.\r\n";
        return ("Subject: train\r\n\r\n" + line.repeat(octets / line.length()) + ".\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    /// Returns the queue ID of the last message.
    private static String session(int port, byte[] content, int messages, List<String> to)
            throws IOException {
        String queued = "";
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            OutputStream out = socket.getOutputStream();
            say(in, out, "");
            say(in, out, "EHLO train.example\r\n");
            for (int i = 0; i < messages; i++) {
                say(in, out, "MAIL FROM:<a@train.example>\r\n");
                say(in, out, "RCPT TO:<" + to.get(i % to.size()) + ">\r\n");
                say(in, out, "DATA\r\n");
                out.write(content);
                queued = say(in, out, "");
            }
            say(in, out, "QUIT\r\n");
            return queued.substring(queued.lastIndexOf(' ') + 1).strip();
        }
    }

    /// Sends a line and returns the last line of the reply.
    private static String say(InputStream in, OutputStream out, String line) throws IOException {
        out.write(line.getBytes(StandardCharsets.US_ASCII));
        StringBuilder reply = new StringBuilder();
        do {
            reply.setLength(0);
            for (int c = in.read(); c != '\n'; c = in.read()) {
                if (c < 0) {
                    throw new IOException("the server hung up");
                }
                reply.append((char) c);
            }
        } while (reply.length() > 3 && reply.charAt(3) == '-');
        if (reply.charAt(0) > '3') {
            throw new IOException(line.strip() + ": " + reply.toString().strip());
        }
        return reply.toString();
    }

    /// An SMTP server that takes every message and forgets it.
    private static final class NextHop implements AutoCloseable {
        private final ServerSocket socket =
                new ServerSocket(0, 100, InetAddress.getLoopbackAddress());

        NextHop() throws IOException {
            Thread.ofVirtual().start(this::serve);
        }

        int port() {
            return socket.getLocalPort();
        }

        private void serve() {
            while (!socket.isClosed()) {
                try {
                    Socket client = socket.accept();
                    Thread.ofVirtual().start(() -> session(client));
                } catch (IOException e) {
                    // closed
                }
            }
        }

        private static void session(Socket client) {
            try (client;
                    BufferedReader in =
                            new BufferedReader(
                                    new InputStreamReader(
                                            client.getInputStream(),
                                            StandardCharsets.ISO_8859_1))) {
                OutputStream out = client.getOutputStream();
                say(out, "220 hop.train.example ESMTP");
                for (String line = in.readLine(); line != null; line = in.readLine()) {
                    switch (line.length() < 4 ? line : line.substring(0, 4)) {
                        case "EHLO" ->
                                say(
                                        out,
                                        "250-hop.train.example\r\n250-PIPELINING\r\n250-SIZE\r\n"
                                                + "250-8BITMIME\r\n250 ENHANCEDSTATUSCODES");
                        case "DATA" -> {
                            say(out, "354 go on");
                            while (!".".equals(in.readLine())) {
                                // forgotten
                            }
                            say(out, "250 2.0.0 Ok: queued as 1");
                        }
                        case "QUIT" -> {
                            say(out, "221 2.0.0 Bye");
                            return;
                        }
                        default -> say(out, "250 2.0.0 Ok");
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static void say(OutputStream out, String line) throws IOException {
            out.write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
