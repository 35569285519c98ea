package org.postrider.milter;

import java.net.ConnectException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import org.postrider.io.Connector;

/// How milters are reached. Immutable.
///
/// @param queueDirectory where paths of UNIX sockets that do not begin with `/` lie
/// @param chrooted by the service's line of master.cf it runs in that directory: all others lie
///   there, too
public record MilterSockets(Connector connector, Path queueDirectory, boolean chrooted) {
    /// Nobody is reached.
    public static final MilterSockets NOWHERE =
            new MilterSockets(
                    (_, _, _) -> {
                        throw new ConnectException("Connection refused");
                    },
                    Path.of("/"),
                    false);

    /// @param path as it was written
    UnixDomainSocketAddress at(String path) {
        int start = 0;
        while (chrooted && path.startsWith("/", start)) {
            start++;
        }
        return UnixDomainSocketAddress.of(queueDirectory.resolve(path.substring(start)));
    }
}
