package org.postrider.smtpd;

import java.net.InetAddress;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.address.Quoting;
import org.postrider.config.Honoured;
import org.postrider.config.Settings;
import org.postrider.dns.Resolver;
import org.postrider.maps.AddressMaps;
import org.postrider.maps.Fold;
import org.postrider.maps.NetworkList;
import org.postrider.maps.ParentDomains;
import org.postrider.maps.Table;
import org.postrider.maps.TableException;
import org.postrider.maps.Tables;
import org.postrider.peer.ClientNames;
import org.postrider.rewrite.AddressClass;
import org.postrider.rewrite.Resolved;
import org.postrider.rewrite.RewriteService;
import org.postrider.wire.Reply;

/// The restrictions that Postfix knows by name, those that need no daemon besides DNS. Immutable;
/// any thread. Replies are Postfix's, byte for byte.
final class Rules {
    private final Settings settings;
    private final Tables tables;
    private final RewriteService rewrite;
    private final NetworkList mynetworks;
    private final AccessTable access;
    private final LoginRules logins;
    private final DomainRules domains;
    private final AccessActions actions;
    private final CertificateRules certificates;
    private final RecipientChecks recipients;
    private final java.util.Set<InetAddress> ownAddresses;
    private final AtomicBoolean warned = new AtomicBoolean();
    private final Compatibility compatibility;
    private final boolean untrustedRouting;

    Rules(
            Settings settings,
            Tables tables,
            RewriteService rewrite,
            @Nullable Resolver dns,
            NetworkList mynetworks,
            RecipientChecks recipients,
            java.util.Set<InetAddress> ownAddresses) {
        this.settings = settings;
        logins = new LoginRules(settings, tables, rewrite);
        domains = new DomainRules(settings, tables, rewrite, dns);
        this.tables = tables;
        this.rewrite = rewrite;
        this.mynetworks = mynetworks;
        this.recipients = recipients;
        this.ownAddresses = ownAddresses;
        untrustedRouting = settings.get(SmtpdParams.ALLOW_UNTRUSTED_ROUTING);
        this.compatibility = new Compatibility(settings, ownAddresses);
        this.access =
                new AccessTable(
                        ParentDomains.match(settings, tables, "smtpd_access_maps"),
                        settings.get(SmtpdParams.RECIPIENT_DELIMITER),
                        settings.get(SmtpdParams.NULL_ACCESS_KEY));
        this.actions = new AccessActions(settings);
        this.certificates = new CertificateRules(settings, tables, actions);
    }

    Verdict verdict(Restrictions.Rule rule, Restrictions.Stage stage, Transaction t, Session s) {
        return switch (rule.name()) {
            case "permit" -> Verdict.PERMIT;
            case "reject" ->
                    reject(stage, t, settings.get(SmtpdParams.REJECT_CODE), 7, 1, "Access denied");
            case "defer" ->
                    reject(stage, t, settings.get(SmtpdParams.DEFER_CODE), 3, 2, "Try again later");
            case "defer_if_permit" ->
                    s.judge.deferIfPermit(deferred(stage, t, "defer_if_permit requested"));
            case "defer_if_reject" -> {
                t.deferIfReject(deferred(stage, t, "defer_if_reject requested"));
                yield Verdict.DUNNO;
            }
            case "permit_mynetworks" -> {
                if (!mynetworks.contains(t.client.name(), t.client.address())) {
                    yield Verdict.DUNNO;
                }
                compatibility.permittedByNetworks(s, t.client);
                yield Verdict.PERMIT;
            }
            case "permit_inet_interfaces" ->
                    ownAddresses.contains(t.client.address()) ? Verdict.PERMIT : Verdict.DUNNO;
            case "permit_naked_ip_address" -> {
                s.warn(
                        "restriction permit_naked_ip_address is deprecated. Use permit_mynetworks"
                                + " or permit_sasl_authenticated instead");
                yield t.helo.startsWith("[") || org.postrider.maps.Network.literal(t.helo) != null
                        ? Verdict.PERMIT
                        : Verdict.DUNNO;
            }
            case "permit_sasl_authenticated" -> t.login == null ? Verdict.DUNNO : Verdict.PERMIT;
            case "permit_tls_clientcerts" -> certificates.listed(t, s);
            case "permit_tls_all_clientcerts" -> certificates.all(t, s);
            case "check_ccert_access" -> certificates.access(rule.argument(), t, s);
            case "warn_if_reject" -> Verdict.DUNNO;
            case "reject_sender_login_mismatch",
                    "reject_known_sender_login_mismatch",
                    "reject_authenticated_sender_login_mismatch",
                    "reject_unauthenticated_sender_login_mismatch" ->
                    logins.verdict(rule.name(), t, s);
            case "reject_plaintext_session" ->
                    t.tls != null
                            ? Verdict.DUNNO
                            : new Verdict.Reject(
                                    Reply.of(450, 7, 1, "Session encryption is required"));
            case "reject_unauth_pipelining" ->
                    s.pipelining.seen()
                            ? reject(stage, t, 503, 5, 0, "Improper use of SMTP command pipelining")
                            : Verdict.DUNNO;
            case "reject_multi_recipient_bounce" ->
                    t.sender.isNull()
                                    && t.recipients.size()
                                            > (s.place.command().equals("RCPT") ? 0 : 1)
                            ? reject(
                                    stage,
                                    t,
                                    settings.get(SmtpdParams.BOUNCE_CODE),
                                    5,
                                    3,
                                    "Multi-recipient bounce")
                            : Verdict.DUNNO;
            case "sleep" -> s.judge.sleep(rule.argument());
            case "check_client_access",
                    "check_reverse_client_hostname_access",
                    "check_helo_access",
                    "check_sender_access",
                    "check_recipient_access",
                    "check_sasl_access",
                    "check_etrn_access" ->
                    table(rule, stage, t, s);
            case "table" -> implicitTable(rule, stage, t, s);
            default -> byAddress(rule, stage, t, s);
        };
    }

    /// The address that tables are asked for.
    private Address resolved(Transaction t, Address address) {
        return address.isNull() ? address : t.resolved(rewrite, address).recipient();
    }

    private Verdict byAddress(
            Restrictions.Rule rule, Restrictions.Stage stage, Transaction t, Session s) {
        return switch (rule.name()) {
            case "permit_auth_destination" -> authorised(t, s) ? Verdict.PERMIT : Verdict.DUNNO;
            case "reject_unauth_destination" ->
                    t.recipient == null || authorised(t, s)
                            ? Verdict.DUNNO
                            : relayDenied(t, settings.get(SmtpdParams.RELAY_CODE));
            case "defer_unauth_destination" ->
                    t.recipient == null || authorised(t, s)
                            ? Verdict.DUNNO
                            : relayDenied(t, settings.get(SmtpdParams.RELAY_CODE) - 100);
            case "check_relay_domains" -> {
                if (warned.compareAndSet(false, true)) {
                    s.warn(
                            "support for restriction \"check_relay_domains\" has been removed from Postfix; instead, specify \"reject_unauth_destination\"");
                }
                yield t.recipient == null || authorised(t, s)
                        ? Verdict.PERMIT
                        : relayDenied(t, settings.get(SmtpdParams.RELAY_CODE));
            }
            case "permit_mx_backup" -> authorised(t, s) ? Verdict.PERMIT : notBuilt(rule, s);
            case "reject_invalid_helo_hostname", "reject_invalid_hostname" -> invalidHelo(t);
            case "reject_non_fqdn_helo_hostname", "reject_non_fqdn_hostname" -> nonFqdnHelo(t);
            case "reject_non_fqdn_sender" -> nonFqdn(t.sender, "Sender address");
            case "reject_non_fqdn_recipient" ->
                    t.recipient == null ? Verdict.DUNNO : nonFqdn(t.recipient, "Recipient address");
            case "reject_unlisted_recipient", "check_recipient_maps" ->
                    t.recipient == null ? Verdict.DUNNO : recipients.recipient(t);
            case "reject_unlisted_sender" -> recipients.sender(t);
            case "reject_unknown_client_hostname", "reject_unknown_client" -> domains.client(t);
            case "reject_unknown_reverse_client_hostname" -> domains.reverseClient(t);
            case "reject_unknown_sender_domain", "reject_unknown_address" -> domains.sender(t, s);
            case "reject_unknown_recipient_domain" -> domains.recipient(t, s);
            case "reject_unknown_helo_hostname", "reject_unknown_hostname" -> domains.helo(t, s);
            default -> notBuilt(rule, s);
        };
    }

    /// A name that nobody knows, or one of Postfix's that is not built: clients are not let pass.
    private Verdict notBuilt(Restrictions.Rule rule, Session s) {
        if (Honoured.list().entry(Honoured.Kind.RESTRICTION, rule.name()) == null) {
            s.warn("unknown smtpd restriction: \"" + rule.name() + "\"");
        } else {
            String where = settings.origin(rule.parameter());
            s.warn(
                    (where == null ? rule.parameter() : where)
                            + ": restriction "
                            + rule.name()
                            + " is not built");
        }
        return new Verdict.Reject(SmtpdReplies.CONFIGURATION);
    }

    /// `type:table` alone means the check that belongs to the list it stands in.
    private Verdict implicitTable(
            Restrictions.Rule rule, Restrictions.Stage stage, Transaction t, Session s) {
        String name =
                switch (stage) {
                    case CLIENT -> "check_client_access";
                    case HELO -> "check_helo_access";
                    case SENDER -> "check_sender_access";
                    case RECIPIENT -> "check_recipient_access";
                    case ETRN -> "check_etrn_access";
                    case DATA, END_OF_DATA -> "";
                };
        if (name.isEmpty()) {
            s.warn(
                    "specify one of (check_client_access, check_reverse_client_hostname_access,"
                            + " check_helo_access, check_sender_access, check_recipient_access,"
                            + " check_etrn_access) before "
                            + stage.subject
                            + " restriction \""
                            + rule.argument()
                            + "\"");
            return new Verdict.Reject(SmtpdReplies.CONFIGURATION);
        }
        return table(new Restrictions.Rule(name, rule.argument(), rule.parameter()), stage, t, s);
    }

    /// A table is asked about one part of the session.
    private Verdict table(
            Restrictions.Rule rule, Restrictions.Stage stage, Transaction t, Session s) {
        if (rule.argument().indexOf(':') < 0 && !rule.argument().startsWith("$")) {
            s.warn(badArgument(rule));
            return new Verdict.Reject(SmtpdReplies.CONFIGURATION);
        }
        Address r = t.recipient;
        String etrn = t.etrn;
        return switch (rule.name()) {
            case "check_client_access" ->
                    found(
                            rule,
                            x -> access.host(x, t.client.name(), t.client.ip()),
                            new AccessActions.About(
                                    t.client.nameAndAddress(), "Client host", t.client.name()),
                            t,
                            s);
            case "check_reverse_client_hostname_access" ->
                    found(
                            rule,
                            x -> access.host(x, t.client.reverseName(), t.client.ip()),
                            AccessActions.About.of(
                                    t.client.reverseName(), "Unverified Client host"),
                            t,
                            s);
            case "check_helo_access" ->
                    t.helo.isEmpty()
                            ? Verdict.DUNNO
                            : found(
                                    rule,
                                    x -> access.domain(x, t.helo),
                                    AccessActions.About.of(t.helo, "Helo command"),
                                    t,
                                    s);
            case "check_sasl_access" -> login(rule, t, s);
            case "check_sender_access" ->
                    t.inMail || s.place.command().equals("MAIL")
                            ? address(rule, t.sender, Restrictions.Stage.SENDER, t, s)
                            : Verdict.DUNNO;
            case "check_recipient_access" ->
                    r == null
                            ? Verdict.DUNNO
                            : address(rule, r, Restrictions.Stage.RECIPIENT, t, s);
            default ->
                    etrn == null
                            ? Verdict.DUNNO
                            : found(
                                    rule,
                                    x -> access.domain(x, etrn),
                                    AccessActions.About.of(etrn, "Etrn command"),
                                    t,
                                    s);
        };
    }

    /// Trouble while the address is resolved is not that of the rule's own table.
    private Verdict address(
            Restrictions.Rule rule,
            Address address,
            Restrictions.Stage about,
            Transaction t,
            Session s) {
        Address at;
        try {
            at = resolved(t, address);
        } catch (TableException e) {
            s.warn(e);
            return new Verdict.Reject(lookupFailure(about, t));
        }
        String what = about == Restrictions.Stage.SENDER ? "Sender address" : "Recipient address";
        return found(
                rule, x -> access.mail(x, at), AccessActions.About.of(shown(address), what), t, s);
    }

    static String badArgument(Restrictions.Rule rule) {
        return "restriction "
                + rule.name()
                + ": bad argument \""
                + (rule.argument().isEmpty() ? rule.name() : rule.argument())
                + "\": need maptype:mapname";
    }

    private Verdict login(Restrictions.Rule rule, Transaction t, Session s) {
        String login = t.login;
        if (!s.d.sasl.enabled) {
            s.warn("restriction `" + rule.name() + "' ignored: no SASL support");
            return Verdict.DUNNO;
        }
        return login == null
                ? Verdict.DUNNO
                : found(
                        rule,
                        x -> AddressMaps.one(x, Fold.lower(login)),
                        AccessActions.About.of(login, "SASL login name"),
                        t,
                        s);
    }

    private interface Asking {
        @Nullable String ask(Table table);
    }

    private Verdict found(
            Restrictions.Rule rule,
            Asking asking,
            AccessActions.About about,
            Transaction t,
            Session s) {
        String value;
        try {
            value = asking.ask(tables.open(rule.argument()));
        } catch (TableException e) {
            s.warn(e);
            return new Verdict.Reject(
                    Reply.of(451, 3, 5, about.rejected() + "Server configuration error"));
        }
        return value == null ? Verdict.DUNNO : actions.verdict(value, rule.argument(), about, t, s);
    }

    /// As logs have it.
    static String external(Address address) {
        return Quoting.rfc5321(address);
    }

    /// As replies have it: not quoted.
    static String shown(Address address) {
        return address.text();
    }

    /// `<x>: Recipient address rejected: why`, for the stage's own subject.
    static Verdict reject(
            Restrictions.Stage stage,
            Transaction t,
            int code,
            int subject,
            int detail,
            String why) {
        return new Verdict.Reject(
                Reply.of(
                        code,
                        subject,
                        detail,
                        "<" + subject(stage, t) + ">: " + stage.subject + " rejected: " + why));
    }

    private static Reply deferred(Restrictions.Stage stage, Transaction t, String why) {
        return Reply.of(
                450, 7, 0, "<" + subject(stage, t) + ">: " + stage.subject + " rejected: " + why);
    }

    static String subject(Restrictions.Stage stage, Transaction t) {
        return switch (stage) {
            case CLIENT -> t.client.nameAndAddress();
            case HELO -> t.helo;
            case SENDER -> shown(t.sender);
            case RECIPIENT -> t.recipient == null ? "" : shown(t.recipient);
            case DATA -> "DATA";
            case END_OF_DATA -> "END-OF-MESSAGE";
            case ETRN -> String.valueOf(t.etrn);
        };
    }

    /// A table that cannot answer, about what was asked.
    static Reply lookupFailure(Restrictions.Stage about, Transaction t) {
        return Reply.of(451, 3, 0, "<" + subject(about, t) + ">: Temporary lookup failure");
    }

    private boolean authorised(Transaction t, Session s) {
        Address r = t.recipient;
        if (r == null) {
            return true;
        }
        Resolved resolved = t.resolved(rewrite, r);
        if (resolved.recipient().domain().isEmpty()) {
            return true;
        }
        if (resolved.routed() && !untrustedRouting) {
            return false;
        }
        if (resolved.addressClass() == AddressClass.RELAY) {
            compatibility.relayed(s, t.client);
        }
        return resolved.addressClass() != AddressClass.DEFAULT;
    }

    private static Verdict relayDenied(Transaction t, int code) {
        Address r = t.recipient == null ? Address.NULL : t.recipient;
        return new Verdict.Reject(Reply.of(code, 7, 1, "<" + shown(r) + ">: Relay access denied"));
    }

    private Verdict invalidHelo(Transaction t) {
        if (t.helo.startsWith("[")) {
            return heloLiteral(t);
        }
        String name = stripped(t.helo);
        if (t.helo.isEmpty()
                || org.postrider.maps.Network.literal(name) != null
                || (ClientNames.valid(name) && !numeric(name))) {
            return Verdict.DUNNO;
        }
        return helo(settings.get(SmtpdParams.INVALID_HOSTNAME_CODE), t, "Invalid name");
    }

    /// `[192.0.2.1]` and `[IPv6:2001:db8::1]` are names, other things in brackets are not.
    private Verdict heloLiteral(Transaction t) {
        boolean six = t.helo.regionMatches(true, 1, "IPv6:", 0, 5);
        String inner =
                t.helo.endsWith("]") ? t.helo.substring(six ? 6 : 1, t.helo.length() - 1) : "";
        if (inner.indexOf(':') >= 0 == six && org.postrider.maps.Network.literal(inner) != null) {
            return Verdict.DUNNO;
        }
        return helo(settings.get(SmtpdParams.INVALID_HOSTNAME_CODE), t, "invalid ip address");
    }

    private static Verdict helo(int code, Transaction t, String why) {
        return new Verdict.Reject(
                Reply.of(code, 5, 2, "<" + t.helo + ">: Helo command rejected: " + why));
    }

    private static boolean numeric(String name) {
        return name.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9'));
    }

    static String stripped(String name) {
        return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    }

    private Verdict nonFqdnHelo(Transaction t) {
        if (t.helo.startsWith("[")) {
            return heloLiteral(t);
        }
        String name = stripped(t.helo);
        boolean qualified = ClientNames.valid(name) && name.indexOf('.') > 0 && !numeric(name);
        return t.helo.isEmpty() || qualified
                ? Verdict.DUNNO
                : helo(settings.get(SmtpdParams.NON_FQDN_CODE), t, "need fully-qualified hostname");
    }

    private Verdict nonFqdn(Address address, String what) {
        String domain = stripped(address.domain());
        if (address.isNull() || domain.startsWith("[")) {
            return Verdict.DUNNO;
        }
        if (ClientNames.valid(domain) && domain.indexOf('.') > 0) {
            return Verdict.DUNNO;
        }
        return new Verdict.Reject(
                Reply.of(
                        settings.get(SmtpdParams.NON_FQDN_CODE),
                        5,
                        2,
                        "<"
                                + shown(address)
                                + ">: "
                                + what
                                + " rejected: need fully-qualified address"));
    }
}
