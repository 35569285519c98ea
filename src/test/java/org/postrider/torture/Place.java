package org.postrider.torture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.postrider.Ports;
import org.postrider.Until;

/// A directory with a configuration and its queue.
record Place(Path base, int port) {
    static Place at(Path base, int nextHop, String... more) throws IOException {
        int port = Ports.free();
        Path conf = Files.createDirectories(base.resolve("etc"));
        Files.writeString(
                conf.resolve("main.cf"),
                """
                compatibility_level = 3.6
                queue_directory = %1$s/queue
                data_directory = %1$s/data
                maillog_file = %1$s/log
                maillog_file_prefixes = /
                myhostname = mx.torture.example
                mydestination =
                local_recipient_maps =
                alias_maps =
                inet_interfaces = 127.0.0.1
                inet_protocols = ipv4
                mynetworks = 127.0.0.0/8
                relayhost = [127.0.0.1]:%2$d
                smtpd_peername_lookup = no
                queue_minfree = 0
                %3$s
                """
                        .formatted(base, nextHop, String.join("\n", more)));
        Files.writeString(
                conf.resolve("master.cf"),
                """
                127.0.0.1:%d inet n - n - 0 smtpd
                pickup unix n - n 60 1 pickup
                cleanup unix n - n - 0 cleanup
                qmgr unix n - n 300 1 qmgr
                rewrite unix - - n - - trivial-rewrite
                flush unix n - n 1000? 0 flush
                bounce unix - - n - 0 bounce
                defer unix - - n - 0 bounce
                trace unix - - n - 0 bounce
                smtp unix - - n - - smtp
                relay unix - - n - - smtp
                showq unix n - n - - showq
                error unix - - n - - error
                retry unix - - n - - error
                discard unix - - n - - discard
                """
                        .formatted(port));
        return new Place(base, port);
    }

    Path conf() {
        return base.resolve("etc");
    }

    Path queue() {
        return base.resolve("queue");
    }

    String log() throws IOException {
        return Files.readString(base.resolve("log"), StandardCharsets.ISO_8859_1);
    }

    /// The next client is greeted: within a second where nothing else runs on the machine.
    void greets() throws IOException {
        try (Client c = new Client(port)) {
            Client.expect("220", c.hear());
            Client.expect("221", c.say("QUIT"));
        }
    }

    /// No bug of ours showed: panics and dying threads stand in the log.
    void noPanic() throws IOException {
        for (String sign : List.of("panic", "StackOverflow", "OutOfMemory", "internal error")) {
            assertTrue(!log().contains(sign), sign + " in the log:\n" + log());
        }
    }

    /// Every mail is settled: no body file that is not a spare's, nothing queued.
    static void await(String what, BooleanSupplier there) {
        Until.seen(what, there::getAsBoolean);
    }

    /// The server as a process of its own.
    ///
    /// @param shell a shell command whose `$@` is the server's, such as `ulimit -n 99; exec "$@"`
    Process start(String heap, String shell) throws IOException {
        List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", shell, "sh"));
        command.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
        command.addAll(List.of("-Xmx" + heap, "-XX:+UseSerialGC", "-XX:-UsePerfData"));
        command.add("-XX:+ExitOnOutOfMemoryError");
        command.add("--enable-native-access=ALL-UNNAMED");
        command.addAll(List.of("-cp", classPath()));
        command.addAll(List.of("org.postrider.command.Main", "serve", conf().toString()));
        Process p =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(base.resolve("out").toFile())
                        .start();
        await(
                "the greeting",
                () -> {
                    try {
                        greets();
                        return true;
                    } catch (IOException e) {
                        if (!p.isAlive()) {
                            assertEquals("", out());
                        }
                        return false;
                    }
                });
        return p;
    }

    /// As it is shipped: in jars. Classes in a directory would each cost a descriptor at first use.
    private String classPath() {
        List<String> out = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(":")) {
            if (entry.endsWith("/classes") && Files.isDirectory(Path.of(entry))) {
                Path jar = base.resolve("classes" + out.size() + ".jar");
                java.util.spi.ToolProvider.findFirst("jar")
                        .orElseThrow()
                        .run(System.out, System.err, "-c", "-f", jar.toString(), "-C", entry, ".");
                out.add(jar.toString());
            } else if (entry.endsWith(".jar")) {
                out.add(entry);
            }
        }
        return String.join(":", out);
    }

    private String out() {
        try {
            return Files.readString(base.resolve("out"));
        } catch (IOException e) {
            return e.toString();
        }
    }
}
