package org.postrider.command.stone;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.postrider.command.CommandException;
import org.postrider.command.OctetPath;
import org.postrider.config.ServicePorts;
import org.postrider.config.ServiceSettings;

/// Where to connect or to listen: `[inet:][host][:port]` or `unix:path`.
///
/// @param path null for TCP
/// @param host empty for all addresses
record Endpoint(@Nullable Path path, String host, int port) {
    /// What stands for an address of the other protocol where only one is wanted.
    enum Family {
        ANY,
        FOUR,
        SIX
    }

    /// @param port where none is named; -1 where one must be
    static Endpoint of(String text, int port) {
        if (text.startsWith("unix:")) {
            return new Endpoint(OctetPath.of(text.substring("unix:".length())), "", 0);
        }
        String rest = text.startsWith("inet:") ? text.substring("inet:".length()) : text;
        int bracket = rest.startsWith("[") ? rest.indexOf(']') : -1;
        int colon = rest.indexOf(':', Math.max(0, bracket));
        if (colon < 0 && port < 0) {
            // A server's only word is its port.
            return new Endpoint(null, "", number(text, rest));
        }
        String host = colon < 0 ? rest : rest.substring(0, colon);
        if (bracket > 0) {
            host = rest.substring(1, bracket);
        }
        return new Endpoint(null, host, colon < 0 ? port : number(text, rest.substring(colon + 1)));
    }

    private static int number(String text, String port) {
        int number = ServicePorts.of(ServiceSettings.none()).port(port);
        if (number < 0 || number > 65_535) {
            throw new CommandException(1, text + ": Servname not supported for ai_socktype");
        }
        return number;
    }

    /// @throws CommandException for a name without an address
    InetSocketAddress address(Family family) throws IOException {
        if (host.isEmpty()) {
            return new InetSocketAddress(port);
        }
        try {
            for (InetAddress each : InetAddress.getAllByName(host)) {
                boolean four = each.getAddress().length == 4;
                if (family == Family.ANY || four == (family == Family.FOUR)) {
                    return new InetSocketAddress(each, port);
                }
            }
        } catch (UnknownHostException e) {
            // said below
        }
        throw new CommandException(1, host + ":" + port + ": Name or service not known");
    }
}
