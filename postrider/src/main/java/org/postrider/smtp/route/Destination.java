package org.postrider.smtp.route;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ServicePorts;
import org.postrider.config.Values;
import org.postrider.dns.HostName;
import org.postrider.maps.Network;
import org.postrider.smtp.Protocol;

/// A next hop in any of Postfix's forms: `domain`, `[host]`, `host:port`, `[ip]:port`, `[ipv6:…]`,
/// of LMTP `unix:path` and any of those with or without `inet:` before it; and lists of them in
/// order of preference.
///
/// @param text as it was written, by which tables know it: without `unix:` and `inet:`
/// @param host without brackets; a path
/// @param port 0 for the transport's default, [#UNKNOWN] for a service that is not known
/// @param service the port as it was written
/// @param fault why it is none, in Postfix's words; null for one to deliver to
public record Destination(
        String text, String host, int port, String service, Kind kind, @Nullable String fault) {
    static final int UNKNOWN = ServicePorts.UNKNOWN;
    private static final String UNIX = "unix:";
    private static final String INET = "inet:";

    /// How its servers are found.
    public enum Kind {
        /// By its mail exchangers.
        DOMAIN,
        /// By its own addresses: in brackets, an address, or any host of LMTP.
        HOST,
        /// It is a UNIX socket.
        PATH
    }

    public static List<Destination> parse(String nexthop, ServicePorts ports, Protocol protocol) {
        List<Destination> out = new ArrayList<>(1);
        for (String word : Values.words(nexthop)) {
            out.add(
                    switch (protocol) {
                        case SMTP -> one(word, ports, Kind.DOMAIN);
                        case LMTP -> local(word, ports);
                    });
        }
        return out;
    }

    /// LMTP goes straight to a host, or stays on this one.
    private static Destination local(String word, ServicePorts ports) {
        if (word.startsWith(UNIX)) {
            String path = word.substring(UNIX.length());
            return new Destination(path, path, 0, "", Kind.PATH, null);
        }
        String rest = word.startsWith(INET) ? word.substring(INET.length()) : word;
        return one(rest, ports, Kind.HOST);
    }

    private static Destination one(String word, ServicePorts ports, Kind unbracketed) {
        String host = word;
        String port = "";
        String fault = null;
        boolean bracketed = word.startsWith("[");
        int close = bracketed ? word.indexOf(']') : -1;
        if (close > 0) {
            host = word.substring(1, close);
            String rest = word.substring(close + 1);
            port = rest.startsWith(":") ? rest.substring(1) : "";
            fault = rest.isEmpty() || rest.startsWith(":") ? null : "garbage after \"]\"";
        } else if (bracketed) {
            fault = "missing \"]\"";
        } else if (Network.literal(word) == null) {
            int colon = word.lastIndexOf(':');
            if (colon >= 0) {
                host = word.substring(0, colon);
                port = word.substring(colon + 1);
            }
            fault = host.isEmpty() ? "missing host information" : null;
        }
        if (host.regionMatches(true, 0, "ipv6:", 0, 5)) {
            host = host.substring(5);
        }
        boolean address = Network.literal(host) != null;
        Kind kind = bracketed || address ? Kind.HOST : unbracketed;
        if (fault == null && !address && !isName(host)) {
            fault = "valid hostname or network address required";
        }
        int number = number(port, ports);
        return new Destination(word, host, number, port, kind, fault(fault, word, number, port));
    }

    private static boolean isName(String host) {
        String ascii = HostName.ascii(host);
        return ascii != null && HostName.valid(ascii);
    }

    private static @Nullable String fault(
            @Nullable String host, String word, int number, String port) {
        boolean digits = port.chars().allMatch(c -> c >= '0' && c <= '9');
        boolean digit = !port.isEmpty() && port.charAt(0) >= '0' && port.charAt(0) <= '9';
        String why = host == null && digit && !digits ? "garbage after numerical service" : host;
        if (why != null) {
            return why + " in server description: " + word;
        }
        if (number != UNKNOWN) {
            return null;
        }
        return digits
                ? "bad network port: " + port + " for destination: " + word
                : "unknown service: " + port + "/tcp";
    }

    /// What it names, as it was written: without brackets and port.
    public String domain() {
        if (kind == Kind.PATH) {
            return text;
        }
        int close = text.startsWith("[") ? text.indexOf(']') : -1;
        int colon = text.lastIndexOf(':');
        return close > 0 ? text.substring(1, close) : colon > 0 ? text.substring(0, colon) : text;
    }

    private static int number(String port, ServicePorts ports) {
        int n = port.isEmpty() ? 0 : ports.port(port);
        return n == 0 && !port.isEmpty() ? UNKNOWN : n;
    }
}
