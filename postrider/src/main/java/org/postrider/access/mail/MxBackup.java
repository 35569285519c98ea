package org.postrider.access.mail;

import java.net.InetAddress;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.access.AccessParams;
import org.postrider.access.Stage;
import org.postrider.access.name.DnsReplies;
import org.postrider.access.name.HostAddresses;
import org.postrider.access.restriction.Means;
import org.postrider.access.restriction.Question;
import org.postrider.access.restriction.Rule;
import org.postrider.access.restriction.Ruling;
import org.postrider.access.restriction.Word;
import org.postrider.address.Address;
import org.postrider.dns.Resolver;
import org.postrider.maps.NetworkList;
import org.postrider.rewrite.OwnAddresses;
import org.postrider.rewrite.Resolved;
import org.postrider.time.Clock;
import org.postrider.wire.Reply;

/// permit_mx_backup: this server takes mail for the recipient's domain, or is one of its exchangers
/// and none of the best; permit_mx_backup_networks says where the best must be. What cannot be
/// looked up puts refusals off.
///
/// @param own permit_auth_destination
/// @param trusting addresses that route mail on are looked at by their domain alone
/// @param primaries null if they may be anywhere
/// @param names null if there is no DNS to ask
public record MxBackup(
        Destination own, boolean trusting, @Nullable NetworkList primaries, @Nullable Names names)
        implements Rule {

    /// @param ours this machine's addresses, and those of proxies before it
    /// @param patienceNanos for all exchangers of a domain
    record Names(DnsReplies dns, HostAddresses hosts, OwnAddresses ours, long patienceNanos) {}

    public static MxBackup of(Word word, Means means) {
        DnsReplies dns = DnsReplies.of(means);
        HostAddresses hosts = HostAddresses.of(means);
        boolean anywhere = means.settings().get(AccessParams.MX_BACKUP_NETWORKS).isEmpty();
        return new MxBackup(
                Destination.of(new Word("permit_auth_destination", "", word.parameter()), means),
                means.settings().get(AccessParams.ALLOW_UNTRUSTED_ROUTING),
                anywhere
                        ? null
                        : NetworkList.of(
                                means.settings(), AccessParams.MX_BACKUP_NETWORKS, means.tables()),
                dns == null || hosts == null
                        ? null
                        : new Names(
                                dns,
                                hosts,
                                new OwnAddresses(means.settings()),
                                means.settings().get(AccessParams.DNS_LIST_TIMEOUT).toNanos()));
    }

    @Override
    public String name() {
        return "permit_mx_backup";
    }

    @Override
    public Stage about(Stage list) {
        return Stage.RECIPIENT;
    }

    @Override
    public Ruling ask(Question q) {
        Address recipient = q.subject().recipient();
        if (recipient == null) {
            return Ruling.DUNNO;
        }
        if (own.ask(q) instanceof Ruling.Permit) {
            return Ruling.PERMIT;
        }
        Resolved resolved = q.subject().resolved(recipient);
        String domain = resolved.recipient().domain();
        boolean literal = domain.startsWith("[") && domain.endsWith("]");
        Names asking = names;
        if (asking == null || literal || resolved.routed() && !trusting) {
            return Ruling.DUNNO;
        }
        return switch (asking.dns().mx(domain, q)) {
            case Resolver.Answer.Found<Resolver.Mx> f ->
                    new Exchangers(recipient, asking).ruling(f.records());
            case Resolver.Answer.TryAgain<Resolver.Mx> t ->
                    later(
                            recipient,
                            "Unable to look up mail exchanger information: "
                                    + DnsReplies.briefly(t));
            default -> Ruling.DUNNO;
        };
    }

    private static Ruling.DeferIfReject later(Address recipient, String why) {
        String text = "<" + recipient.text() + ">: Recipient address rejected: " + why;
        return new Ruling.DeferIfReject(Reply.of(450, 4, 4, text));
    }

    /// Those of one domain.
    private final class Exchangers {
        private final Address recipient;
        private final Names names;
        private final Clock clock = Clock.system();
        private final long until;

        /// What cannot be looked up, the first; null for nothing.
        private Ruling.@Nullable DeferIfReject later;

        Exchangers(Address recipient, Names names) {
            this.recipient = recipient;
            this.names = names;
            until = clock.nanos() + names.patienceNanos();
        }

        Ruling ruling(List<Resolver.Mx> all) {
            List<Resolver.Mx> sorted =
                    all.stream().sorted(Comparator.comparingInt(Resolver.Mx::preference)).toList();
            boolean takesNone = sorted.size() == 1 && sorted.getFirst().host().isEmpty();
            if (sorted.isEmpty() || takesNone) {
                return Ruling.DUNNO;
            }
            int best = sorted.getFirst().preference();
            List<Resolver.Mx> first =
                    sorted.stream().filter(mx -> mx.preference() == best).toList();
            List<Resolver.Mx> rest = sorted.subList(first.size(), sorted.size());
            boolean backup = !oneIsOurs(first) && oneIsOurs(rest) && placed(first);
            Ruling.DeferIfReject deferred = later;
            return backup ? Ruling.PERMIT : deferred != null ? deferred : Ruling.DUNNO;
        }

        private boolean oneIsOurs(List<Resolver.Mx> exchangers) {
            for (Resolver.Mx mx : exchangers) {
                HostAddresses.Found found = found(mx);
                if (!found.why().isEmpty()) {
                    failed(
                            "Unable to look up mail exchanger host "
                                    + mx.host()
                                    + ": "
                                    + found.why());
                }
                if (found.all().stream().anyMatch(names.ours()::contains)) {
                    return true;
                }
            }
            return false;
        }

        /// All are where permit_mx_backup_networks want them.
        private boolean placed(List<Resolver.Mx> exchangers) {
            NetworkList wanted = primaries;
            if (wanted == null) {
                return true;
            }
            for (Resolver.Mx mx : exchangers) {
                HostAddresses.Found found = found(mx);
                if (!found.why().isEmpty()) {
                    failed(
                            "Unable to look up host "
                                    + mx.host()
                                    + " as mail exchanger: "
                                    + found.why());
                    return false;
                }
                for (InetAddress address : found.all()) {
                    if (!wanted.contains(mx.host(), address)) {
                        return false;
                    }
                }
            }
            return true;
        }

        private HostAddresses.Found found(Resolver.Mx mx) {
            return clock.nanos() - until >= 0 ? HostAddresses.late() : names.hosts().of(mx.host());
        }

        private void failed(String why) {
            later = later == null ? MxBackup.later(recipient, why) : later;
        }
    }
}
