package org.postrider.command.script;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;
import org.postrider.command.CommandException;
import org.postrider.command.ControlClient;
import org.postrider.command.Messages;
import org.postrider.command.Options;
import org.postrider.command.Terminal;
import org.postrider.command.ToolConfig;
import org.postrider.config.ConfigException;
import org.postrider.config.MasterCf;
import org.postrider.config.Reason;
import org.postrider.config.ServiceLine;
import org.postrider.config.ServiceSettings;
import org.postrider.control.ControlRequest;

/// `postkick [-c directory] [-v] class service request`: wakes a service (postkick(1)). Of what the
/// queue manager may be asked, all comes to one thing here: deferred mail is tried now. Services
/// whose work is done inside the server see their work by themselves: for them, that the server
/// runs is enough.
public final class Postkick {
    private static final String NAME = "postkick";
    private static final String USAGE =
            "usage: postkick [-c config_dir] [-v] class service request";

    private final Terminal terminal;
    private final Messages say;

    public Postkick(Terminal terminal) {
        this.terminal = terminal;
        say = new Messages(NAME, terminal.err());
    }

    /// @return 0, or 1 where no such service was reached
    public int run(String[] args) {
        Options options = new Options(NAME, "c:v", args, terminal.err());
        String directory = null;
        try {
            for (char c = options.next(); c != 0; c = options.next()) {
                switch (c) {
                    case 'c' -> directory = options.argument();
                    case 'v' -> {}
                    default -> throw new CommandException(1, USAGE);
                }
            }
            String[] words = options.rest();
            if (words.length != 3) {
                throw new CommandException(1, USAGE);
            }
            Path configuration = ToolConfig.directory(directory, terminal);
            ServiceSettings settings = ToolConfig.settings(NAME, 1, configuration, terminal);
            Path queue = ToolConfig.enteredQueue(settings, 1);
            String why = kick(configuration, queue, words);
            if (why != null) {
                say.warning(why);
                say.warning(
                        "Cannot contact class "
                                + words[0]
                                + " service "
                                + words[1]
                                + " - perhaps the mail system is down");
            }
            return why == null ? 0 : 1;
        } catch (CommandException e) {
            say.fatal(String.valueOf(e.getMessage()));
            return e.status();
        }
    }

    /// Null where it was done.
    private static @Nullable String kick(Path configuration, Path queue, String[] words) {
        String name = words[0] + "/" + words[1];
        Path endpoint = queue.resolve(name);
        try {
            BasicFileAttributes found =
                    Files.readAttributes(
                            endpoint, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (!found.isOther()) {
                return name + " is not a socket or a fifo";
            }
        } catch (IOException e) {
            return inside(configuration, queue, words)
                    ? null
                    : "unable to look up " + name + ": " + Reason.of(e);
        }
        try {
            boolean flushes = words[1].equals("qmgr") && words[2].matches(".*[ADF].*");
            if (flushes) {
                ControlClient client = new ControlClient(queue, name);
                return client.request(new ControlRequest.Flush(), line -> {}) == null
                        ? "connect to " + name + ": Connection refused"
                        : null;
            }
            try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
                channel.connect(UnixDomainSocketAddress.of(endpoint));
                return null;
            }
        } catch (IOException e) {
            return "connect to " + name + ": " + Reason.of(e);
        }
    }

    /// Whether the running server has a service of this name that listens nowhere.
    private static boolean inside(Path configuration, Path queue, String[] words) {
        try {
            boolean there = false;
            for (ServiceLine line : MasterCf.read(configuration.resolve("master.cf")).services()) {
                there |=
                        line.name().equals(words[1])
                                && line.privateService() == words[0].equals("private");
            }
            return there
                    && new ControlClient(queue).request(new ControlRequest.Status(), line -> {})
                            != null;
        } catch (ConfigException | IOException e) {
            return false;
        }
    }
}
