package org.postrider.local.write;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.config.ConfigException;
import org.postrider.config.Settings;
import org.postrider.delivery.Outcome;
import org.postrider.dsn.DsnSplit;
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
    /// What is kept of a command's output, as in Postfix.
    private static final int OUTPUT = 4096;

    private static final Status SENT = new Status(2, 0, 0);
    private static final Status LATER = new Status(4, 3, 0);
    private static final Status FAILED = new Status(5, 3, 0);

    private final Rights rights;
    private final String service;
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
        delimiters = policy.delimiters;
        shell = settings.get(LocalParams.LOCAL_COMMAND_SHELL);
        filter = settings.get(LocalParams.COMMAND_EXPANSION_FILTER);
        directory = settings.get(LocalParams.COMMAND_EXECUTION_DIRECTORY);
        directoryFilter = settings.get(LocalParams.EXECUTION_DIRECTORY_EXPANSION_FILTER);
        exported = exported(settings.get(LocalParams.EXPORT_ENVIRONMENT), environment);
        Duration time = settings.get(LocalParams.COMMAND_TIME_LIMIT);
        limits = new Command.Limits(time, OUTPUT, settings.get(LocalParams.MAILBOX_SIZE_LIMIT));
    }

    private static Map<String, String> exported(
            List<String> words, Map<String, String> environment) {
        Map<String, String> out = new LinkedHashMap<>();
        for (String word : words) {
            String plain =
                    word.startsWith("{") && word.endsWith("}")
                            ? word.substring(1, word.length() - 1).strip()
                            : word;
            int equals = plain.indexOf('=');
            if (equals > 0) {
                out.put(plain.substring(0, equals), plain.substring(equals + 1));
            } else if (environment.containsKey(plain)) {
                out.put(plain, String.valueOf(environment.get(plain)));
            }
        }
        return out;
    }

    /// @param as with whose rights
    public Outcome run(Leaf.ToCommand leaf, Account as, Envelope envelope, Content copy) {
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
                    new Outcome.Deferred(detail(LATER, r.trouble().text(), SysExits.OSERR.text));
            case Answer.Done<Ended> d -> ended(leaf.command(), d.value());
        };
    }

    private Outcome ended(String command, Ended ended) {
        String said = printable(ended.output());
        String more = said.isEmpty() ? "" : ". Command output: " + said;
        return switch (ended.how()) {
            case Ended.How.TimedOut _ ->
                    new Outcome.Bounced(
                            detail(
                                    FAILED,
                                    "Command time limit exceeded: \"" + command + "\"" + more,
                                    said.isEmpty() ? SysExits.SOFTWARE.text : said));
            case Ended.How.Signal(int number) ->
                    new Outcome.Deferred(
                            detail(
                                    LATER,
                                    "Command died with signal "
                                            + number
                                            + ": \""
                                            + command
                                            + "\""
                                            + more,
                                    said.isEmpty() ? SysExits.SOFTWARE.text : said));
            case Ended.How.Exit(int status) when status == 0 ->
                    new Outcome.Sent(
                            Outcome.Detail.local(SENT, service, "delivered to command: " + command),
                            false);
            case Ended.How.Exit(int status) -> failed(command, status, said, more);
        };
    }

    private Outcome failed(String command, int exit, String said, String more) {
        Status own = DsnSplit.status(said);
        if (own != null) {
            String text = DsnSplit.of(FAILED, said).text();
            return settled(detail(own.success() ? own.as(5) : own, text, text));
        }
        SysExits known = SysExits.of(exit);
        if (known != null) {
            return settled(
                    detail(known.status, known.text + more, said.isEmpty() ? known.text : said));
        }
        return settled(
                detail(
                        FAILED,
                        "Command died with status " + exit + ": \"" + command + "\"" + more,
                        said.isEmpty() ? "unknown mail system error " + exit : said));
    }

    private static Outcome settled(Outcome.Detail detail) {
        return detail.status().kind() == 4
                ? new Outcome.Deferred(detail)
                : new Outcome.Bounced(detail);
    }

    private Outcome.Detail detail(Status status, String text, String diagnostic) {
        return new Outcome.Detail(status, service, text, "", null, diagnostic, 1, 0, 0);
    }

    /// One line of what a command said: nothing in it acts on a terminal or ends a header.
    static String printable(String octets) {
        boolean utf8 = utf8(octets);
        StringBuilder out = new StringBuilder(octets.length());
        for (int i = 0; i < octets.length(); i++) {
            char c = octets.charAt(i);
            if (c == '\t' || c == '\n') {
                out.append(' ');
            } else {
                out.append((c >= ' ' && c < 127) || (utf8 && c > 127) ? c : '_');
            }
        }
        return out.toString();
    }

    private static boolean utf8(String octets) {
        try {
            byte[] bytes = octets.getBytes(StandardCharsets.ISO_8859_1);
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
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
        all.remove("PATH");
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
