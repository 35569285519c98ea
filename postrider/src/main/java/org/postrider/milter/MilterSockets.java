package org.postrider.milter;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import org.postrider.io.Connection;
import org.postrider.io.Connector;
import org.postrider.maps.Fold;
import org.postrider.maps.Network;
import org.postrider.memory.Budget;
import org.postrider.milter.wire.MilterException;
import org.postrider.threads.Supervisor;

/// How milters are reached. Immutable.
///
/// @param ports numbers of ports by name, below 0 for none
/// @param memory for what milters say
public record MilterSockets(
        Connector connector, Room room, ToIntFunction<String> ports, Budget memory) {
    private static final int SMALL = 64 << 10;

    /// Where UNIX sockets lie.
    ///
    /// @param queueDirectory where paths that do not begin with `/` lie
    /// @param chrooted by the service's line of master.cf it runs in that directory: all others lie
    ///   there, too
    public record Room(Path queueDirectory, boolean chrooted) {
        /// @param path as it was written
        UnixDomainSocketAddress at(String path) {
            int start = 0;
            while (chrooted && path.startsWith("/", start)) {
                start++;
            }
            return UnixDomainSocketAddress.of(queueDirectory.resolve(path.substring(start)));
        }
    }

    /// Nobody is reached.
    public static MilterSockets nowhere() {
        return new MilterSockets(
                (_, _, _) -> {
                    throw new ConnectException("Connection refused");
                },
                new Room(Path.of("/"), false),
                _ -> -1,
                budget());
    }

    /// A budget of its own, of a fiftieth of the heap.
    public static Budget budget() {
        return new Budget("what milters say", Budget.ofHeap(2), SMALL, 0);
    }

    /// Connects to a milter.
    ///
    /// @param name `inet:host:port`, `unix:path` or `local:path`
    /// @param timeoutMillis for each address
    /// @throws MilterException for a name that is none, with what is wrong with it
    /// @throws IOException where nobody is reached
    public Connection connect(String name, long timeoutMillis, Consumer<String> warnings)
            throws IOException {
        int colon = name.indexOf(':');
        if (colon <= 0 || colon == name.length() - 1) {
            throw new MilterException(
                    "Milter service needs transport:endpoint instead of \"" + name + "\"");
        }
        String transport = name.substring(0, colon);
        String endpoint = name.substring(colon + 1);
        return switch (Fold.lower(transport)) {
            case "unix", "local" -> connector.connect(room.at(endpoint), null, timeoutMillis);
            case "inet" -> reached(addresses(endpoint, warnings, timeoutMillis), timeoutMillis);
            default ->
                    throw new MilterException(
                            "invalid transport name: " + transport + " in Milter service: " + name);
        };
    }

    /// Why no milter can be reached there, as far as this host knows; null for nothing.
    @Nullable String problem(String name) {
        int colon = name.indexOf(':');
        String endpoint = name.substring(colon + 1);
        if (colon <= 0 || endpoint.isEmpty()) {
            return "Milter service needs transport:endpoint instead of \"" + name + "\"";
        }
        return switch (Fold.lower(name.substring(0, colon))) {
            case "unix", "local" ->
                    Files.exists(room.at(endpoint).getPath())
                            ? null
                            : "milter " + name + ": No such file or directory";
            case "inet" ->
                    ports.applyAsInt(endpoint.substring(endpoint.lastIndexOf(':') + 1)) > 0
                            ? null
                            : "milter " + name + ": host or service " + endpoint + " not found";
            default ->
                    "invalid transport name: "
                            + name.substring(0, colon)
                            + " in Milter service: "
                            + name;
        };
    }

    private Connection reached(List<? extends SocketAddress> all, long timeoutMillis)
            throws IOException {
        IOException last = new ConnectException("Cannot assign requested address");
        for (SocketAddress each : all) {
            try {
                return connector.connect(each, null, timeoutMillis);
            } catch (IOException e) {
                last = e;
            }
        }
        throw last;
    }

    private List<InetSocketAddress> addresses(
            String endpoint, Consumer<String> warnings, long timeoutMillis) throws IOException {
        int colon = endpoint.lastIndexOf(':');
        String host = colon < 0 ? "localhost" : endpoint.substring(0, colon);
        String service = endpoint.substring(colon + 1);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        int port = ports.applyAsInt(service);
        if (port < 0) {
            warnings.accept(
                    "host or service "
                            + endpoint
                            + " not found: Servname not supported for ai_socktype");
            return List.of();
        }
        try {
            return named(host, timeoutMillis).stream()
                    .map(a -> new InetSocketAddress(a, port))
                    .toList();
        } catch (UnknownHostException e) {
            warnings.accept(
                    "host or service " + endpoint + " not found: Name or service not known");
            return List.of();
        }
    }

    private static List<InetAddress> named(String host, long timeoutMillis) throws IOException {
        byte[] literal = Network.literal(host);
        if (literal != null) {
            return List.of(InetAddress.getByAddress(literal));
        }
        try {
            return Supervisor.named(
                    host, () -> List.of(InetAddress.getAllByName(host)), timeoutMillis);
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        }
    }
}
