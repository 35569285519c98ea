package org.postrider.doctor;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ServiceSettings;
import org.postrider.dns.AddressText;

/// Where mail of this server leaves from, as main.cf has it.
///
/// @param helo what the server calls itself (smtp_helo_name)
/// @param relay the next hop of all mail (relayhost); empty where it goes out by itself
/// @param addresses of its own that others see; none known where all of them are private
/// @param source where these come from, in words
/// @param hidden private addresses, which others do not see
public record Outgoing(
        String helo,
        String relay,
        List<InetAddress> addresses,
        String source,
        List<InetAddress> hidden) {

    /// @param given addresses that take the place of those of the settings
    public static Outgoing of(ServiceSettings settings, List<InetAddress> given) {
        String helo = text(settings, "smtp_helo_name");
        String relay = text(settings, "relayhost").split("[,\\s]+", 2)[0];
        if (!given.isEmpty()) {
            return new Outgoing(helo, "", given, "as given", List.of());
        }
        for (List<String> names :
                List.of(
                        List.of("smtp_bind_address", "smtp_bind_address6"),
                        List.of("proxy_interfaces"),
                        List.of("inet_interfaces"))) {
            Set<InetAddress> found = new LinkedHashSet<>();
            for (String name : names) {
                for (String word : text(settings, name).split("[,\\s]+", -1)) {
                    InetAddress address = literal(word);
                    if (address != null) {
                        found.add(address);
                    }
                }
            }
            List<InetAddress> seen = found.stream().filter(Outgoing::isPublic).toList();
            if (!seen.isEmpty()) {
                return new Outgoing(helo, relay, seen, String.join(", ", names), List.of());
            }
        }
        List<InetAddress> all = ofInterfaces();
        return new Outgoing(
                helo,
                relay,
                all.stream().filter(Outgoing::isPublic).toList(),
                "addresses of this machine",
                all.stream().filter(a -> !isPublic(a)).toList());
    }

    private static String text(ServiceSettings settings, String name) {
        String text = settings.text(name);
        return text == null ? "" : text.strip();
    }

    private static @Nullable InetAddress literal(String word) {
        String bare =
                word.startsWith("[") && word.endsWith("]")
                        ? word.substring(1, word.length() - 1)
                        : word;
        byte[] octets = AddressText.octets(bare.startsWith("IPv6:") ? bare.substring(5) : bare);
        return octets == null ? null : address(octets);
    }

    private static InetAddress address(byte[] octets) {
        try {
            return InetAddress.getByAddress(octets);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<InetAddress> ofInterfaces() {
        List<InetAddress> out = new ArrayList<>();
        try {
            for (NetworkInterface each :
                    Collections.list(NetworkInterface.getNetworkInterfaces())) {
                for (InetAddress a : Collections.list(each.getInetAddresses())) {
                    if (!a.isLoopbackAddress() && !a.isLinkLocalAddress()) {
                        out.add(address(a.getAddress()));
                    }
                }
            }
        } catch (SocketException e) {
            // There is no network: no address is known.
        }
        return out;
    }

    /// Whether others can see it: not of a private network (RFC 1918, RFC 4193), of a shared one
    /// (RFC 6598), of this machine or of a link.
    static boolean isPublic(InetAddress a) {
        byte[] b = a.getAddress();
        boolean unique = b.length == 16 && (b[0] & 0xfe) == 0xfc;
        boolean shared = b.length == 4 && (b[0] & 0xff) == 100 && (b[1] & 0xc0) == 64;
        return !a.isAnyLocalAddress()
                && !a.isLoopbackAddress()
                && !a.isLinkLocalAddress()
                && !a.isSiteLocalAddress()
                && !a.isMulticastAddress()
                && !unique
                && !shared;
    }
}
