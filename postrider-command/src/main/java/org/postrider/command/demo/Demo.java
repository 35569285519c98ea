package org.postrider.command.demo;

import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.postrider.command.Help;
import org.postrider.command.OctetPath;
import org.postrider.command.Octets;
import org.postrider.config.ConfigException;
import org.postrider.config.Reason;
import org.postrider.master.Server;
import org.postrider.queue.QueueException;

/// `postrider demo [--port N] [--relayhost HOST] [DIRECTORY]`: a mail system on loopback for any
/// user, with its own directories and an embedded configuration, in the foreground. Without a
/// relayhost it brings a next hop that shows each mail.
public final class Demo {
    private static final int PORT = 2525;
    private static final int USAGE = 64;

    private final PrintStream out;

    public Demo(PrintStream out) {
        this.out = out;
    }

    public int run(String[] args) {
        int port = PORT;
        String relayhost = null;
        Path directory = home().resolve(".postrider").resolve("demo");
        for (int i = 0; i < args.length; i++) {
            boolean valued = args[i].equals("--port") || args[i].equals("--relayhost");
            if (args[i].startsWith("-") && !valued || valued && i + 1 == args.length) {
                return usage();
            }
            if (args[i].equals("--port")) {
                port = port(args[++i]);
            } else if (args[i].equals("--relayhost")) {
                relayhost = args[++i];
            } else {
                directory = OctetPath.of(args[i]).toAbsolutePath();
            }
        }
        if (port < 0) {
            return usage();
        }
        try (DemoNextHop hop = relayhost == null ? new DemoNextHop(out) : null) {
            String next = hop == null ? relayhost : "[127.0.0.1]:" + hop.port();
            return serve(directory, port, next, hop);
        } catch (FileSystemException e) {
            System.err.println("postrider: demo: " + e.getFile() + ": " + Reason.of(e));
        } catch (IOException e) {
            System.err.println("postrider: demo: " + Reason.of(e));
        } catch (ConfigException | QueueException e) {
            System.err.println("postrider: demo: " + e.getMessage());
        }
        return 1;
    }

    private static int usage() {
        Help.show("demo", System.err);
        return USAGE;
    }

    /// $HOME, else what the system has for the user.
    private static Path home() {
        String home = Octets.environment("HOME");
        return home == null || home.isEmpty()
                ? Path.of(System.getProperty("user.home"))
                : OctetPath.of(home);
    }

    /// -1 for what is no port.
    private static int port(String text) {
        return text.matches("[0-9]{1,5}") && Integer.parseInt(text) < 65536
                ? Integer.parseInt(text)
                : -1;
    }

    private int serve(Path directory, int port, @Nullable String next, @Nullable DemoNextHop hop)
            throws IOException {
        Path conf = directory.resolve("etc");
        Files.createDirectories(conf);
        Files.writeString(conf.resolve("main.cf"), mainCf(directory, String.valueOf(next)));
        Files.writeString(conf.resolve("master.cf"), masterCf(port));
        Server server = Server.start(conf);
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(server::close));
        InetSocketAddress at = server.addresses().getFirst();
        String where = at.getAddress().getHostAddress() + ":" + at.getPort();
        String bin = String.valueOf(System.getenv().getOrDefault("POSTRIDER_BIN", "bin"));
        out.printf(
                """
                Postrider listens on %1$s and relays everything to %2$s%3$s.
                Its configuration is %4$s, its queue %5$s.
                Type next, in another terminal:
                  swaks --server %1$s --from you@here.example --to friend@there.example
                  echo 'Subject: hello' | %6$s/sendmail -C %4$s friend@there.example
                  tail -f %7$s
                  %6$s/mailq -C %4$s
                  %6$s/postqueue -c %4$s -f
                End it with Ctrl-C.
                """,
                where,
                next,
                hop == null ? "" : " (a next hop of the demonstration, which shows each mail here)",
                conf,
                directory.resolve("queue"),
                bin,
                directory.resolve("maillog"));
        out.flush();
        server.awaitEnd();
        return 0;
    }

    private static String mainCf(Path directory, String next) {
        return """
        # Written by `postrider demo`; edit a copy.
        compatibility_level = 3.6
        queue_directory = %1$s/queue
        data_directory = %1$s/data
        maillog_file = %1$s/maillog
        maillog_file_prefixes = %1$s
        myhostname = postrider.example
        mydestination =
        local_recipient_maps =
        alias_maps =
        inet_interfaces = 127.0.0.1
        inet_protocols = ipv4
        mynetworks = 127.0.0.0/8
        smtp_host_lookup = native, dns
        relayhost = %2$s
        """
                .formatted(directory, next);
    }

    private static String masterCf(int port) {
        return """
        127.0.0.1:%d inet n - n - - smtpd
        pickup   unix  n - n 60  1 pickup
        cleanup  unix  n - n -   0 cleanup
        qmgr     unix  n - n 300 1 qmgr
        rewrite  unix  - - n -   - trivial-rewrite
        bounce   unix  - - n -   0 bounce
        defer    unix  - - n -   0 bounce
        trace    unix  - - n -   0 bounce
        flush    unix  n - n 1000? 0 flush
        smtp     unix  - - n -   - smtp
        relay    unix  - - n -   - smtp
        showq    unix  n - n -   - showq
        error    unix  - - n -   - error
        retry    unix  - - n -   - error
        discard  unix  - - n -   - discard
        """
                .formatted(port);
    }
}
