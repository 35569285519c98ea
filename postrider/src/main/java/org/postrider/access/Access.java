package org.postrider.access;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.access.list.Evaluation;
import org.postrider.access.list.Parser;
import org.postrider.access.name.Tempfail;
import org.postrider.access.restriction.Asking;
import org.postrider.access.restriction.Means;
import org.postrider.access.restriction.RestrictionList;
import org.postrider.access.restriction.Ruling;
import org.postrider.cleanup.CleanupParams;
import org.postrider.config.Param;
import org.postrider.config.Settings;
import org.postrider.dnsbl.DnsLists;
import org.postrider.dnsbl.SessionLists;
import org.postrider.maps.Tables;
import org.postrider.rewrite.RewriteService;
import org.postrider.verify.VerifyService;

/// Who may do what under the settings of one master.cf line: which restrictions are asked at which
/// command, and what their answers come to. Decides and does nothing. Immutable; any thread.
public final class Access {
    private static final String UNGUARDED =
            "in parameter smtpd_relay_restrictions or smtpd_recipient_restrictions, specify at"
                    + " least one working instance of: reject_unauth_destination,"
                    + " defer_unauth_destination, reject, defer, defer_if_permit or"
                    + " check_relay_domains";

    private static final Cause NO_GUARD =
            new Cause("smtpd_relay_restrictions", "nothing keeps strangers from relaying", "");

    private final Settings settings;
    private final Parser parser;
    private final RestrictionList client;
    private final RestrictionList helo;
    private final RestrictionList sender;
    private final List<RestrictionList> recipient;
    private final RestrictionList data;
    private final RestrictionList endOfData;
    private final RestrictionList etrn;
    private final RestrictionList unlistedSender;
    private final RestrictionList unlistedRecipient;
    private final boolean relayGuarded;
    private final boolean delayReject;
    private final @Nullable DnsLists dns;
    private final Duration patience;

    /// What may be asked at a command and takes others' time.
    private final Map<Stage, List<Asking>> asking = new EnumMap<>(Stage.class);

    /// Whom restrictions ask.
    ///
    /// @param dns null: restrictions on names in DNS say nothing
    /// @param policies connections to policy servers; null: they say nothing
    /// @param chrooted sockets are looked up below the queue directory (master.cf's column)
    /// @param verifiers of addresses
    public record Asked(
            @Nullable DnsLists dns,
            @Nullable PolicyServices policies,
            boolean chrooted,
            VerifyService.Directory verifiers) {}

    /// @param own the machine's addresses (inet_interfaces)
    /// @throws org.postrider.config.ConfigException if a setting is malformed
    public Access(
            Settings settings,
            Tables tables,
            RewriteService rewrite,
            Asked asked,
            Set<InetAddress> own,
            Capabilities capabilities) {
        this.dns = asked.dns();
        patience = settings.get(AccessParams.DNS_LIST_TIMEOUT);
        // Refused whether a list asks for it or not.
        Tempfail.check(settings);
        this.settings = settings;
        Means means = new Means(settings, tables, rewrite, asked, own, capabilities);
        parser = new Parser(settings, means);
        delayReject = settings.get(AccessParams.DELAY_REJECT);
        client = list(settings, AccessParams.CLIENT_RESTRICTIONS, Stage.CLIENT);
        helo = list(settings, AccessParams.HELO_RESTRICTIONS, Stage.HELO);
        sender = list(settings, AccessParams.SENDER_RESTRICTIONS, Stage.SENDER);
        RestrictionList relay = list(settings, AccessParams.RELAY_RESTRICTIONS, Stage.RECIPIENT);
        RestrictionList other =
                list(settings, AccessParams.RECIPIENT_RESTRICTIONS, Stage.RECIPIENT);
        recipient =
                settings.get(AccessParams.RELAY_FIRST)
                        ? List.of(relay, other)
                        : List.of(other, relay);
        relayGuarded = relay.guardsRelay() || other.guardsRelay();
        data = list(settings, AccessParams.DATA_RESTRICTIONS, Stage.DATA);
        endOfData = list(settings, AccessParams.END_OF_DATA_RESTRICTIONS, Stage.END_OF_DATA);
        etrn = list(settings, AccessParams.ETRN_RESTRICTIONS, Stage.ETRN);
        boolean checked =
                !settings.get(CleanupParams.RECEIVE_OVERRIDE_OPTIONS)
                        .contains("no_unknown_recipient_checks");
        unlistedSender =
                added(
                        AccessParams.REJECT_UNLISTED_SENDER,
                        checked && settings.get(AccessParams.REJECT_UNLISTED_SENDER),
                        Stage.SENDER,
                        "reject_unlisted_sender");
        unlistedRecipient =
                added(
                        AccessParams.REJECT_UNLISTED_RECIPIENT,
                        checked && settings.get(AccessParams.REJECT_UNLISTED_RECIPIENT),
                        Stage.RECIPIENT,
                        "reject_unlisted_recipient");
        for (Stage stage : Stage.values()) {
            asking.put(stage, parser.asking(at(stage)));
        }
    }

    /// The lists that may be asked at a command.
    private List<RestrictionList> at(Stage stage) {
        List<RestrictionList> out = new ArrayList<>();
        switch (stage) {
            case CLIENT -> out.add(client);
            case HELO -> out.add(helo);
            case SENDER -> out.add(sender);
            case RECIPIENT, VRFY -> {
                out.addAll(delayReject ? List.of(client, helo, sender) : List.of());
                out.addAll(recipient);
            }
            case DATA -> out.add(data);
            case END_OF_DATA -> out.add(endOfData);
            case ETRN -> {
                out.addAll(delayReject ? List.of(client, helo) : List.of());
                out.add(etrn);
            }
        }
        return out;
    }

    /// For a session: what it asks lists in DNS.
    public SessionLists lists() {
        return new SessionLists(dns, patience);
    }

    private RestrictionList added(Param<Boolean> by, boolean on, Stage stage, String name) {
        return parser.list(by.name(), stage, on ? List.of(name) : List.of());
    }

    private RestrictionList list(Settings settings, Param<List<String>> param, Stage stage) {
        return parser.list(param.name(), stage, settings.get(param));
    }

    /// What becomes of the client at a command. Blocks while tables and DNS are asked.
    public Decision decide(Stage stage, Subject subject) {
        return decide(stage, subject, null);
    }

    /// The same, explained.
    public Decision decide(Stage stage, Subject subject, @Nullable Trace trace) {
        if (nothingToAsk(stage, subject)) {
            return Decision.DUNNO;
        }
        Evaluation e =
                new Evaluation(
                        parser, stage, subject, asking.getOrDefault(stage, List.of()), trace);
        Ruling ruling =
                switch (stage) {
                    case CLIENT -> early(client, e);
                    case HELO -> early(helo, e);
                    case SENDER -> {
                        Ruling early = early(sender, e);
                        yield early instanceof Ruling.Reject ? early : e.added(unlistedSender);
                    }
                    case RECIPIENT, VRFY -> recipient(e);
                    case DATA -> settled(data, e);
                    case END_OF_DATA -> settled(endOfData, e);
                    case ETRN -> etrn(e);
                };
        return decision(ruling, e);
    }

    /// Where a list or a class is set: `/etc/postfix/main.cf, line 12`, the line of master.cf whose
    /// `-o` it is, or `default`.
    public String origin(String parameter) {
        String origin = settings.origin(parameter);
        return origin == null ? "default" : origin;
    }

    private boolean nothingToAsk(Stage stage, Subject subject) {
        if (stage != Stage.ETRN && subject.discarded()) {
            return true;
        }
        return switch (stage) {
            case CLIENT -> delayReject || client.isEmpty();
            case HELO -> delayReject || helo.isEmpty();
            case SENDER -> delayReject || sender.isEmpty() && unlistedSender.isEmpty();
            // RFC 5321 4.5.1: everybody may write to the postmaster of this server.
            case RECIPIENT, VRFY ->
                    subject.recipient() != null
                            && subject.recipient().text().equalsIgnoreCase("postmaster");
            case DATA -> data.isEmpty();
            case END_OF_DATA -> endOfData.isEmpty();
            case ETRN -> false;
        };
    }

    private static Decision decision(Ruling ruling, Evaluation e) {
        Verdict verdict =
                switch (ruling) {
                    case Ruling.Permit _ -> Verdict.PERMIT;
                    case Ruling.Reject(var reply, var about) -> new Verdict.Reject(reply, about);
                    case Ruling.Dunno _,
                            Ruling.DeferIfPermit _,
                            Ruling.DeferIfReject _,
                            Ruling.Ask _ ->
                            Verdict.DUNNO;
                };
        if (e.effects().isEmpty() && !(verdict instanceof Verdict.Reject)) {
            return verdict instanceof Verdict.Permit ? Decision.PERMIT : Decision.DUNNO;
        }
        boolean refused = verdict instanceof Verdict.Reject;
        return new Decision(verdict, e.effects(), refused ? e.cause() : null);
    }

    /// A list asked at its own command: DEFER_IF_PERMIT waits for the recipient.
    private static Ruling early(RestrictionList list, Evaluation e) {
        Ruling ruling = e.list(list);
        Effect.DeferIfPermit defer = e.deferIfPermit();
        if (defer != null && !(ruling instanceof Ruling.Reject)) {
            e.wants(defer);
        }
        return ruling;
    }

    /// A list whose DEFER_IF_PERMIT waits for nothing more.
    private static Ruling settled(RestrictionList list, Evaluation e) {
        e.deferIfPermit(null);
        Ruling ruling = e.list(list);
        Effect.DeferIfPermit defer = e.deferIfPermit();
        return defer != null && !(ruling instanceof Ruling.Reject)
                ? e.reject(new Ruling.Reject(defer.reply()), defer.cause())
                : ruling;
    }

    /// All that is asked at RCPT: the lists that waited for it, then relay and recipient, then
    /// whether the recipient exists.
    private Ruling recipient(Evaluation e) {
        Ruling ruling = Ruling.DUNNO;
        if (delayReject) {
            ruling = delayed(e);
        } else {
            e.deferIfPermit(e.subject().deferred());
        }
        if (ruling instanceof Ruling.Reject) {
            return ruling;
        }
        if (!relayGuarded) {
            e.wants(new LogLine.Fatal(UNGUARDED));
            return e.reject(Ruling.MISCONFIGURED, NO_GUARD);
        }
        for (RestrictionList list : recipient) {
            ruling = e.list(list);
            if (ruling instanceof Ruling.Reject) {
                return ruling;
            }
        }
        Effect.DeferIfPermit defer = e.deferIfPermit();
        if (defer != null) {
            return e.reject(new Ruling.Reject(defer.reply()), defer.cause());
        }
        if (unlistedRecipient.isEmpty() || e.recipientChecked()) {
            return ruling;
        }
        return e.added(unlistedRecipient);
    }

    private Ruling delayed(Evaluation e) {
        Ruling ruling = e.list(client);
        if (!(ruling instanceof Ruling.Reject) && !e.subject().helo().isEmpty()) {
            ruling = e.list(helo);
        }
        // VRFY outside of a mail has no sender.
        if (!(ruling instanceof Ruling.Reject) && e.subject().inMail()) {
            ruling = e.list(sender);
        }
        return ruling instanceof Ruling.Reject ? ruling : e.added(unlistedSender);
    }

    private Ruling etrn(Evaluation e) {
        if (delayReject) {
            Ruling ruling = settled(client, e);
            if (!(ruling instanceof Ruling.Reject)) {
                ruling = settled(helo, e);
            }
            if (ruling instanceof Ruling.Reject) {
                return ruling;
            }
        }
        return settled(etrn, e);
    }
}
