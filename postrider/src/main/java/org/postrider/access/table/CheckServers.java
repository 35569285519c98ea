package org.postrider.access.table;

import java.net.InetAddress;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.postrider.access.AccessParams;
import org.postrider.access.Stage;
import org.postrider.access.Subject;
import org.postrider.access.name.DnsReplies;
import org.postrider.access.name.HostAddresses;
import org.postrider.access.restriction.Means;
import org.postrider.access.restriction.Question;
import org.postrider.access.restriction.Rule;
import org.postrider.access.restriction.Ruling;
import org.postrider.access.restriction.Word;
import org.postrider.address.Address;
import org.postrider.dns.Resolver;
import org.postrider.maps.Network;
import org.postrider.maps.Table;
import org.postrider.maps.TableException;
import org.postrider.maps.Tables;
import org.postrider.peer.Client;
import org.postrider.time.Clock;
import org.postrider.wire.Reply;

/// check_sender_mx_access and its like: an access(5) table is asked about a domain's own name and
/// addresses, its exchangers, or its name servers, each by name and by address. It never lets
/// anybody pass, for a stranger says where his exchanger is. What cannot be looked up now is let
/// be, as in Postfix; but where smtpd_dns_list_timeout is over before all are looked up, the client
/// is told to come again.
///
/// @param argument `type:name`
/// @param of whose domain
/// @param kind what of it
/// @param names null if there is no DNS to ask
public record CheckServers(
        String name, String argument, Of of, Kind kind, Asked asked, @Nullable Names names)
        implements Rule {
    enum Of {
        CLIENT,
        REVERSE_CLIENT,
        HELO,
        SENDER,
        RECIPIENT
    }

    enum Kind {
        A,
        MX,
        NS
    }

    /// @param keys in which order the table is asked
    /// @param results what its answers mean
    record Asked(Tables tables, AccessTable keys, AccessResults results) {}

    /// @param patienceNanos for all that one domain has
    record Names(DnsReplies dns, HostAddresses hosts, long patienceNanos, Clock clock) {}

    private static final String NAMELESS = "unknown";

    public static CheckServers of(Word word, Means means) {
        String middle = word.name().substring("check_".length()).replace("_access", "");
        int last = middle.lastIndexOf('_');
        Of of =
                switch (middle.substring(0, last)) {
                    case "client" -> Of.CLIENT;
                    case "reverse_client_hostname" -> Of.REVERSE_CLIENT;
                    case "helo" -> Of.HELO;
                    case "sender" -> Of.SENDER;
                    default -> Of.RECIPIENT;
                };
        Kind kind =
                switch (middle.substring(last + 1)) {
                    case "a" -> Kind.A;
                    case "mx" -> Kind.MX;
                    default -> Kind.NS;
                };
        DnsReplies dns = DnsReplies.of(means);
        HostAddresses hosts = HostAddresses.of(means);
        long patience = means.settings().get(AccessParams.DNS_LIST_TIMEOUT).toNanos();
        return new CheckServers(
                word.name(),
                word.argument(),
                of,
                kind,
                new Asked(means.tables(), AccessTable.of(means), AccessResults.of(means)),
                dns == null || hosts == null
                        ? null
                        : new Names(dns, hosts, patience, Clock.system()));
    }

    @Override
    public @Nullable String neverPermits(Subject subject) {
        return Objects.requireNonNullElse(whole(subject), "");
    }

    /// Whose domain it is; null for nobody's.
    private @Nullable String whole(Subject s) {
        Client client = s.client();
        return switch (of) {
            case CLIENT -> client.name().equalsIgnoreCase(NAMELESS) ? null : client.name();
            case REVERSE_CLIENT ->
                    client.reverseName().equalsIgnoreCase(NAMELESS) ? null : client.reverseName();
            case HELO -> s.helo().isEmpty() ? null : s.helo();
            case SENDER -> text(s.sender());
            case RECIPIENT -> text(s.recipient());
        };
    }

    private static @Nullable String text(@Nullable Address address) {
        return address == null || address.isNull() ? null : address.text();
    }

    private About about(Subject s, String whole) {
        return switch (of) {
            case CLIENT -> About.of(argument, s.client().nameAndAddress(), Stage.CLIENT.what());
            case REVERSE_CLIENT -> About.of(argument, whole, "Unverified Client host");
            case HELO -> About.of(argument, whole, Stage.HELO.what());
            case SENDER -> About.of(argument, whole, Stage.SENDER.what());
            case RECIPIENT -> About.of(argument, whole, Stage.RECIPIENT.what());
        };
    }

    @Override
    public Ruling ask(Question q) {
        String whole = whole(q.subject());
        Names asking = names;
        if (whole == null || asking == null) {
            return Ruling.DUNNO;
        }
        About about = about(q.subject(), whole);
        String domain = whole.substring(whole.lastIndexOf('@') + 1);
        Search search = new Search(q, about, asking);
        String value;
        try {
            value = domain.startsWith("[") ? literal(domain) : search.servers(domain, whole);
        } catch (TableException e) {
            q.warn(e);
            return new Ruling.Reject(
                    Reply.of(451, 3, 5, about.rejected() + "Server configuration error"));
        }
        if (value != null) {
            return asked.results().ruling(value, about, q);
        }
        return search.cut ? new Ruling.DeferIfPermit(later(about)) : Ruling.DUNNO;
    }

    /// Whoever has many slow name servers is not let off what the table says of the last.
    private Reply later(About about) {
        return Reply.of(450, 4, 3, about.rejected() + kind + " hosts take too long to look up");
    }

    /// An address literal is its own exchanger; it has no name server.
    private @Nullable String literal(String domain) {
        if (kind == Kind.NS || !domain.endsWith("]")) {
            return null;
        }
        boolean six = domain.regionMatches(true, 1, "IPv6:", 0, 5);
        String inner = domain.substring(six ? 6 : 1, domain.length() - 1);
        byte[] octets = inner.indexOf(':') >= 0 == six ? Network.literal(inner) : null;
        return octets == null ? null : asked.keys().address(table(), inner);
    }

    private Table table() {
        return asked.tables().open(argument);
    }

    /// One domain's look-up.
    private final class Search {
        private final Question q;
        private final About about;
        private final Names names;
        private final long until;

        /// Some were not looked up for want of time.
        private boolean cut;

        Search(Question q, About about, Names names) {
            this.q = q;
            this.about = about;
            this.names = names;
            until = names.clock().nanos() + names.patienceNanos();
        }

        /// What the table says of the first that it knows; null for none.
        ///
        /// @param whole with the local part, for the log
        @Nullable String servers(String domain, String whole) {
            List<String> servers =
                    switch (kind) {
                        case A -> List.of(domain);
                        case MX -> exchangers(domain);
                        case NS -> nameServers(domain, whole);
                    };
            for (String server : servers) {
                String value = server(server);
                if (value != null) {
                    return value;
                }
            }
            return null;
        }

        /// A domain without exchangers is its own one.
        private List<String> exchangers(String domain) {
            return switch (names.dns().mx(domain, q)) {
                case Resolver.Answer.Found<Resolver.Mx> f ->
                        f.records().stream()
                                .map(Resolver.Mx::host)
                                .filter(host -> !host.isEmpty())
                                .toList();
                case Resolver.Answer.TryAgain<Resolver.Mx> t ->
                        missing(domain, DnsReplies.briefly(t));
                default -> List.of(domain);
            };
        }

        /// A domain within a zone has those of the zone.
        private List<String> nameServers(String domain, String whole) {
            String at = domain;
            while (true) {
                switch (names.dns().nameServers(at, q)) {
                    case Resolver.Answer.Found<String> f -> {
                        return f.records();
                    }
                    case Resolver.Answer.TryAgain<String> t -> {
                        return missing(at, DnsReplies.briefly(t));
                    }
                    case Resolver.Answer.NoName<String> _ -> {
                        if (top(at)) {
                            return missing(whole, "Host not found");
                        }
                    }
                    case Resolver.Answer.NoData<String> _ -> {
                        if (top(at)) {
                            return missing(
                                    whole, "Host found but no data record of requested type");
                        }
                    }
                }
                at = at.substring(at.indexOf('.') + 1);
            }
        }

        /// There is nothing above it to ask, or no time.
        private boolean top(String domain) {
            int dot = domain.indexOf('.');
            return dot < 0 || dot + 1 == domain.length() || late();
        }

        private List<String> missing(String domain, String why) {
            q.warn("Unable to look up " + kind + " host for " + domain + ": " + why);
            return List.of();
        }

        private @Nullable String server(String server) {
            // Of the domain itself only the addresses count.
            String value = kind == Kind.A ? null : asked.keys().domain(table(), server);
            if (value != null) {
                return value;
            }
            HostAddresses.Found found = late() ? HostAddresses.late() : names.hosts().of(server);
            if (!found.why().isEmpty() && kind != Kind.A) {
                q.warn(
                        "Unable to look up "
                                + kind
                                + " host "
                                + server
                                + " for "
                                + about.what()
                                + " "
                                + about.subject()
                                + ": "
                                + found.why());
            }
            for (InetAddress address : found.all()) {
                value = asked.keys().address(table(), Network.text(address));
                if (value != null) {
                    return value;
                }
            }
            return null;
        }

        /// There is no time for what is asked next.
        private boolean late() {
            cut |= names.clock().nanos() - until >= 0;
            return cut;
        }
    }
}
