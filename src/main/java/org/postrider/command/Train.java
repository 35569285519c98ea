package org.postrider.command;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.postrider.master.Server;

/// Runs what commands and the server do at start once, so that the JVM's AOT cache holds their
/// classes. Called by bin/build.
final class Train {
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
                            new java.io.ByteArrayInputStream(
                                    "To: a@train.example\n\nx\n"
                                            .getBytes(StandardCharsets.US_ASCII)),
                            none)
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

    static int server(String[] args) {
        try {
            Path conf = configuration(Path.of(args[0]));
            try (Server server = Server.start(conf)) {
                InetSocketAddress at = server.addresses().getFirst();
                try (Socket socket = new Socket(at.getAddress(), at.getPort())) {
                    OutputStream out = socket.getOutputStream();
                    String dialogue =
                            """
                            EHLO train.example
                            MAIL FROM:<a@train.example>
                            RCPT TO:<b@train.example>
                            DATA
                            Subject: train

                            x
                            .
                            QUIT
                            """;
                    InputStream in = socket.getInputStream();
                    in.read(new byte[512]);
                    String[] parts = dialogue.replace("\n", "\r\n").split("(?<=\r\n)", -1);
                    out.write(parts[0].getBytes(StandardCharsets.US_ASCII));
                    in.read(new byte[2048]);
                    for (int i = 1; i < parts.length; i++) {
                        out.write(parts[i].getBytes(StandardCharsets.US_ASCII));
                    }
                    in.readAllBytes();
                }
            }
            return 0;
        } catch (IOException e) {
            System.err.println("train: " + e.getMessage());
            return 1;
        }
    }
}
