package org.postrider.command.explain;

import java.net.InetAddress;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.access.PolicyServices;
import org.postrider.command.outside.Probing;
import org.postrider.config.ServiceSettings;
import org.postrider.dns.Resolver;
import org.postrider.maps.Tables;

/// What the lists of one listener are run in.
///
/// @param listener the settings of its line of master.cf
/// @param rewrite those of the line of its address rewriting
/// @param own the machine's addresses (inet_interfaces)
/// @param outside whom the lists ask besides tables
record World(
        ServiceSettings listener,
        ServiceSettings rewrite,
        Tables tables,
        Set<InetAddress> own,
        Outside outside) {
    /// Whom the lists ask besides tables.
    ///
    /// @param dns null where nobody is to be asked
    /// @param policies null where no policy server is to be asked
    /// @param chrooted sockets are looked up below the queue directory
    /// @param probing who verifies addresses
    record Outside(
            @Nullable Resolver dns,
            @Nullable PolicyServices policies,
            boolean chrooted,
            Probing probing) {}

    /// Null where nobody is to be asked.
    @Nullable Resolver dns() {
        return outside.dns();
    }
}
