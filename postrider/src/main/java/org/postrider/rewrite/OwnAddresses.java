package org.postrider.rewrite;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ConfigException;
import org.postrider.config.Settings;
import org.postrider.maps.Network;

/// The addresses that are this machine's: inet_interfaces and proxy_interfaces. Immutable.
public final class OwnAddresses {
    private final Set<InetAddress> own = new HashSet<>();

    public OwnAddresses(Settings settings) {
        List<String> protocols = settings.get(RewriteParams.INET_PROTOCOLS);
        boolean all = protocols.contains("all");
        boolean four = all || protocols.contains("ipv4");
        boolean six = all || protocols.contains("ipv6");
        for (String word : settings.get(RewriteParams.INET_INTERFACES)) {
            if (word.equals("all") || word.equals("loopback-only")) {
                interfaces(word.equals("loopback-only"));
            } else {
                named("inet_interfaces", word);
            }
        }
        for (String word : settings.get(RewriteParams.PROXY_INTERFACES)) {
            named("proxy_interfaces", word);
        }
        own.removeIf(a -> a.getAddress().length == 4 ? !four : !six);
    }

    private void interfaces(boolean loopbackOnly) {
        try {
            for (NetworkInterface i : Collections.list(NetworkInterface.getNetworkInterfaces())) {
                for (InetAddress a : Collections.list(i.getInetAddresses())) {
                    if (!loopbackOnly || a.isLoopbackAddress()) {
                        own.add(unscoped(a.getAddress()));
                    }
                }
            }
        } catch (SocketException e) {
            throw new ConfigException("inet_interfaces: " + e.getMessage());
        }
    }

    private void named(String parameter, String word) {
        String name =
                word.startsWith("[") && word.endsWith("]")
                        ? word.substring(1, word.length() - 1)
                        : word;
        try {
            for (InetAddress a : InetAddress.getAllByName(name)) {
                own.add(unscoped(a.getAddress()));
            }
        } catch (UnknownHostException e) {
            throw new ConfigException("config variable " + parameter + ": host not found: " + word);
        }
    }

    private static InetAddress unscoped(byte[] octets) {
        try {
            return InetAddress.getByAddress(octets);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    public boolean contains(InetAddress address) {
        return own.contains(address);
    }

    /// @param literal `[…]` as in an address's domain; an IPv4-mapped one counts as its IPv4
    ///   address
    boolean containsLiteral(String literal) {
        byte[] octets = octets(literal);
        return octets != null && own.contains(unscoped(octets));
    }

    /// The octets of `[192.0.2.1]` or `[IPv6:2001:db8::1]`; null where it is neither.
    static byte @Nullable [] octets(String literal) {
        if (literal.length() < 3 || literal.charAt(0) != '[' || !literal.endsWith("]")) {
            return null;
        }
        String inside = literal.substring(1, literal.length() - 1);
        if (inside.regionMatches(true, 0, "IPv6:", 0, 5)) {
            String six = inside.substring(5);
            return six.indexOf(':') < 0 ? null : Network.literal(six);
        }
        return inside.indexOf(':') >= 0 || !HostNames.validIpv4(inside)
                ? null
                : Network.literal(inside);
    }
}
