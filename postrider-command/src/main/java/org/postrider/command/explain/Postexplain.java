package org.postrider.command.explain;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postrider.access.PolicyServices;
import org.postrider.command.CommandException;
import org.postrider.command.ControlClient;
import org.postrider.command.Messages;
import org.postrider.command.OctetOut;
import org.postrider.command.Terminal;
import org.postrider.command.ToolConfig;
import org.postrider.command.heard.Json;
import org.postrider.command.heard.Where;
import org.postrider.command.outside.AskedMilters;
import org.postrider.command.outside.Filters;
import org.postrider.command.outside.Screen;
import org.postrider.command.outside.Section;
import org.postrider.command.outside.ServerCertificates;
import org.postrider.config.ConfigException;
import org.postrider.config.MasterCf;
import org.postrider.config.ServicePorts;
import org.postrider.config.ServiceSettings;
import org.postrider.dns.Resolver;
import org.postrider.io.Connector;
import org.postrider.io.Watchdog;
import org.postrider.maps.Opening;
import org.postrider.maps.TableDirectory;
import org.postrider.maps.TableException;
import org.postrider.master.Configuration;
import org.postrider.master.Programs;
import org.postrider.master.Service;
import org.postrider.milter.MilterSockets;
import org.postrider.rewrite.TrivialRewrite;
import org.postrider.smtpd.SmtpdReplies;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;

/// `postexplain`: why a mail would be taken or refused, where it would go, why a queued one waits
/// (docs/postexplain.md).
public final class Postexplain {
    /// Nothing refuses the mail; a route was found; a queued message was shown.
    private static final int PASSES = 0;

    /// Something could not be found out.
    private static final int FAULT = 1;

    /// The mail is refused, for good or for now.
    private static final int REFUSED = 2;

    private static final int USAGE = 64;

    private final Terminal terminal;
    private final Resolver dns;
    private final Clock clock;
    private final Messages say;

    /// @param dns whom to ask for names
    public Postexplain(Terminal terminal, Resolver dns, Clock clock) {
        this.terminal = terminal;
        this.dns = dns;
        this.clock = clock;
        say = new Messages("postexplain", terminal.err());
    }

    public int run(String[] args) {
        try {
            Arguments given = Arguments.of(args);
            return switch (given.mode()) {
                case "rcpt" -> rcpt(given);
                case "route" -> route(given);
                default -> queued(given);
            };
        } catch (Arguments.UsageException e) {
            say.fatal(String.valueOf(e.getMessage()), Arguments.USAGE);
            return USAGE;
        } catch (CommandException | ConfigException | TableException e) {
            say.fatal(String.valueOf(e.getMessage()));
            return FAULT;
        } catch (IOException e) {
            say.fatal(String.valueOf(e.getMessage()));
            return FAULT;
        }
    }

    private Configuration configuration(Arguments given) {
        Path directory = ToolConfig.directory(given.option("-c"), terminal);
        ServiceSettings settings = ToolConfig.settings("postexplain", FAULT, directory, terminal);
        return Configuration.of(
                settings,
                MasterCf.read(directory.resolve("master.cf")),
                Programs.standard(),
                Map.of());
    }

    private int rcpt(Arguments given) throws IOException {
        Configuration configuration = configuration(given);
        Listener listener = Listener.of(configuration, given.option("--listener"));
        try (TableDirectory tables = tables(configuration);
                Watchdog watchdog = new Watchdog(clock, Supervisor.alone());
                PolicyServices policies =
                        new PolicyServices(
                                Connector.sockets(watchdog), Supervisor.alone(), clock)) {
            Resolver names = given.has("--no-dns") ? null : dns;
            ControlClient server =
                    new ControlClient(QueueExplainer.queueDirectory(configuration.settings()));
            World world =
                    listener.world(
                            tables,
                            names,
                            given.has("--no-policy") ? null : policies,
                            given.has("--no-probe") ? null : server);
            Trial trial = new Trial(world);
            Caller caller = Callers.of(given, world, clock);
            Told told = trial.run(caller, Trial.Change.NONE);
            List<Proposal> changes =
                    trial.unreadable().isEmpty()
                            ? new Changes(trial).turning(told, caller)
                            : List.of();
            List<Section> outside = new ArrayList<>();
            Service screen = listener.screen();
            if (screen != null) {
                outside.add(Screen.of(screen, caller.client(), tables, names, server, clock));
            }
            add(outside, milters(given, listener, caller, tables, Connector.sockets(watchdog)));
            add(outside, Filters.of(world.listener()));
            RcptReport report =
                    new RcptReport(
                            listener.text(),
                            caller,
                            new RcptReport.Met(told, outside),
                            changes,
                            trial.unreadable(),
                            new Where(world.listener()));
            print(given, report.json(), report.lines());
            return !report.unreadable().isEmpty() ? FAULT : report.refused() ? REFUSED : PASSES;
        }
    }

    private static void add(List<Section> all, @Nullable Section one) {
        if (one != null) {
            all.add(one);
        }
    }

    private static @Nullable Section milters(
            Arguments given,
            Listener listener,
            Caller caller,
            TableDirectory tables,
            Connector connector) {
        ServiceSettings settings = listener.service().settings();
        MilterSockets sockets =
                new MilterSockets(
                        connector,
                        new MilterSockets.Room(
                                QueueExplainer.queueDirectory(settings),
                                listener.service().line().chroot()),
                        ServicePorts.of(settings)::port,
                        MilterSockets.budget());
        String login = caller.login();
        return AskedMilters.of(
                settings,
                tables,
                sockets,
                new AskedMilters.Mail(
                        caller.client(),
                        caller.helo(),
                        login == null ? "" : login,
                        "<" + caller.sender().text() + ">",
                        "<" + caller.to().text() + ">"),
                !given.has("--no-milters"));
    }

    private int route(Arguments given) throws IOException {
        Configuration configuration = configuration(given);
        Listener listener = Listener.of(configuration, given.option("--listener"));
        String from = given.option("--from");
        try (TableDirectory tables = tables(configuration)) {
            RouteReport report =
                    new RouteExplainer(configuration, listener, clock)
                            .of(
                                    tables,
                                    given.has("--no-dns") ? null : dns,
                                    Callers.address(from == null ? "" : from, "--from"),
                                    Callers.recipient(given.needed("--to")));
            print(given, report.json(), report.lines());
            boolean refused = report.rewritten().refused() != null;
            return !report.unreadable().isEmpty() ? FAULT : refused ? REFUSED : PASSES;
        }
    }

    private int queued(Arguments given) throws IOException {
        if (!given.mode().matches("[0-9A-Za-z]{1,100}")) {
            throw new Arguments.UsageException("neither a mode nor a queue id: " + given.mode());
        }
        Configuration configuration = configuration(given);
        ServiceSettings settings = configuration.settings();
        ServiceSettings qmgr =
                configuration.settingsOf(Programs.QMGR) instanceof ServiceSettings own
                        ? own
                        : settings;
        try (TableDirectory tables = tables(configuration);
                Watchdog watchdog = new Watchdog(clock, Supervisor.alone())) {
            TrivialRewrite rewrite = new TrivialRewrite(qmgr, tables, say::warning);
            ServerCertificates certificates =
                    new ServerCertificates(
                            configuration, tables, dns, Connector.sockets(watchdog), clock);
            QueueReport report =
                    new QueueExplainer(
                                    QueueExplainer.queueDirectory(settings), settings, clock, say)
                            .of(
                                    given.mode(),
                                    new QueueReport.Asked(
                                            rewrite::resolve,
                                            given.has("--no-tls")
                                                    ? QueueExplainer.Certificates.UNASKED
                                                    : certificates::of,
                                            configuration.services().stream()
                                                    .map(Service::name)
                                                    .collect(Collectors.toSet())));
            print(given, report.json(), report.lines());
            return PASSES;
        }
    }

    private TableDirectory tables(Configuration configuration) {
        return new TableDirectory(
                new Opening(
                        clock, Supervisor.alone(), configuration.settings()::text, say::warning));
    }

    private void print(Arguments given, Map<String, Object> json, List<String> lines)
            throws IOException {
        OctetOut out = new OctetOut(terminal.out());
        if (given.has("-j")) {
            Json.write(json, out);
            out.text("\n");
        } else {
            for (String each : lines) {
                out.text(SmtpdReplies.shown(each, true)).text("\n");
            }
        }
        out.flush();
    }
}
