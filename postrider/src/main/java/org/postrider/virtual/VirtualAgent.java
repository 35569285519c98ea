package org.postrider.virtual;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.agent.AgentParams;
import org.postrider.agent.MailCopy;
import org.postrider.agent.MailboxEnd;
import org.postrider.agent.MailboxLocks;
import org.postrider.agent.StatusFilter;
import org.postrider.cleanup.CleanupParams;
import org.postrider.config.ConfigException;
import org.postrider.config.Settings;
import org.postrider.delivery.Agent;
import org.postrider.delivery.DeliveryRequest;
import org.postrider.delivery.Outcome;
import org.postrider.dsn.Status;
import org.postrider.log.MailLog;
import org.postrider.maps.Fold;
import org.postrider.maps.Tables;
import org.postrider.queue.Envelope;
import org.postrider.queue.Recipient;
import org.postrider.rights.Answer;
import org.postrider.rights.Appended;
import org.postrider.rights.MailboxRules;
import org.postrider.rights.Request;
import org.postrider.rights.Request.DeliveryKey;
import org.postrider.rights.Rights;
import org.postrider.time.Clock;

/// The virtual(8) delivery agent under the settings of its line of master.cf. Immutable; any
/// thread.
public final class VirtualAgent implements Agent {
    private static final Status UNKNOWN = new Status(5, 1, 1);
    private static final Status CONFIGURATION = new Status(4, 3, 5);
    private static final Status NO_MAILBOX = new Status(5, 3, 5);
    private static final String WRONG = "mail system configuration error";
    private static final Status MAILBOX = new Status(4, 2, 0);

    private final Mailboxes mailboxes;
    private final MailboxRules rules;
    private final StatusFilter filter;
    private final boolean keepsOriginal;
    private final MailboxEnd end;
    private final Machine machine;

    /// The machine that it works on.
    ///
    /// @param host the machine's name
    public record Machine(Rights rights, String host, MailLog log, Clock clock) {}

    /// @param service the name of its line
    /// @throws ConfigException for settings that cannot be
    public VirtualAgent(Settings settings, String service, Tables tables, Machine machine) {
        this.machine = machine;
        mailboxes = new Mailboxes(settings, tables);
        rules = rules(settings);
        filter = new StatusFilter(settings, VirtualParams.VIRTUAL_DELIVERY_STATUS_FILTER, tables);
        keepsOriginal = settings.get(CleanupParams.ENABLE_ORIGINAL_RECIPIENT);
        end = new MailboxEnd(service, MAILBOX);
    }

    /// What is wrong with settings, a sentence each.
    public static List<String> problems(Settings settings) {
        List<String> out = new ArrayList<>();
        for (Consumer<Settings> each :
                List.<Consumer<Settings>>of(VirtualAgent::rules, Mailboxes::base)) {
            try {
                each.accept(settings);
            } catch (ConfigException e) {
                out.add(String.valueOf(e.getMessage()));
            }
        }
        return out;
    }

    private static MailboxRules rules(Settings settings) {
        return new MailboxRules(
                MailboxRules.Place.OWN,
                MailboxLocks.of(settings, VirtualParams.VIRTUAL_MAILBOX_LOCK),
                MailboxEnd.limit(settings, VirtualParams.VIRTUAL_MAILBOX_LIMIT),
                settings.get(AgentParams.STRICT_MAILBOX_OWNERSHIP));
    }

    @Override
    public boolean verifies() {
        return true;
    }

    @Override
    public @Nullable Unavailable deliver(DeliveryRequest request, Report report) {
        Consumer<String> warnings = text -> machine.log().warning(request.tag(), text);
        for (int index : request.recipients()) {
            Outcome outcome = outcome(request, index, warnings);
            report.outcome(index, filter.apply(outcome, warnings));
        }
        return null;
    }

    private Outcome outcome(DeliveryRequest request, int index, Consumer<String> warnings) {
        Recipient recipient = request.message().envelope().recipients().get(index);
        Address user = new Address(Fold.lower(recipient.address().text()));
        return switch (mailboxes.find(user, warnings)) {
            case Mailboxes.Found.Unknown _ -> bounced(UNKNOWN, "unknown user: \"" + user + "\"");
            case Mailboxes.Found.Fault f -> {
                warnings.accept(f.warning());
                yield configuration();
            }
            case Mailboxes.Found.Mailbox m -> to(m, request, index, warnings);
        };
    }

    private Outcome configuration() {
        return new Outcome.Deferred(Outcome.Detail.local(CONFIGURATION, end.relay(), WRONG));
    }

    private Outcome bounced(Status status, String text) {
        return new Outcome.Bounced(Outcome.Detail.local(status, end.relay(), text));
    }

    private Outcome to(
            Mailboxes.Found.Mailbox mailbox,
            DeliveryRequest request,
            int index,
            Consumer<String> warnings) {
        boolean maildir = mailbox.path().endsWith("/");
        Envelope envelope = request.message().envelope();
        Recipient recipient = envelope.recipients().get(index);
        if (envelope.verifies()) {
            return end.sent(maildir ? "delivers to maildir" : "delivers to mailbox");
        }
        Address original = recipient.original();
        Address first = original == null || original.isNull() ? recipient.address() : original;
        MailCopy copy =
                new MailCopy(
                        request.message().content(),
                        maildir ? MailCopy.MAILDIR : MailCopy.MBOX,
                        new MailCopy.Ends(
                                envelope.senderFor(recipient),
                                keepsOriginal ? first : null,
                                recipient.address()),
                        machine.clock().wallMillis());
        DeliveryKey key =
                DeliveryKey.of(request.message().id() + " " + index + " virtual " + mailbox.path());
        return maildir
                ? maildir(mailbox, copy, key, warnings)
                : mbox(mailbox, copy, key, user(recipient), warnings);
    }

    private static String user(Recipient recipient) {
        return Fold.lower(recipient.address().text());
    }

    private Outcome maildir(
            Mailboxes.Found.Mailbox mailbox,
            MailCopy copy,
            DeliveryKey key,
            Consumer<String> warnings) {
        String host = MailboxEnd.host(machine.host());
        Request.Maildir put = new Request.Maildir(mailbox.as(), mailbox.path(), host, key);
        return switch (machine.rights().put(put, List.of(), copy)) {
            case Answer.Done<Appended> _ -> end.sent("delivered to maildir");
            case Answer.Refused<Appended> r -> {
                MailboxEnd.advise(r.trouble(), mailbox.as(), warnings);
                yield end.failed(r.trouble(), "maildir delivery failed: ");
            }
        };
    }

    private Outcome mbox(
            Mailboxes.Found.Mailbox mailbox,
            MailCopy copy,
            DeliveryKey key,
            String user,
            Consumer<String> warnings) {
        Request.Append put = new Request.Append(mailbox.as(), mailbox.path(), rules, key);
        return switch (machine.rights().put(put, List.of(), copy)) {
            case Answer.Done<Appended> _ -> end.sent("delivered to mailbox");
            case Answer.Refused<Appended> r -> {
                String text = r.trouble().text();
                String before = "delivery failed to mailbox " + mailbox.path() + ": ";
                if (text.endsWith(" is not a regular file")) {
                    warnings.accept("recipient " + user + ": " + text);
                    yield bounced(NO_MAILBOX, before + WRONG);
                }
                MailboxEnd.advise(r.trouble(), mailbox.as(), warnings);
                yield end.failed(r.trouble(), before);
            }
        };
    }
}
