package org.postrider.smtp.route;

import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;

/// Where UNIX sockets lie that next hops name (`unix:private/dovecot-lmtp`). Immutable.
///
/// @param myhostname what a socket's server is called in logs
/// @param directory queue_directory: paths that do not begin with `/` lie there
/// @param chrooted by the service's line of master.cf it runs in that directory: all others lie
///   there, too
public record Sockets(String myhostname, Path directory, boolean chrooted) {
    /// @param path as it was written
    Server at(String path) {
        int start = 0;
        while (chrooted && path.startsWith("/", start)) {
            start++;
        }
        Path there = directory.resolve(path.substring(start));
        return new Server(myhostname, path, UnixDomainSocketAddress.of(there), true, Trail.NONE);
    }
}
