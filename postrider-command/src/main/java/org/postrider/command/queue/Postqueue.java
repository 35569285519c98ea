package org.postrider.command.queue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.command.CommandException;
import org.postrider.command.CommandParams;
import org.postrider.command.ControlClient;
import org.postrider.command.Messages;
import org.postrider.command.OctetOut;
import org.postrider.command.Options;
import org.postrider.command.Terminal;
import org.postrider.command.ToolConfig;
import org.postrider.command.ToolLog;
import org.postrider.command.submit.AuthorizedDirectories;
import org.postrider.command.submit.Submitter;
import org.postrider.config.ConfigException;
import org.postrider.config.ServiceSettings;
import org.postrider.control.ControlReply.Result;
import org.postrider.control.ControlRequest;
import org.postrider.disk.RealDisk;
import org.postrider.dns.HostName;
import org.postrider.maps.DomainList;
import org.postrider.maps.Opening;
import org.postrider.maps.TableDirectory;
import org.postrider.maps.TableException;
import org.postrider.master.MasterParams;
import org.postrider.master.OtherMailSystem;
import org.postrider.pickup.Maildrop;
import org.postrider.queue.QueueException;
import org.postrider.queue.QueueReader;
import org.postrider.showq.Filter;
import org.postrider.showq.QueueAction;
import org.postrider.showq.QueueVisitor;
import org.postrider.showq.QueueWalk;
import org.postrider.showq.Wanted;
import org.postrider.smtpd.SmtpdParams;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;

/// `postqueue -p | -j | -f | -i id | -s site`, this program's own `--where FILTER` with -p and -j,
/// `--suspend DESTINATION`, `--resume DESTINATION` and `--suspended`, and `mailq`. Lists from
/// `public/showq`; with the server down from the spool itself.
public final class Postqueue {
    private static final String USAGE =
            "usage: postqueue -f | postqueue -i queueid | postqueue -j | postqueue -p"
                    + " | postqueue -s site";
    private static final String DOWN = "Cannot flush mail queue - mail system is down";

    private final String program;
    private final Terminal terminal;
    private final Messages say;
    private @Nullable String configDirectory;
    private @Nullable Filter filter;

    /// The settings are, so that what goes wrong is told the log, too.
    private boolean known;

    public Postqueue(String program, Terminal terminal) {
        this.program = program;
        this.terminal = terminal;
        say = new Messages(program, terminal.err());
    }

    public static void main(String[] args) {
        Terminal terminal = Terminal.system();
        int status = new Postqueue("postqueue", terminal).run(args);
        terminal.err().flush();
        System.exit(status);
    }

    /// @return the exit status: 0, or 69 where it could not be done
    public int run(String[] args) {
        Suspension own = Suspension.of(program, args, terminal);
        if (own != null) {
            return own.run();
        }
        char mode = 0;
        String argument = "";
        try {
            WhereOption where = WhereOption.of(args, CommandException.UNAVAILABLE);
            Options options = new Options(program, "c:fi:jps:v", where.rest(), terminal.err());
            for (char c = options.next(); c != 0; c = options.next()) {
                switch (c) {
                    case 'c' -> configDirectory = options.argument();
                    case 'v' -> {}
                    case 'f', 'j', 'p', 'i', 's' -> {
                        if (mode != 0) {
                            throw usage();
                        }
                        mode = c;
                        argument = options.argument();
                    }
                    default -> throw usage();
                }
            }
            ServiceSettings settings = settings();
            known = true;
            boolean lists = mode == 'p' || mode == 'j';
            if (mode == 0
                    || options.rest().length > 0
                    || where.dry()
                    || where.filter() != null && !lists) {
                throw usage();
            }
            filter = where.filter();
            return act(mode, argument, settings);
        } catch (CommandException e) {
            say.fatal(e);
            if (known) {
                ToolLog.failed(
                        ToolConfig.directory(configDirectory, terminal),
                        program,
                        "fatal: " + e.getMessage());
            }
            return e.status();
        } catch (IOException e) {
            // Whoever reads our output has gone.
            return CommandException.UNAVAILABLE;
        }
    }

    private static CommandException usage() {
        return new CommandException(CommandException.UNAVAILABLE, USAGE);
    }

    private ServiceSettings settings() {
        String named = configDirectory != null ? configDirectory : terminal.mailConfig();
        if (named != null && !named.isEmpty()) {
            AuthorizedDirectories.mayOrThrow(
                    named, Submitter.own(), program, CommandException.UNAVAILABLE, say);
        }
        return ToolConfig.settings(
                program,
                CommandException.UNAVAILABLE,
                ToolConfig.directory(configDirectory, terminal),
                terminal);
    }

    private int act(char mode, String argument, ServiceSettings settings) throws IOException {
        Path queue = ToolConfig.enteredQueue(settings, CommandException.UNAVAILABLE);
        authorized(mode == 'p' || mode == 'j', settings);
        return switch (mode) {
            case 'p', 'j' -> list(mode == 'j', queue, settings);
            case 'i' -> flushId(argument, queue, settings);
            case 's' -> flushSite(argument, queue, settings);
            default -> control(new ControlRequest.Flush(), queue, settings);
        };
    }

    /// The superuser and mail_owner may always. The server asks again, of the kernel.
    private static void authorized(boolean list, ServiceSettings settings) {
        Submitter user = Submitter.own();
        String owner = ToolConfig.text(settings, "mail_owner", CommandException.UNAVAILABLE);
        if (!user.superuser() && !user.name().equals(owner)) {
            user.mayOrThrow(
                    list
                            ? MasterParams.AUTHORIZED_MAILQ_USERS
                            : MasterParams.AUTHORIZED_FLUSH_USERS,
                    list ? "view the mail queue" : "flush the mail queue",
                    settings,
                    CommandException.UNAVAILABLE);
        }
    }

    private int list(boolean json, Path queue, ServiceSettings settings) throws IOException {
        OctetOut out = new OctetOut(terminal.out());
        if (json) {
            JsonPrinter printer = new JsonPrinter(out);
            list(printer, queue, settings);
            printer.finish();
        } else {
            boolean longIds =
                    ToolConfig.text(settings, "enable_long_queue_ids", CommandException.UNAVAILABLE)
                            .equalsIgnoreCase("yes");
            MailqPrinter printer = new MailqPrinter(out, longIds);
            list(printer, queue, settings);
            printer.finish();
        }
        return 0;
    }

    private void list(QueueVisitor visitor, Path queue, ServiceSettings settings)
            throws IOException {
        walk(visitor, filter, queue, settings, say);
    }

    /// Shows the queue to a visitor, from the server or from the spool.
    ///
    /// @param filter null for all of it
    /// @throws CommandException where neither can be read
    static void walk(
            QueueVisitor visitor,
            @Nullable Filter filter,
            Path queue,
            ServiceSettings settings,
            Messages say)
            throws IOException {
        Duration limit = settings.get(CommandParams.IPC_TIMEOUT);
        ShowqClient client;
        try {
            client =
                    filter == null
                            ? ShowqClient.connect(queue, limit)
                            : ShowqClient.connect(queue, limit, filter);
        } catch (IOException e) {
            String down = "Connect to the Postfix showq service: " + reason(e, queue);
            if (!ours(queue)) {
                throw new CommandException(
                        CommandException.UNAVAILABLE,
                        "Queue report unavailable - mail system is down (" + down + ")");
            }
            say.warning("Mail system is down -- accessing queue directly (" + down + ")");
            Wanted wanted = filter == null ? null : new Wanted(filter, Clock.system().wallMillis());
            offline(visitor, wanted, queue, settings, say);
            return;
        }
        try (client) {
            client.walk(visitor);
        } catch (IOException e) {
            throw new CommandException(
                    CommandException.UNAVAILABLE, String.valueOf(e.getMessage()));
        }
    }

    /// With the server down the queue is the superuser's and its owner's to look into.
    private static boolean ours(Path queue) {
        Submitter user = Submitter.own();
        try {
            return user.superuser()
                    || Files.getOwner(queue.resolve("journal")).getName().equals(user.name());
        } catch (IOException e) {
            return false;
        }
    }

    private static String reason(IOException e, Path queue) {
        return Files.exists(queue.resolve("public/showq"))
                ? String.valueOf(e.getMessage())
                : "No such file or directory";
    }

    private static void offline(
            QueueVisitor visitor,
            @Nullable Wanted wanted,
            Path queue,
            ServiceSettings settings,
            Messages say)
            throws IOException {
        Maildrop maildrop = new Maildrop(new RealDisk(), queue);
        if (!Files.isDirectory(queue.resolve("journal"))) {
            QueueWalk.walk(null, maildrop, wanted, visitor, say::warning);
            return;
        }
        try (QueueReader own = OfflineQueue.openToRead(settings, queue, say)) {
            QueueWalk.walk(own, maildrop, wanted, visitor, say::warning);
        } catch (QueueException e) {
            throw new CommandException(
                    CommandException.UNAVAILABLE,
                    "Queue report unavailable - mail system is down (" + e.getMessage() + ")");
        }
    }

    private int flushId(String id, Path queue, ServiceSettings settings) throws IOException {
        if (!PostfixIds.valid(id)) {
            throw new CommandException(
                    CommandException.UNAVAILABLE,
                    "Cannot flush queue ID - invalid name: \"" + id + "\"");
        }
        return control(
                new ControlRequest.Act(
                        QueueAction.FLUSH, new ControlRequest.Selection.Ids(List.of(id))),
                queue,
                settings);
    }

    private int flushSite(String site, Path queue, ServiceSettings settings) throws IOException {
        boolean good =
                site.startsWith("[")
                        ? site.endsWith("]")
                                && PostfixIds.literal(site.substring(1, site.length() - 1))
                        : HostName.valid(site);
        if (!good) {
            throw new CommandException(
                    CommandException.UNAVAILABLE,
                    "Cannot flush mail queue - invalid destination: \"" + site + "\"");
        }
        return control(new ControlRequest.FlushSite(site), queue, settings);
    }

    private int control(ControlRequest request, Path queue, ServiceSettings settings)
            throws IOException {
        String other = OtherMailSystem.postfix(queue);
        if (other != null) {
            throw new CommandException(
                    CommandException.UNAVAILABLE, "Cannot flush mail queue - " + other);
        }
        StringBuilder answer = new StringBuilder();
        Result result;
        try {
            String service =
                    request instanceof ControlRequest.Flush ? "public/qmgr" : "public/flush";
            result = new ControlClient(queue, service).request(request, answer::append);
        } catch (ControlClient.DeniedException e) {
            throw new CommandException(
                    CommandException.UNAVAILABLE, "Cannot flush mail queue - " + e.getMessage());
        }
        if (result == null) {
            down(request, settings);
            throw new CommandException(CommandException.UNAVAILABLE, DOWN);
        }
        if (result == Result.NOT_ALLOWED) {
            throw Submitter.own().notAllowed("flush the mail queue", CommandException.UNAVAILABLE);
        }
        if (result != Result.DONE) {
            throw new CommandException(CommandException.UNAVAILABLE, refusal(request, answer));
        }
        return 0;
    }

    /// What Postfix's clients of its services say before, each in its own words.
    private void down(ControlRequest request, ServiceSettings settings) {
        String missing = ": No such file or directory";
        if (request instanceof ControlRequest.FlushSite site && !kept(site.site(), settings)) {
            throw new CommandException(CommandException.UNAVAILABLE, notConfigured(site));
        }
        say.warning(
                request instanceof ControlRequest.Flush
                        ? "unable to look up public/qmgr" + missing
                        : "connect to public/flush" + missing);
    }

    /// Whether a site is one of fast_flush_domains; one whose table cannot say may be.
    private boolean kept(String site, ServiceSettings settings) {
        try (TableDirectory tables =
                new TableDirectory(
                        new Opening(
                                Clock.system(),
                                Supervisor.alone(),
                                settings::text,
                                say::warning))) {
            return DomainList.of(settings, SmtpdParams.FAST_FLUSH_DOMAINS, tables).contains(site);
        } catch (TableException | ConfigException e) {
            say.warning(String.valueOf(e.getMessage()));
            return true;
        }
    }

    private static String notConfigured(ControlRequest.FlushSite site) {
        return "Flush service is not configured for destination \"" + site.site() + "\"";
    }

    private static String refusal(ControlRequest request, StringBuilder answer) {
        if (!answer.isEmpty()) {
            return answer.toString();
        }
        return request instanceof ControlRequest.FlushSite site
                ? notConfigured(site)
                : "Cannot flush mail queue";
    }
}
