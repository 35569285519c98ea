package org.postrider.access.name;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.access.restriction.Means;
import org.postrider.dns.HostsFile;
import org.postrider.dns.Resolver;
import org.postrider.maps.Network;
import org.postrider.peer.PeerParams;

/// The addresses of hosts that restrictions come to, as the system's own look-up has them
/// (getaddrinfo(3)): /etc/hosts first, then DNS, by the protocols of inet_protocols, and not
/// through smtpd_dns_reply_filter. Immutable; any thread.
public final class HostAddresses {
    private static final String NO_NAME = "Name or service not known";
    private static final String NO_DATA = "No address associated with hostname";
    private static final String LATER = "Temporary failure in name resolution";

    private final Resolver resolver;
    private final HostsFile hosts = new HostsFile(Path.of("/etc/hosts"));
    private final boolean four;
    private final boolean six;

    /// What there is of a host.
    ///
    /// @param all in order; empty if nothing could be had
    /// @param why nothing could be had, in the system's words; empty otherwise
    public record Found(List<InetAddress> all, String why) {
        static final Found TOO_LATE = new Found(List.of(), LATER);
    }

    /// Null if there is no DNS to ask.
    public static @Nullable HostAddresses of(Means means) {
        Resolver resolver = means.dns();
        return resolver == null
                ? null
                : means.shared(HostAddresses.class, m -> new HostAddresses(m, resolver));
    }

    private HostAddresses(Means means, Resolver resolver) {
        this.resolver = resolver;
        four = PeerParams.ipv4(means.settings());
        six = PeerParams.ipv6(means.settings());
    }

    /// @param written a name or an address
    public Found of(String written) {
        String host = HostName.stripped(written);
        byte[] literal = Network.literal(host);
        try {
            List<InetAddress> known =
                    literal != null
                            ? List.of(InetAddress.getByAddress(literal))
                            : hosts.addresses(host);
            List<InetAddress> spoken = known.stream().filter(this::spoken).toList();
            if (!spoken.isEmpty()) {
                return new Found(spoken, "");
            }
        } catch (IOException e) {
            return Found.TOO_LATE;
        }
        return switch (resolver.addresses(host, four, six)) {
            case Resolver.Answer.Found<InetAddress> f -> new Found(f.records(), "");
            case Resolver.Answer.NoName<InetAddress> _ -> new Found(List.of(), NO_NAME);
            case Resolver.Answer.NoData<InetAddress> _ -> new Found(List.of(), NO_DATA);
            case Resolver.Answer.TryAgain<InetAddress> _ -> Found.TOO_LATE;
        };
    }

    private boolean spoken(InetAddress address) {
        return address.getAddress().length == 4 ? four : six;
    }

    /// Hosts of one rule: a stranger may name a hundred, each of them slow. Those that come when
    /// time is over are as such that cannot be had now.
    public static Found late() {
        return Found.TOO_LATE;
    }
}
