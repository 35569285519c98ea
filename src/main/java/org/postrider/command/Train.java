package org.postrider.command;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.postrider.master.Server;

/// Runs what commands and the server do at start once, so that the JVM's AOT cache holds their
/// classes. Called by bin/build.
final class Train {
    private static final int CLIENTS = 4;
    private static final int SMALL_EACH = 1000;
    private static final int LARGE_EACH = 25;

    private Train() {}

    private static Path configuration(Path scratch) throws IOException {
        Path conf = scratch.resolve("train");
        Files.createDirectories(conf);
        Files.writeString(
                conf.resolve("main.cf"),
                """
                compatibility_level = 3.6
                queue_directory = %1$s/queue
                data_directory = %1$s/data
                maillog_file = %1$s/log
                maillog_file_prefixes = /
                myhostname = train.example
                mydestination =
                inet_interfaces = 127.0.0.1
                inet_protocols = ipv4
                mynetworks = 127.0.0.0/8
                relayhost = [127.0.0.1]:1
                alias_maps =
                local_recipient_maps =
                """
                        .formatted(conf));
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
                relay unix - - n - - smtp
                showq unix n - n - - showq
                error unix - - n - - error
                retry unix - - n - - error
                discard unix - - n - - discard
                """);
        return conf;
    }

    static int commands(String[] args) {
        try {
            Path conf = configuration(Path.of(args[0]));
            PrintStream none = new PrintStream(OutputStream.nullOutputStream());
            new Postfix(none, none).run(new String[] {"-c", conf.toString(), "status"});
            // A submission is the command that is started most often.
            Path maildrop = Files.createDirectories(conf.resolve("queue/maildrop"));
            new Sendmail(
                            new Terminal(
                                    new java.io.ByteArrayInputStream(
                                            "To: a@train.example\n\nx\n"
                                                    .getBytes(StandardCharsets.US_ASCII)),
                                    none,
                                    none,
                                    null))
                    .run("sendmail", new String[] {"-C", conf.toString(), "-t"}, (n, a) -> 0);
            try (var files = Files.newDirectoryStream(maildrop)) {
                for (Path file : files) {
                    Files.delete(file);
                }
            }
            return 0;
        } catch (IOException e) {
            System.err.println("train: " + e.getMessage());
            return 1;
        }
    }

    /// Relays small and large mail from one server to another, so that the cache also holds what
    /// the compiler wants to know about the way of a message.
    static int server(String[] args) {
        try {
            Path scratch = Path.of(args[0]);
            Path last = configuration(Files.createDirectories(scratch.resolve("last")));
            Files.writeString(
                    last.resolve("main.cf"),
                    "default_transport = discard\nrelay_transport = discard\n",
                    StandardOpenOption.APPEND);
            Path first = configuration(Files.createDirectories(scratch.resolve("first")));
            try (Server hop = Server.start(last)) {
                Files.writeString(
                        first.resolve("main.cf"),
                        "relayhost = [127.0.0.1]:" + hop.addresses().getFirst().getPort() + "\n",
                        StandardOpenOption.APPEND);
                try (Server server = Server.start(first)) {
                    relay(server.addresses().getFirst());
                }
            }
            return 0;
        } catch (IOException e) {
            System.err.println("train: " + e.getMessage());
            return 1;
        }
    }

    private static void relay(InetSocketAddress at) throws IOException {
        byte[] small = content(4 << 10);
        byte[] large = content(1 << 20);
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<@Nullable Void>> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(
                        executor.submit(() -> {
                            session(at, small, SMALL_EACH);
                            session(at, large, LARGE_EACH);
                            return null;
                        }));
            }
            for (Future<@Nullable Void> client : clients) {
                client.get();
            }
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static byte[] content(int octets) {
        String line = "What a line of mail is like, some seventy octets with its line end.\r\n";
        return ("Subject: train\r\n\r\n" + line.repeat(octets / line.length()) + ".\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static void session(InetSocketAddress at, byte[] content, int messages)
            throws IOException {
        try (Socket socket = new Socket(at.getAddress(), at.getPort())) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            OutputStream out = socket.getOutputStream();
            say(in, out, "");
            say(in, out, "EHLO train.example\r\n");
            for (int i = 0; i < messages; i++) {
                say(in, out, "MAIL FROM:<a@train.example>\r\n");
                say(in, out, "RCPT TO:<b@train.example>\r\n");
                say(in, out, "DATA\r\n");
                out.write(content);
                say(in, out, "");
            }
            say(in, out, "QUIT\r\n");
        }
    }

    /// Sends a line and reads the reply to its end.
    private static void say(InputStream in, OutputStream out, String line) throws IOException {
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
    }
}
