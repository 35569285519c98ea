package org.postrider.smtp.route;

import java.util.ArrayList;
import java.util.List;
import org.postrider.config.ServicePorts;
import org.postrider.config.Values;
import org.postrider.maps.Network;

/// A next hop in any of Postfix's forms: `domain`, `[host]`, `host:port`, `[ip]:port`, `[ipv6:…]`,
/// and lists of them in order of preference.
///
/// @param text as it was written, by which tables know it
/// @param host without brackets
/// @param port 0 for the transport's default, [#UNKNOWN] for a service that is not known
/// @param service the port as it was written
/// @param literal no MX lookup: in brackets, or an address
public record Destination(String text, String host, int port, String service, boolean literal) {
    static final int UNKNOWN = ServicePorts.UNKNOWN;

    public static List<Destination> parse(String nexthop, ServicePorts ports) {
        List<Destination> out = new ArrayList<>(1);
        for (String word : Values.words(nexthop)) {
            out.add(one(word, ports));
        }
        return out;
    }

    private static Destination one(String word, ServicePorts ports) {
        String host = word;
        String port = "";
        boolean bracketed = false;
        int close = word.startsWith("[") ? word.indexOf(']') : -1;
        if (close > 0) {
            bracketed = true;
            host = word.substring(1, close);
            port = word.startsWith(":", close + 1) ? word.substring(close + 2) : "";
        } else if (Network.literal(word) == null) {
            int colon = word.lastIndexOf(':');
            if (colon > 0) {
                host = word.substring(0, colon);
                port = word.substring(colon + 1);
            }
        }
        if (host.regionMatches(true, 0, "ipv6:", 0, 5)) {
            host = host.substring(5);
        }
        boolean address = Network.literal(host) != null;
        return new Destination(word, host, number(port, ports), port, bracketed || address);
    }

    /// What it names, as it was written: without brackets and port.
    public String domain() {
        int close = text.startsWith("[") ? text.indexOf(']') : -1;
        int colon = text.lastIndexOf(':');
        return close > 0 ? text.substring(1, close) : colon > 0 ? text.substring(0, colon) : text;
    }

    private static int number(String port, ServicePorts ports) {
        int n = port.isEmpty() ? 0 : ports.port(port);
        return n == 0 && !port.isEmpty() ? UNKNOWN : n;
    }
}
