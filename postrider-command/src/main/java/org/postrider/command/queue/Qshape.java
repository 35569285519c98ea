package org.postrider.command.queue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.command.CommandException;
import org.postrider.command.Messages;
import org.postrider.command.OctetOut;
import org.postrider.command.Options;
import org.postrider.command.Terminal;
import org.postrider.command.ToolConfig;
import org.postrider.config.ServiceSettings;
import org.postrider.time.Clock;

/// `qshape [-s] [-p] [-m n] [-b n] [-t minutes] [-l] [-w width] [--where FILTER] [queue…]`: how old
/// the queued mail of each domain is. Counts come from the same listing as mailq's. `-N` and `-n`
/// are accepted; the result is printed once, whole.
public final class Qshape {
    /// Queues in Postfix's directory; a listing has a part of them.
    private static final List<String> QUEUES =
            List.of(
                    "maildrop",
                    "incoming",
                    "active",
                    "deferred",
                    "hold",
                    "corrupt",
                    "bounce",
                    "defer",
                    "trace",
                    "flush",
                    "saved");

    private final Terminal terminal;
    private final Clock clock;
    private @Nullable String configDirectory;
    private boolean senders;
    private boolean parents;
    private boolean linear;
    private int width = 80;
    private int buckets = 10;
    private int minutes = 5;
    private int leastSubdomains = 5;

    public Qshape(Terminal terminal, Clock clock) {
        this.terminal = terminal;
        this.clock = clock;
    }

    public static void main(String[] args) {
        Terminal terminal = Terminal.system();
        int status = new Qshape(terminal, Clock.system()).run(args);
        terminal.err().flush();
        System.exit(status);
    }

    /// @return the exit status: 0, 1 where the queue cannot be read, 255 for a bad option
    public int run(String[] args) {
        WhereOption where;
        try {
            where = WhereOption.of(args, 1);
        } catch (CommandException e) {
            new Messages("qshape", terminal.err()).fatal(e);
            return 1;
        }
        if (where.dry()) {
            terminal.err().print(usage());
            return 255;
        }
        Options options = new Options("qshape", "lhc:psw:b:t:m:n:N:", where.rest(), terminal.err());
        for (char c = options.next(); c != 0; c = options.next()) {
            if (!option(c, options.argument())) {
                terminal.err().print(usage());
                return 255;
            }
        }
        String[] named = options.rest();
        List<String> queues = named.length == 0 ? List.of("incoming", "active") : List.of(named);
        try {
            Path directory = ToolConfig.directory(configDirectory, terminal);
            ServiceSettings settings = ToolConfig.settings("postconf", 1, directory, terminal);
            QshapeTable table =
                    new QshapeTable(
                            simple(queues),
                            senders,
                            parents,
                            leastSubdomains,
                            buckets,
                            minutes,
                            linear,
                            clock.wallMillis() / 1000);
            Postqueue.walk(
                    table,
                    where.filter(),
                    ToolConfig.queueDirectory(settings, 1),
                    settings,
                    new Messages("qshape", terminal.err()));
            OctetOut out = new OctetOut(terminal.out());
            table.print(out, width);
            out.flush();
            return 0;
        } catch (CommandException e) {
            new Messages("qshape", terminal.err()).fatal(e);
            return 1;
        } catch (IOException e) {
            return 1;
        }
    }

    /// Paths and trailing slashes are taken off: `/var/spool/postfix/deferred` is `deferred`.
    private List<String> simple(List<String> queues) {
        java.util.ArrayList<String> out = new java.util.ArrayList<>();
        for (String each : queues) {
            String name = each.endsWith("/") ? each.substring(0, each.length() - 1) : each;
            name = name.substring(name.lastIndexOf('/') + 1);
            if (QUEUES.contains(name)) {
                out.add(name);
            } else {
                terminal.err().print("Can't stat " + each + ": No such file or directory\n");
            }
        }
        return out;
    }

    private boolean option(char c, String argument) {
        switch (c) {
            case 'c' -> configDirectory = argument;
            case 's' -> senders = true;
            case 'p' -> parents = true;
            case 'l' -> linear = true;
            case 'w' -> width = Math.max(80, number(argument, width));
            case 'b' -> buckets = positive(argument, buckets);
            case 't' -> minutes = positive(argument, minutes);
            case 'm' -> leastSubdomains = positive(argument, leastSubdomains);
            case 'n', 'N' -> {}
            default -> {
                return false;
            }
        }
        return true;
    }

    private static int positive(String text, int otherwise) {
        int n = number(text, otherwise);
        return n > 0 ? n : otherwise;
    }

    private static int number(String text, int otherwise) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            return otherwise;
        }
    }

    private static String usage() {
        return """
        Usage: qshape [ -s ] [ -p ] [ -m <min_subdomains> ] [ -l ]
        \t[ -b <bucket_count> ] [ -t <bucket_time> ] [ -w <terminal_width> ]
        \t[ -N <batch_msg_count> ] [ -n <batch_top_domains> ]
        \t[ -c <config_directory> ] [ --where <filter> ] [ <queue_name> ... ]
        """;
    }
}
