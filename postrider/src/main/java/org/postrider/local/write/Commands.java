package org.postrider.local.write;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.agent.AgentParams;
import org.postrider.agent.CommandEnd;
import org.postrider.agent.CommandEnvironment;
import org.postrider.config.ConfigException;
import org.postrider.config.Settings;
import org.postrider.delivery.Outcome;
import org.postrider.dsn.Status;
import org.postrider.local.LocalParams;
import org.postrider.local.expand.Leaf;
import org.postrider.local.expand.Macros;
import org.postrider.local.expand.Name;
import org.postrider.local.expand.Policy;
import org.postrider.local.expand.Way;
import org.postrider.queue.Envelope;
import org.postrider.queue.Login;
import org.postrider.queue.Origin;
import org.postrider.rights.Account;
import org.postrider.rights.Answer;
import org.postrider.rights.Command;
import org.postrider.rights.Content;
import org.postrider.rights.Ended;
import org.postrider.rights.Rights;

/// Runs the commands that aliases, files and mailbox_command name, and says what became of the
/// mail. Immutable.
public final class Commands {
    private static final Status SENT = new Status(2, 0, 0);

    private final Rights rights;
    private final String service;
    private final CommandEnd end;
    private final String shell;
    private final String filter;
    private final String directory;
    private final String directoryFilter;
    private final String delimiters;
    private final Map<String, String> exported;
    private final Command.Limits limits;

    /// @param environment of this process
    public Commands(
            Settings settings, Policy policy, Rights rights, Map<String, String> environment) {
        this.rights = rights;
        service = policy.service;
        end = new CommandEnd(service, "local");
        delimiters = policy.delimiters;
        shell = settings.get(LocalParams.LOCAL_COMMAND_SHELL);
        filter = settings.get(LocalParams.COMMAND_EXPANSION_FILTER);
        directory = settings.get(LocalParams.COMMAND_EXECUTION_DIRECTORY);
        directoryFilter = settings.get(LocalParams.EXECUTION_DIRECTORY_EXPANSION_FILTER);
        exported = CommandEnvironment.of(settings, environment);
        Duration time = settings.get(AgentParams.COMMAND_TIME_LIMIT);
        limits =
                new Command.Limits(
                        time, CommandEnd.OUTPUT, settings.get(LocalParams.MAILBOX_SIZE_LIMIT));
    }

    /// @param as with whose rights
    public Outcome run(
            Leaf.ToCommand leaf,
            Account as,
            Envelope envelope,
            Content copy,
            Consumer<String> warnings) {
        Command.Place place = Command.Place.ANY;
        if (!directory.isEmpty()) {
            String text = Macros.expand(directory, leaf.way(), delimiters, directoryFilter).text();
            if (text == null) {
                throw new ConfigException(
                        "bad parameter value syntax for command_execution_directory: " + directory);
            }
            place = text.isEmpty() ? place : Command.Place.in(text);
        }
        Command command =
                new Command(
                        new Command.Line.Text(leaf.command(), shell),
                        environment(leaf.way(), envelope),
                        place,
                        limits);
        return switch (rights.run(as.identity(), command, copy)) {
            case Answer.Refused<Ended> r ->
                    shell.isEmpty() ? end.lineRefused(r.trouble()) : end.refused(r.trouble());
            case Answer.Done<Ended> d -> {
                if (d.value().how() instanceof Ended.How.TimedOut) {
                    warnings.accept(
                            d.value().wrote()
                                    ? "pipe_command_read: read time limit exceeded"
                                    : "pipe_command_write: write time limit exceeded");
                }
                yield ended(leaf.command(), d.value());
            }
        };
    }

    private Outcome ended(String command, Ended ended) {
        Outcome failure = end.failure(command, ended);
        return failure != null
                ? failure
                : new Outcome.Sent(
                        Outcome.Detail.local(SENT, service, "delivered to command: " + command),
                        false);
    }

    /// What a command is told of the mail: octets that command_expansion_filter lets through.
    private Map<String, String> environment(Way way, Envelope envelope) {
        Map<String, String> own = new LinkedHashMap<>();
        Name name = way.name();
        Account as = way.as();
        if (as != null) {
            own.put("HOME", as.home());
            own.put("SHELL", as.shell());
        }
        own.put("LOGNAME", name.user());
        own.put("USER", name.user());
        own.put("SENDER", way.back().sender().text());
        own.put("RECIPIENT", way.to().address().text());
        own.put("LOCAL", name.local());
        tell(own, "DOMAIN", name.domain());
        tell(own, "EXTENSION", name.extension());
        Address original = way.original();
        told(own, "ORIGINAL_RECIPIENT", original == null ? null : original.text());
        told(own, "ENVID", envelope.dsn().envelopeId());
        Origin.Client client = envelope.origin().logged();
        if (client != null) {
            told(own, "CLIENT_HOSTNAME", client.name());
            told(own, "CLIENT_ADDRESS", client.address());
            told(own, "CLIENT_HELO", client.helo());
            told(own, "CLIENT_PROTOCOL", client.protocol());
        }
        Login login = envelope.attributes().login();
        if (login != null) {
            told(own, "SASL_METHOD", login.method());
            told(own, "SASL_SENDER", login.sender());
            told(own, "SASL_USERNAME", login.username());
        }
        Map<String, String> all = new LinkedHashMap<>(exported);
        own.forEach((key, value) -> all.put(key, Macros.filtered(value, filter)));
        return all;
    }

    private static void tell(Map<String, String> to, String name, @Nullable String value) {
        if (value != null) {
            to.put(name, value);
        }
    }

    private static void told(Map<String, String> to, String name, @Nullable String value) {
        tell(to, name, value == null || value.isEmpty() ? null : value);
    }
}
