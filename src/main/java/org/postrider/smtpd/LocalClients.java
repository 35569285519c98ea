package org.postrider.smtpd;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.config.Settings;
import org.postrider.maps.AddressMaps;
import org.postrider.maps.Lists;
import org.postrider.maps.NetworkList;
import org.postrider.maps.Table;
import org.postrider.maps.Tables;
import org.postrider.tls.PeerCertificate;

/// Whose headers are completed as our own users' are (local_header_rewrite_clients). Immutable; any
/// thread.
final class LocalClients {
    private interface Rule {
        boolean holds(Transaction t);
    }

    private final List<Rule> rules = new ArrayList<>();

    /// @param own the machine's addresses (inet_interfaces)
    LocalClients(Settings settings, Tables tables, NetworkList mynetworks, Set<InetAddress> own) {
        Set<InetAddress> interfaces = Set.copyOf(own);
        for (String word : settings.get(SmtpdParams.LOCAL_REWRITE_CLIENTS)) {
            switch (word) {
                case "permit_inet_interfaces" ->
                        rules.add(t -> interfaces.contains(t.client.address()));
                case "permit_mynetworks" ->
                        rules.add(t -> mynetworks.contains(t.client.name(), t.client.address()));
                case "permit_sasl_authenticated" -> rules.add(t -> t.login != null);
                case "permit_tls_all_clientcerts" -> rules.add(LocalClients::trusted);
                case "permit_tls_clientcerts" -> {
                    List<String> names = settings.get(SmtpdTlsParams.RELAY_CLIENTCERTS);
                    if (!names.isEmpty()) {
                        Table listed = tables.chain(names);
                        rules.add(t -> listed(t, listed));
                    }
                }
                case "check_address_map" -> {
                    // its table is the next word
                }
                default -> {
                    if (Lists.isTable(word)) {
                        Table addresses = tables.open(word);
                        rules.add(t -> AddressMaps.one(addresses, t.client.ip()) != null);
                        break;
                    }
                    NetworkList table =
                            new NetworkList(
                                    "local_header_rewrite_clients", List.of(word), tables, false);
                    rules.add(t -> table.contains(t.client.name(), t.client.address()));
                }
            }
        }
    }

    private static @Nullable PeerCertificate peer(Transaction t) {
        return t.tls == null ? null : t.tls.peer();
    }

    private static boolean trusted(Transaction t) {
        PeerCertificate peer = peer(t);
        return peer != null && peer.trusted();
    }

    private static boolean listed(Transaction t, Table table) {
        PeerCertificate peer = peer(t);
        return peer != null && CertificateRules.listed(peer, table);
    }

    boolean contains(Transaction t) {
        for (Rule rule : rules) {
            if (rule.holds(t)) {
                return true;
            }
        }
        return false;
    }
}
