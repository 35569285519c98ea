package org.postrider.access;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.postrider.access.client.PermitCertificates;
import org.postrider.authentication.AuthenticationParams;
import org.postrider.config.Param;
import org.postrider.config.Settings;
import org.postrider.maps.AddressMaps;
import org.postrider.maps.Lists;
import org.postrider.maps.NetworkList;
import org.postrider.maps.Table;
import org.postrider.maps.Tables;
import org.postrider.tls.PeerCertificate;

/// Clients who are our own users: whose headers are completed (local_header_rewrite_clients), whose
/// mail is signed (dkim_sign_clients) and not checked (authentication_exempt_clients). Immutable; any
/// thread.
public final class LocalClients {
    private final List<Predicate<Subject>> any = new ArrayList<>();

    /// local_header_rewrite_clients.
    ///
    /// @param own the machine's addresses (inet_interfaces)
    public LocalClients(Settings settings, Tables tables, Set<InetAddress> own) {
        this(settings, AccessParams.LOCAL_REWRITE_CLIENTS, tables, own);
    }

    /// The clients whose mail is signed (dkim_sign_clients).
    ///
    /// @param own the machine's addresses (inet_interfaces)
    public static LocalClients signed(Settings settings, Tables tables, Set<InetAddress> own) {
        return new LocalClients(settings, AccessParams.DKIM_SIGN_CLIENTS, tables, own);
    }

    /// The clients whose mail is not checked (authentication_exempt_clients).
    ///
    /// @param own the machine's addresses (inet_interfaces)
    public static LocalClients exempt(Settings settings, Tables tables, Set<InetAddress> own) {
        return new LocalClients(settings, AuthenticationParams.EXEMPT_CLIENTS, tables, own);
    }

    private LocalClients(
            Settings settings, Param<List<String>> param, Tables tables, Set<InetAddress> own) {
        NetworkList networks = NetworkList.of(settings, AccessParams.MYNETWORKS, tables);
        for (String word : settings.get(param)) {
            switch (word) {
                case "permit_inet_interfaces" -> any.add(s -> own.contains(s.client().address()));
                case "permit_mynetworks" ->
                        any.add(s -> networks.contains(s.client().name(), s.client().address()));
                case "permit_sasl_authenticated" -> any.add(s -> s.login() != null);
                case "permit_tls_all_clientcerts" -> any.add(LocalClients::trusted);
                case "permit_tls_clientcerts" -> {
                    List<String> names = settings.get(AccessParams.RELAY_CLIENTCERTS);
                    if (!names.isEmpty()) {
                        Table listed = tables.chain(AccessParams.RELAY_CLIENTCERTS.name(), names);
                        any.add(s -> listed(s, listed));
                    }
                }
                case "check_address_map" -> {
                    // its table is the next word
                }
                default -> any.add(listed(param.name(), word, tables));
            }
        }
    }

    private static Predicate<Subject> listed(String title, String word, Tables tables) {
        if (Lists.isTable(word)) {
            Table addresses = tables.open(word);
            return s -> AddressMaps.one(addresses, s.client().ip()) != null;
        }
        NetworkList list = new NetworkList(title, List.of(word), tables, false);
        return s -> list.contains(s.client().name(), s.client().address());
    }

    private static boolean trusted(Subject subject) {
        PeerCertificate peer = subject.certificate();
        return peer != null && peer.trusted();
    }

    private static boolean listed(Subject subject, Table table) {
        PeerCertificate peer = subject.certificate();
        return peer != null && PermitCertificates.listed(peer, table);
    }

    /// @throws org.postrider.maps.TableException when a table cannot answer
    public boolean contains(Subject subject) {
        for (Predicate<Subject> each : any) {
            if (each.test(subject)) {
                return true;
            }
        }
        return false;
    }
}
