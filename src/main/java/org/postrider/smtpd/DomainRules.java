package org.postrider.smtpd;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.config.ConfigException;
import org.postrider.config.Param;
import org.postrider.config.Settings;
import org.postrider.dns.Resolver;
import org.postrider.maps.Tables;
import org.postrider.peer.NameStatus;
import org.postrider.rewrite.Resolved;
import org.postrider.rewrite.RewriteService;
import org.postrider.wire.Reply;

/// Rules on whether names are known to DNS: of clients, of HELO, of addresses. What nobody could
/// say now is never refused for good. Immutable; any thread.
final class DomainRules {
    private static final String MX_FIRST = "MX or address";
    private static final String HOST_FIRST = "address or MX";

    private final RewriteService rewrite;
    private final @Nullable DnsReplies dns;
    private final int clientCode;
    private final int addressCode;
    private final int heloCode;
    private final boolean addressWaits;
    private final boolean heloWaits;

    DomainRules(Settings settings, Tables tables, RewriteService rewrite, @Nullable Resolver dns) {
        this.rewrite = rewrite;
        this.dns = dns == null ? null : new DnsReplies(settings, tables, dns);
        clientCode = settings.get(SmtpdParams.UNKNOWN_CLIENT_CODE);
        addressCode = settings.get(SmtpdParams.UNKNOWN_ADDRESS_CODE);
        heloCode = settings.get(SmtpdParams.UNKNOWN_HOSTNAME_CODE);
        addressWaits = waits(settings, SmtpdParams.UNKNOWN_ADDRESS_TEMPFAIL);
        heloWaits = waits(settings, SmtpdParams.UNKNOWN_HELO_TEMPFAIL);
    }

    /// `defer_if_permit`: another rule may still refuse it for good. `defer` puts it off at once.
    private static boolean waits(Settings settings, Param<String> param) {
        String action = settings.get(param);
        return switch (action) {
            case "defer_if_permit" -> true;
            case "defer" -> false;
            default ->
                    throw new ConfigException(
                            "bad configuration: " + param.name() + " = " + action);
        };
    }

    /// reject_unknown_client_hostname
    Verdict client(Transaction t) {
        NameStatus status = t.client.nameStatus();
        return status == NameStatus.OK
                ? Verdict.DUNNO
                : nameless(t, status, 25, "cannot find your hostname");
    }

    /// reject_unknown_reverse_client_hostname
    Verdict reverseClient(Transaction t) {
        NameStatus status = t.client.reverseStatus();
        return status == NameStatus.OK
                ? Verdict.DUNNO
                : nameless(t, status, 1, "cannot find your reverse hostname");
    }

    private Verdict nameless(Transaction t, NameStatus status, int detail, String why) {
        return new Verdict.Reject(
                Reply.of(
                        status == NameStatus.TEMPORARY ? 450 : clientCode,
                        7,
                        detail,
                        "Client host rejected: " + why + ", [" + t.client.ip() + "]"));
    }

    /// reject_unknown_sender_domain
    Verdict sender(Transaction t, Session s) {
        return domain(t.sender, "Sender address", 8, t, s);
    }

    /// reject_unknown_recipient_domain
    Verdict recipient(Transaction t, Session s) {
        Address r = t.recipient;
        return r == null ? Verdict.DUNNO : domain(r, "Recipient address", 2, t, s);
    }

    /// The domain that mail for an address goes to; those that we have the last word on are known.
    private Verdict domain(Address address, String what, int detail, Transaction t, Session s) {
        DnsReplies resolver = dns;
        if (resolver == null || address.isNull()) {
            return Verdict.DUNNO;
        }
        Resolved resolved = t.resolved(rewrite, address);
        String domain = Rules.stripped(resolved.recipient().domain());
        boolean asked =
                switch (resolved.addressClass()) {
                    case RELAY, DEFAULT -> !domain.isEmpty() && !domain.startsWith("[");
                    case LOCAL, VIRTUAL_ALIAS, VIRTUAL_MAILBOX -> false;
                };
        if (!asked) {
            return Verdict.DUNNO;
        }
        String rejected = "<" + Rules.shown(address) + ">: " + what + " rejected: ";
        String unknown = rejected + "Domain not found";
        return switch (known(resolver, domain, s)) {
            case YES -> Verdict.DUNNO;
            case NO -> new Verdict.Reject(Reply.of(addressCode, 1, detail, unknown));
            case LATER -> later(addressWaits, Reply.of(450, 1, detail, unknown), s);
            case TAKES_NO_MAIL -> {
                String text = rejected + "Domain " + domain + " does not accept mail (nullMX)";
                yield new Verdict.Reject(
                        detail == 8 ? Reply.of(550, 7, 27, text) : Reply.of(556, 1, 10, text));
            }
        };
    }

    private enum Known {
        YES,
        NO,
        LATER,
        TAKES_NO_MAIL
    }

    /// A domain has an MX or an address.
    private static Known known(DnsReplies resolver, String domain, Session s) {
        Known mail =
                switch (resolver.mx(domain, s)) {
                    case Resolver.Answer.Found<Resolver.Mx> f -> {
                        boolean nullMx =
                                f.records().size() == 1 && f.records().getFirst().host().isEmpty();
                        yield nullMx ? Known.TAKES_NO_MAIL : Known.YES;
                    }
                    case Resolver.Answer.TryAgain<Resolver.Mx> a ->
                            DnsReplies.dropped(a, domain, MX_FIRST, s) ? Known.YES : Known.LATER;
                    case Resolver.Answer.NoName<Resolver.Mx> _,
                            Resolver.Answer.NoData<Resolver.Mx> _ ->
                            Known.NO;
                };
        return mail == Known.YES || mail == Known.TAKES_NO_MAIL
                ? mail
                : either(mail, host(resolver, domain, MX_FIRST, s));
    }

    private static Known host(DnsReplies resolver, String name, String what, Session s) {
        return switch (resolver.addresses(name, s)) {
            case Resolver.Answer.Found<InetAddress> _ -> Known.YES;
            case Resolver.Answer.TryAgain<InetAddress> a ->
                    DnsReplies.dropped(a, name, what, s) ? Known.YES : Known.LATER;
            case Resolver.Answer.NoName<InetAddress> _, Resolver.Answer.NoData<InetAddress> _ ->
                    Known.NO;
        };
    }

    private static Known either(Known a, Known b) {
        return b == Known.YES || a == Known.NO ? b : a;
    }

    private static Verdict later(boolean waits, Reply reply, Session s) {
        return waits ? s.judge.deferIfPermit(reply) : new Verdict.Reject(reply);
    }

    /// reject_unknown_helo_hostname: the name has an address or an MX.
    Verdict helo(Transaction t, Session s) {
        DnsReplies resolver = dns;
        String name = Rules.stripped(t.helo);
        if (resolver == null || name.isEmpty() || name.startsWith("[")) {
            return Verdict.DUNNO;
        }
        Known known = host(resolver, name, HOST_FIRST, s);
        if (known != Known.YES) {
            known =
                    either(
                            known,
                            switch (resolver.mx(name, s)) {
                                case Resolver.Answer.Found<Resolver.Mx> _ -> Known.YES;
                                case Resolver.Answer.TryAgain<Resolver.Mx> a ->
                                        DnsReplies.dropped(a, name, HOST_FIRST, s)
                                                ? Known.YES
                                                : Known.LATER;
                                case Resolver.Answer.NoName<Resolver.Mx> _,
                                        Resolver.Answer.NoData<Resolver.Mx> _ ->
                                        Known.NO;
                            });
        }
        String text = "<" + t.helo + ">: Helo command rejected: Host not found";
        return switch (known) {
            case YES, TAKES_NO_MAIL -> Verdict.DUNNO;
            case NO -> new Verdict.Reject(Reply.of(heloCode, 7, 1, text));
            case LATER -> later(heloWaits, Reply.of(450, 7, 1, text), s);
        };
    }
}
