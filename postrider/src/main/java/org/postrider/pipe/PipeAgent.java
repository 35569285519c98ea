package org.postrider.pipe;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.address.Quoting;
import org.postrider.agent.AgentParams;
import org.postrider.agent.CommandEnd;
import org.postrider.agent.CommandEnvironment;
import org.postrider.agent.MailCopy;
import org.postrider.agent.MailCopy.Part;
import org.postrider.agent.ServiceUser;
import org.postrider.agent.StatusFilter;
import org.postrider.cleanup.CleanupParams;
import org.postrider.config.ConfigException;
import org.postrider.config.Settings;
import org.postrider.delivery.Agent;
import org.postrider.delivery.DeliveryRequest;
import org.postrider.delivery.Outcome;
import org.postrider.dsn.Status;
import org.postrider.log.LogTag;
import org.postrider.log.MailLog;
import org.postrider.maps.Fold;
import org.postrider.maps.Tables;
import org.postrider.message.DeliveredTo;
import org.postrider.queue.Envelope;
import org.postrider.queue.Recipient;
import org.postrider.rights.Accounts;
import org.postrider.rights.Answer;
import org.postrider.rights.Command;
import org.postrider.rights.Ended;
import org.postrider.rights.Identity;
import org.postrider.rights.Rights;
import org.postrider.time.Clock;

/// The pipe(8) delivery agent of one line of master.cf: mail goes to its command. Immutable; any
/// thread.
public final class PipeAgent implements Agent {
    private static final Status SENT = new Status(2, 0, 0);
    private static final Status LATER = new Status(4, 3, 0);
    private static final Status CONFIGURATION = new Status(4, 3, 5);
    private static final Status TOO_LARGE = new Status(5, 2, 3);
    private static final Status LOOP = new Status(5, 4, 6);
    private static final int SHOWN = 100;

    private final PipeLine line;
    private final Line at;
    private final Settings settings;
    private final Machine machine;
    private final Values values;
    private final @Nullable Macros macros;
    private final String fault;
    private final StatusFilter filter;
    private final boolean keepsOriginal;
    private final Command.Limits limits;
    private final Map<String, String> environment;

    /// Where it stands in master.cf.
    ///
    /// @param file master.cf
    public record Line(String file, String service, List<String> arguments) {}

    /// The machine that it works on.
    ///
    /// @param environment this process's own
    public record Machine(
            Accounts accounts,
            Rights rights,
            MailLog log,
            Clock clock,
            Map<String, String> environment) {}

    /// @throws ConfigException in Postfix's words, where the line cannot be read
    public PipeAgent(Line at, Settings settings, Tables tables, Machine machine) {
        this.at = at;
        this.settings = settings;
        this.machine = machine;
        line = PipeLine.of(at.arguments());
        values = new Values(line, settings.get(CleanupParams.RECIPIENT_DELIMITER));
        Macros known = null;
        String why = "";
        try {
            known = Macros.of(line.argv());
        } catch (ConfigException e) {
            why = String.valueOf(e.getMessage());
        }
        macros = known;
        fault = why;
        filter = new StatusFilter(settings, PipeParams.PIPE_DELIVERY_STATUS_FILTER, tables);
        keepsOriginal = settings.get(CleanupParams.ENABLE_ORIGINAL_RECIPIENT);
        Duration time =
                settings.perTransport(at.service(), "_time_limit", AgentParams.COMMAND_TIME_LIMIT);
        limits = new Command.Limits(time, CommandEnd.OUTPUT, 0);
        environment = CommandEnvironment.of(settings, machine.environment());
    }

    /// What is wrong with a line, a sentence each; mail for it waits.
    public static List<String> problems(Line at, Settings settings, Accounts accounts) {
        List<String> out = new ArrayList<>();
        try {
            PipeLine line = PipeLine.of(at.arguments());
            Macros.of(line.argv());
            String user = user(line.user().find(accounts, settings));
            if (user != null) {
                out.add(user);
            }
        } catch (ConfigException e) {
            out.add(e.getMessage());
        }
        return out;
    }

    @Override
    public boolean verifies() {
        return true;
    }

    @Override
    public @Nullable Unavailable deliver(DeliveryRequest request, Report report) {
        List<Integer> all = request.recipients();
        Outcome outcome = filter.apply(outcome(request), text -> warn(request.tag(), text));
        all.forEach(recipient -> report.outcome(recipient, outcome));
        return null;
    }

    private void warn(LogTag tag, String text) {
        machine.log().warning(tag, text);
    }

    private Outcome outcome(DeliveryRequest request) {
        ServiceUser.Found found = line.user().find(machine.accounts(), settings);
        if (!(found instanceof ServiceUser.Found.Known(Identity as))) {
            boolean passes = found instanceof ServiceUser.Found.Unanswered;
            machine.log().fatal(request.tag(), service() + user(found));
            return passes ? deferred(LATER, "mail system configuration error", false) : held();
        }
        List<Recipient> recipients = recipients(request);
        Part single =
                line.has(Part.DELIVERED_TO)
                        ? Part.DELIVERED_TO
                        : line.has(Part.ORIGINAL_TO) ? Part.ORIGINAL_TO : null;
        if (recipients.size() > 1 && single != null) {
            String flag = single == Part.DELIVERED_TO ? "D" : "O";
            warn(
                    request.tag(),
                    "pipe flag `"
                            + flag
                            + "' requires "
                            + request.transport()
                            + "_destination_recipient_limit = 1");
            return deferred(CONFIGURATION, "mail system configuration error", false);
        }
        Macros known = macros;
        if (known == null) {
            warn(request.tag(), (fault.startsWith("unknown") ? service() : "") + fault);
            return held();
        }
        long limit = line.form().sizeLimit();
        if (limit > 0 && request.message().size() > limit) {
            return bounced(TOO_LARGE, "message too large");
        }
        if (request.message().envelope().verifies()) {
            return sent("delivers to command: " + line.argv().getFirst());
        }
        Address to = recipients.getFirst().address();
        if (line.has(Part.DELIVERED_TO)
                && DeliveredTo.of(request.message().content().header(), Fold::lower)
                        .contains(Fold.lower(Quoting.rfc5322(to)))) {
            return bounced(LOOP, "mail forwarding loop for " + to);
        }
        return run(request, known, as);
    }

    private String service() {
        return "file " + at.file() + ": service " + at.service() + ": ";
    }

    private static List<Recipient> recipients(DeliveryRequest request) {
        List<Recipient> all = request.message().envelope().recipients();
        return request.recipients().stream().map(all::get).toList();
    }

    private Outcome run(DeliveryRequest request, Macros known, Identity as) {
        Envelope envelope = request.message().envelope();
        List<Recipient> recipients = recipients(request);
        Recipient first = recipients.getFirst();
        Address given = envelope.senderFor(first);
        Address sender = given.isNull() ? new Address(line.form().nullSender()) : given;
        List<String> argv =
                known.argv(
                        values.of(request, sender),
                        recipients.stream().map(r -> values.of(r, original(r))).toList());
        Set<Part> parts = EnumSet.noneOf(Part.class);
        parts.addAll(line.parts());
        MailCopy copy =
                new MailCopy(
                        request.message().content(),
                        parts,
                        new MailCopy.Ends(
                                sender, keepsOriginal ? original(first) : null, first.address()),
                        line.form().eol(),
                        machine.clock().wallMillis());
        Command command =
                new Command(
                        new Command.Line.Words(argv),
                        environment,
                        new Command.Place(line.place().root(), line.place().directory()),
                        limits);
        CommandEnd end = new CommandEnd(request.transport(), "pipe");
        return switch (machine.rights().run(as, command, copy)) {
            case Answer.Refused<Ended> r -> {
                machine.log().fatal(request.tag(), CommandEnd.fatal(r.trouble(), as));
                yield end.refused(r.trouble());
            }
            case Answer.Done<Ended> d -> ended(request, argv.getFirst(), d.value(), end);
        };
    }

    private static Address original(Recipient recipient) {
        Address original = recipient.original();
        return original == null || original.isNull() ? recipient.address() : original;
    }

    private Outcome ended(DeliveryRequest request, String command, Ended ended, CommandEnd end) {
        if (ended.how() instanceof Ended.How.TimedOut) {
            String what = ended.wrote() ? "read" : "write";
            warn(request.tag(), "pipe_command_" + what + ": " + what + " time limit exceeded");
        }
        Outcome failure = end.failure(command, ended);
        if (failure != null) {
            return failure;
        }
        String said = CommandEnd.printable(ended.output()).stripTrailing();
        String shown =
                said.isEmpty()
                        ? ""
                        : " (" + said.substring(0, Math.min(SHOWN, said.length())) + ")";
        return sent("delivered via " + at.service() + " service" + shown);
    }

    private Outcome sent(String text) {
        String action =
                line.has(PipeLine.Option.FINAL) ? Outcome.Detail.FINAL : Outcome.Detail.RELAYED;
        return new Outcome.Sent(
                new Outcome.Detail(SENT, at.service(), text, action, null, null, 1, 0, 0), false);
    }

    private Outcome held() {
        return deferred(CONFIGURATION, "mail system configuration error", true);
    }

    private Outcome deferred(Status status, String text, boolean held) {
        return new Outcome.Deferred(Outcome.Detail.local(status, at.service(), text), held);
    }

    private Outcome bounced(Status status, String text) {
        return new Outcome.Bounced(Outcome.Detail.local(status, at.service(), text));
    }

    /// Null for one that may be acted for.
    private static @Nullable String user(ServiceUser.Found found) {
        return switch (found) {
            case ServiceUser.Found.Known _ -> null;
            case ServiceUser.Found.Unanswered u -> u.why();
            case ServiceUser.Found.Refused r -> refused(r);
        };
    }

    private static String refused(ServiceUser.Found.Refused r) {
        String attribute = "user= command-line attribute specifies ";
        return switch (r.why()) {
            case NO_USER -> "unknown username: " + r.name();
            case NO_GROUP -> "unknown group: " + r.name();
            case ROOT -> attribute + "root privileges";
            case OWNER -> attribute + "mail system owner " + r.owner();
            case ROOT_GROUP -> attribute + "privileged group id 0";
            case OWNER_GROUP ->
                    attribute + "mail system owner " + r.owner() + " group id " + r.number();
            case SUBMISSION_GROUP ->
                    attribute + "mail system " + r.owner() + " group id " + r.number();
        };
    }
}
