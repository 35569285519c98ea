package org.postrider.smtp.route;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.postrider.dns.AddressText;

/// A server to try for a next hop.
///
/// @param name the host's name for logs and texts; of a UNIX socket this machine's own
/// @param address for logs, texts and tables: an address, or a path as it was written
/// @param at an internet address or that of a UNIX socket
/// @param best no other server of the domain is preferred to it
/// @param trail how DNS led to it
public record Server(String name, String address, SocketAddress at, boolean best, Trail trail) {
    public Server(String name, InetSocketAddress at, boolean best) {
        this(name, at, best, Trail.NONE);
    }

    Server(String name, InetSocketAddress at, boolean best, Trail trail) {
        this(name, AddressText.of(at.getAddress()), at, best, trail);
    }

    /// The same, however one came to it.
    public Server itself() {
        return trail.equals(Trail.NONE) ? this : new Server(name, address, at, best, Trail.NONE);
    }

    /// 0 where it is a UNIX socket.
    public int port() {
        return at instanceof InetSocketAddress inet ? inet.getPort() : 0;
    }

    public String label() {
        return name + "[" + address + "]";
    }

    public String labelWithPort() {
        return at instanceof InetSocketAddress inet ? label() + ":" + inet.getPort() : label();
    }
}
