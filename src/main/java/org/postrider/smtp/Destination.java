package org.postrider.smtp;

import java.util.ArrayList;
import java.util.List;

/// A next hop in any of Postfix's forms: `domain`, `[host]`, `host:port`, `[ip]:port`, and lists of
/// them in order of preference.
///
/// @param host without brackets
/// @param port 0 for the transport's default, -1 for a service that is not known
/// @param literal in brackets: no MX lookup
record Destination(String host, int port, boolean literal) {
    static List<Destination> parse(String nexthop) {
        List<Destination> out = new ArrayList<>();
        for (String word : org.postrider.config.Values.words(nexthop)) {
            out.add(one(word));
        }
        return out;
    }

    private static Destination one(String word) {
        String host = word;
        String port = "";
        if (word.startsWith("[")) {
            int close = word.indexOf(']');
            if (close > 0) {
                host = word.substring(1, close);
                port = word.startsWith(":", close + 1) ? word.substring(close + 2) : "";
                if (host.regionMatches(true, 0, "ipv6:", 0, 5)) {
                    host = host.substring(5);
                }
                return new Destination(host, number(port), true);
            }
        }
        int colon = word.lastIndexOf(':');
        if (colon > 0) {
            host = word.substring(0, colon);
            port = word.substring(colon + 1);
        }
        return new Destination(host, number(port), false);
    }

    static int number(String port) {
        return switch (port) {
            case "" -> 0;
            case "smtp" -> 25;
            case "smtps", "submissions" -> 465;
            case "submission" -> 587;
            case "lmtp" -> 24;
            default -> {
                try {
                    int n = Integer.parseInt(port);
                    yield n > 0 && n < 65536 ? n : -1;
                } catch (NumberFormatException e) {
                    yield -1;
                }
            }
        };
    }
}
