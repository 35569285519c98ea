package org.postrider.command.explain;

import java.net.InetAddress;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ServiceSettings;
import org.postrider.dns.Resolver;
import org.postrider.maps.Tables;

/// What the lists of one listener are run in.
///
/// @param listener the settings of its line of master.cf
/// @param rewrite those of the line of its address rewriting
/// @param dns null where nobody is to be asked
/// @param own the machine's addresses (inet_interfaces)
/// @param policies policy servers are asked
record World(
        ServiceSettings listener,
        ServiceSettings rewrite,
        Tables tables,
        @Nullable Resolver dns,
        Set<InetAddress> own,
        boolean policies) {}
