package org.postrider.command.page;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.postrider.command.Messages;
import org.postrider.command.Options;
import org.postrider.command.Terminal;
import org.postrider.command.ToolConfig;
import org.postrider.config.ConfigException;
import org.postrider.config.Reason;
import org.postrider.config.Settings;
import org.postrider.io.Connector;
import org.postrider.io.Watchdog;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;

/// `postpage`: serves the page until it is interrupted.
public final class Postpage {
    private static final String NAME = "postpage";
    private static final int KEY_OCTETS = 16;
    private static final int LAST_PORT = 65_535;

    private final Terminal terminal;
    private final Clock clock;
    private final Messages say;

    public Postpage(Terminal terminal, Clock clock) {
        this.terminal = terminal;
        this.clock = clock;
        say = new Messages(NAME, terminal.err());
    }

    private int usage() {
        terminal.err().print("usage: postpage [-c config_dir] [-p port]\n");
        return 1;
    }

    /// Blocks until the process is told to end.
    ///
    /// @return the exit status: 1 where it cannot listen
    public int run(String[] args) {
        Options options = new Options(NAME, "c:p:", args, terminal.err());
        String directory = null;
        int port = 0;
        for (char option = options.next(); option != 0; option = options.next()) {
            switch (option) {
                case 'c' -> directory = options.argument();
                case 'p' -> port = port(options.argument());
                default -> {
                    return usage();
                }
            }
        }
        if (options.rest().length > 0 || port < 0) {
            return usage();
        }
        try (Watchdog watchdog = new Watchdog(clock, Supervisor.alone());
                PageServer server =
                        new PageServer(
                                new InetSocketAddress(loopback(), port),
                                key(),
                                new Form(defaults(directory)),
                                Connector.sockets(watchdog),
                                clock)) {
            terminal.out().print(server.address() + "\n");
            terminal.out().flush();
            new CountDownLatch(1).await();
            return 0;
        } catch (IOException e) {
            say.fatal("port " + port + ": " + Reason.of(e));
            return 1;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 1;
        }
    }

    private static int port(String text) {
        try {
            int port = Integer.parseInt(text);
            return port <= LAST_PORT ? port : -1;
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private static InetAddress loopback() throws UnknownHostException {
        return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    }

    private static String key() {
        byte[] random = new byte[KEY_OCTETS];
        new SecureRandom().nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    /// This host's server, by what main.cf says; a broken one is no obstacle.
    private Map<String, String> defaults(@org.jspecify.annotations.Nullable String directory) {
        Map<String, String> out = new HashMap<>();
        String host = "localhost";
        try {
            Settings settings =
                    ToolConfig.unchecked(
                            NAME, 1, ToolConfig.directory(directory, terminal), terminal);
            host = String.valueOf(settings.text("myhostname"));
        } catch (ConfigException | org.postrider.command.CommandException e) {
            say.warning(String.valueOf(e.getMessage()));
        }
        String user = System.getProperty("user.name");
        out.put("host", "127.0.0.1");
        out.put("port", "25");
        out.put("tls", "may");
        out.put("helo", host);
        out.put("from", user + "@" + host);
        out.put("to", user + "@" + host);
        out.put("subject", "test");
        out.put("text", "This is a test message.\n");
        return out;
    }
}
