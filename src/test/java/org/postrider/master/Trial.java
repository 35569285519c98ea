package org.postrider.master;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postrider.Until;
import org.postrider.disk.RealDisk;
import org.postrider.pickup.MaildropWriter;

/// A configuration to try: written, started, reloaded, spoken to, its log read.
final class Trial implements AutoCloseable {
    /// Its `-o` settings stand after these words.
    static final List<String> LINES =
            List.of(
                    "127.0.0.1:0 inet n - n - - smtpd",
                    "pickup unix n - n 1 1 pickup",
                    "cleanup unix n - n - 0 cleanup",
                    "qmgr unix n - n 300 1 qmgr",
                    "rewrite unix - - n - - trivial-rewrite",
                    "showq unix n - n - - showq",
                    "flush unix n - n 1000? 0 flush",
                    "bounce unix - - n - 0 bounce",
                    "smtp unix - - n - - smtp",
                    "relay unix - - n - - smtp",
                    "error unix - - n - - error",
                    "retry unix - - n - - error",
                    "discard unix - - n - - discard");

    final Path conf;
    private final Path base;
    private final int nextHop;
    private @Nullable Server server;
    private int read;
    private int reloads;
    private int sessions;

    Trial(Path base, int nextHop) throws IOException {
        this.base = base;
        this.nextHop = nextHop;
        conf = Files.createDirectories(base.resolve("etc"));
    }

    /// @param main lines of main.cf, after those that every trial has
    /// @param services lines of master.cf, after [#LINES]
    void write(List<String> main, List<String> services) throws IOException {
        write(main, LINES, services);
    }

    void write(List<String> main, List<String> lines, List<String> services) throws IOException {
        List<String> all = new ArrayList<>();
        all.add("compatibility_level = 3.11");
        all.add("queue_directory = " + base.resolve("queue"));
        all.add("data_directory = " + base.resolve("data"));
        all.add("maillog_file = " + base.resolve("log"));
        all.add("maillog_file_prefixes = /");
        all.add("myhostname = mx.test.example");
        all.add("mydestination =");
        all.add("local_recipient_maps =");
        all.add("inet_interfaces = 127.0.0.1");
        all.add("inet_protocols = ipv4");
        all.add("mynetworks = 127.0.0.0/8");
        all.add("relayhost = [127.0.0.1]:" + nextHop);
        all.add("postrider_segment_size = 1048576");
        all.addAll(main);
        Files.write(conf.resolve("main.cf"), all, StandardCharsets.ISO_8859_1);
        List<String> master = new ArrayList<>(lines);
        master.addAll(services);
        Files.write(conf.resolve("master.cf"), master, StandardCharsets.ISO_8859_1);
    }

    void start() throws IOException {
        server = Server.start(conf);
        written(": daemon started -- ", 1);
    }

    void reload() throws IOException {
        StringBuilder out = new StringBuilder();
        assertTrue(server().reload(out::append), out.toString());
        written(": reload -- ", ++reloads);
    }

    /// Reloads; why it was refused, null where it was not.
    @Nullable String reloaded() throws IOException {
        StringBuilder out = new StringBuilder();
        if (!server().reload(out::append)) {
            return out.toString();
        }
        written(": reload -- ", ++reloads);
        return null;
    }

    private String text() {
        try {
            return String.join("\n", log());
        } catch (IOException e) {
            return e.toString();
        }
    }

    private List<String> log() throws IOException {
        Path file = base.resolve("log");
        return Files.exists(file)
                ? Files.readAllLines(file, StandardCharsets.ISO_8859_1)
                : List.of();
    }

    /// Waits until the log says something for the nth time: then all that came before it is there.
    void awaitedCount(String text, int times) throws IOException {
        written(text, times);
    }

    private void written(String text, int times) throws IOException {
        Until.seen(
                times + " times in the log: " + text,
                () -> log().stream().filter(l -> l.contains(text)).count() >= times);
    }

    /// What the server answers to a command's request, the status in the last line.
    String control(String... words) throws IOException {
        byte[] request = (String.join("\t", words) + "\n").getBytes(StandardCharsets.US_ASCII);
        Path socket = base.resolve("queue/private/control");
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            channel.write(ByteBuffer.wrap(request));
            return new String(
                    Channels.newInputStream(channel).readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    /// The ids of the messages in a queue, as `public/showq` lists them.
    List<String> queued(String queue) throws IOException {
        return queued(base.resolve("queue"), queue);
    }

    /// @param directory of all queues
    static List<String> queued(Path directory, String queue) throws IOException {
        Path socket = directory.resolve("public/showq");
        String listing;
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            listing =
                    new String(
                            Channels.newInputStream(channel).readAllBytes(),
                            StandardCharsets.ISO_8859_1);
        }
        List<String> out = new ArrayList<>();
        Matcher m =
                Pattern.compile("queue_name\0" + queue + "\0queue_id\0(\\w+)\0").matcher(listing);
        while (m.find()) {
            out.add(m.group(1));
        }
        return out;
    }

    /// The ids of the deferred messages, once there are so many: the log has what became of a mail
    /// a moment before.
    List<String> deferred(int count) throws IOException {
        Until.seen(count + " deferred messages", () -> queued("deferred").size() >= count);
        List<String> out = queued("deferred");
        assertEquals(count, out.size(), "deferred messages");
        return out;
    }

    Server running() {
        return server();
    }

    private Server server() {
        Server s = server;
        assertNotNull(s);
        return s;
    }

    /// What the log has said since this was asked last.
    List<String> said() throws IOException {
        List<String> all = log();
        List<String> fresh = all.subList(read, all.size());
        read = all.size();
        return List.copyOf(fresh);
    }

    /// The first line of the log that is wanted, from the beginning.
    String awaited(String what, Predicate<String> wanted) throws IOException {
        Until.seen(() -> what + " in the log:\n" + text(), () -> log().stream().anyMatch(wanted));
        return log().stream().filter(wanted).findFirst().orElseThrow();
    }

    /// What the server answers to a mail: the first refusal, else the last reply.
    String mail(String from, String to) throws IOException {
        return mail(from, to, "x");
    }

    String mail(String from, String to, String subject) throws IOException {
        String reply = session(from, to, subject);
        written(": disconnect from ", ++sessions);
        return reply;
    }

    /// The same, from many threads.
    String quietMail(String from, String to) throws IOException {
        return session(from, to, "x");
    }

    private String session(String from, String to, String subject) throws IOException {
        InetSocketAddress at = server().addresses().getFirst();
        try (Socket socket = new Socket(at.getAddress(), at.getPort())) {
            socket.setSoTimeout(120_000);
            BufferedReader in =
                    new BufferedReader(
                            new InputStreamReader(
                                    socket.getInputStream(), StandardCharsets.ISO_8859_1));
            String reply = hear(in);
            for (String line :
                    List.of(
                            "EHLO client.example",
                            "MAIL FROM:<" + from + ">",
                            "RCPT TO:<" + to + ">",
                            "DATA",
                            "Subject: "
                                    + subject
                                    + "\r\nMessage-Id: <1@a.example>\r\n\r\nx\r\n.")) {
                if (!reply.startsWith("2") && !reply.startsWith("3")) {
                    break;
                }
                socket.getOutputStream()
                        .write((line + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
                reply = hear(in);
            }
            return reply;
        }
    }

    private static String hear(BufferedReader in) throws IOException {
        String line = in.readLine();
        while (line != null && line.length() > 3 && line.charAt(3) == '-') {
            line = in.readLine();
        }
        return String.valueOf(line);
    }

    /// As `sendmail` leaves it.
    void submit(String from, String to) throws IOException {
        byte[] content = "Subject: x\n\nx\n".getBytes(StandardCharsets.ISO_8859_1);
        try (MaildropWriter writer =
                MaildropWriter.create(
                        new RealDisk(),
                        base.resolve("queue/maildrop"),
                        "trial" + System.nanoTime(),
                        "rw-------")) {
            writer.line("sender", from);
            writer.line("recipient", to);
            writer.beginContent();
            writer.content(content, 0, content.length);
            writer.commit();
        }
    }

    int inMaildrop() throws IOException {
        try (var files = Files.list(base.resolve("queue/maildrop"))) {
            return (int) files.count();
        }
    }

    @Override
    public void close() {
        if (server != null) {
            server.close();
        }
    }
}
