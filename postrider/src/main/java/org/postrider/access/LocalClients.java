package org.postrider.access;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postrider.access.client.PermitCertificates;
import org.postrider.authentication.AuthenticationParams;
import org.postrider.config.ConfigException;
import org.postrider.config.Param;
import org.postrider.config.Settings;
import org.postrider.maps.AddressMaps;
import org.postrider.maps.Fold;
import org.postrider.maps.Lists;
import org.postrider.maps.NetworkList;
import org.postrider.maps.Table;
import org.postrider.maps.Tables;
import org.postrider.tls.PeerCertificate;

/// Clients who are our own users: whose headers are completed (local_header_rewrite_clients), whose
/// mail is signed (dkim_sign_clients) and not checked (authentication_exempt_clients). Immutable;
/// any thread.
public final class LocalClients {
    private static final Pattern RESTRICTION = Pattern.compile("(permit|reject|defer|check)(_.*)?");
    private static final Set<String> WORDS =
            Set.of(
                    "permit_inet_interfaces",
                    "permit_mynetworks",
                    "permit_sasl_authenticated",
                    "permit_tls_all_clientcerts",
                    "permit_tls_clientcerts",
                    "check_address_map");

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
        String fault = fault(settings, param);
        if (fault != null && param != AccessParams.LOCAL_REWRITE_CLIENTS) {
            // Mail would go unsigned, or unchecked.
            throw new ConfigException(fault);
        }
        for (String word : settings.get(param)) {
            switch (Fold.lower(word)) {
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

    /// What is wrong with the words of those lists, for `postfix check`.
    public static List<String> problems(Settings settings) {
        List<String> out = new ArrayList<>();
        for (Param<List<String>> each :
                List.of(
                        AccessParams.LOCAL_REWRITE_CLIENTS,
                        AccessParams.DKIM_SIGN_CLIENTS,
                        AuthenticationParams.EXEMPT_CLIENTS)) {
            String fault = fault(settings, each);
            if (fault != null) {
                out.add(fault);
            }
        }
        return out;
    }

    /// A word that looks like a restriction and is none that is known here; null for none.
    private static @Nullable String fault(Settings settings, Param<List<String>> param) {
        List<String> words = settings.get(param);
        for (int i = 0; i < words.size(); i++) {
            String word = Fold.lower(words.get(i));
            boolean table = Lists.isTable(words.get(i));
            boolean last = i + 1 == words.size() || !Lists.isTable(words.get(i + 1));
            if (word.equals("check_address_map") && last) {
                return param.name() + ": check_address_map needs a table";
            }
            if (!table && !WORDS.contains(word) && RESTRICTION.matcher(word).matches()) {
                return param.name() + ": no word of this list: " + words.get(i);
            }
        }
        return null;
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
