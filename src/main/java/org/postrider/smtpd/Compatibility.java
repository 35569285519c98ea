package org.postrider.smtpd;

import java.net.InetAddress;
import java.util.Set;
import org.postrider.config.Settings;
import org.postrider.peer.Client;

/// Says in the log where mail passes only because compatibility_level keeps an older default
/// (COMPATIBILITY_README), so that the administrator sees what a higher level would change.
final class Compatibility {
    private static final String USING = "using backwards-compatible default setting ";

    private final boolean networks;
    private final boolean relayDomains;
    private final Set<InetAddress> own;

    Compatibility(Settings settings, Set<InetAddress> own) {
        boolean second = below(settings, "2");
        networks =
                second
                        && settings.origin("mynetworks") == null
                        && settings.origin("mynetworks_style") == null;
        relayDomains = second && settings.origin("relay_domains") == null;
        this.own = own;
    }

    private static boolean below(Settings settings, String level) {
        return settings.expand("${{$compatibility_level} <level {" + level + "} ? {yes}}")
                .equals("yes");
    }

    /// permit_mynetworks let a client in that is not this machine.
    void permittedByNetworks(Session s, Client client) {
        if (networks && !own.contains(client.address())) {
            s.info(
                    USING
                            + "mynetworks_style=subnet to permit request from client \""
                            + client.nameAndAddress()
                            + "\"");
        }
    }

    /// A destination was one of relay_domains.
    void relayed(Session s, Client client) {
        if (relayDomains) {
            s.info(
                    USING
                            + "relay_domains=$mydestination to permit request from client \""
                            + client.nameAndAddress()
                            + "\"");
        }
    }
}
