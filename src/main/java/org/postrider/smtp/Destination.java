package org.postrider.smtp;

import java.util.ArrayList;
import java.util.List;
import org.postrider.config.Values;
import org.postrider.maps.Network;

/// A next hop in any of Postfix's forms: `domain`, `[host]`, `host:port`, `[ip]:port`, `[ipv6:…]`,
/// and lists of them in order of preference.
///
/// @param host without brackets
/// @param port 0 for the transport's default, [#UNKNOWN] for a service that is not known
/// @param service the port as it was written
/// @param literal no MX lookup: in brackets, or an address
record Destination(String host, int port, String service, boolean literal) {
    static final int UNKNOWN = -1;

    static List<Destination> parse(String nexthop) {
        List<Destination> out = new ArrayList<>(1);
        for (String word : Values.words(nexthop)) {
            out.add(one(word));
        }
        return out;
    }

    private static Destination one(String word) {
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
        return new Destination(host, number(port), port, bracketed || address);
    }

    static int number(String port) {
        return switch (port) {
            case "" -> 0;
            case "smtp" -> 25;
            case "smtps", "submissions" -> 465;
            case "submission" -> 587;
            case "lmtp" -> 24;
            default -> decimal(port);
        };
    }

    private static int decimal(String port) {
        int n = 0;
        for (int i = 0; i < port.length(); i++) {
            char c = port.charAt(i);
            if (c < '0' || c > '9' || n > 65535) {
                return UNKNOWN;
            }
            n = n * 10 + c - '0';
        }
        return n > 0 && n < 65536 ? n : UNKNOWN;
    }
}
