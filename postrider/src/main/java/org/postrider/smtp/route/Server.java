package org.postrider.smtp.route;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.postrider.dns.AddressText;

/// A server to try for a next hop.
///
/// @param name the host's name for logs and texts
/// @param best no other server of the domain is preferred to it
public record Server(String name, InetSocketAddress at, boolean best) {
    public InetAddress address() {
        return at.getAddress();
    }

    public int port() {
        return at.getPort();
    }

    public String label() {
        return name + "[" + AddressText.of(address()) + "]";
    }

    public String labelWithPort() {
        return label() + ":" + port();
    }
}
