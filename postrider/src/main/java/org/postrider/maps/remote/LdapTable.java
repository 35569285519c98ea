package org.postrider.maps.remote;

import com.unboundid.ldap.sdk.Attribute;
import com.unboundid.ldap.sdk.BindRequest;
import com.unboundid.ldap.sdk.FailoverServerSet;
import com.unboundid.ldap.sdk.Filter;
import com.unboundid.ldap.sdk.LDAPConnectionOptions;
import com.unboundid.ldap.sdk.LDAPConnectionPool;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.LDAPSearchException;
import com.unboundid.ldap.sdk.LDAPURL;
import com.unboundid.ldap.sdk.ResultCode;
import com.unboundid.ldap.sdk.SearchRequest;
import com.unboundid.ldap.sdk.SearchResult;
import com.unboundid.ldap.sdk.SearchResultEntry;
import com.unboundid.ldap.sdk.SearchScope;
import com.unboundid.ldap.sdk.SimpleBindRequest;
import com.unboundid.ldap.sdk.StartTLSPostConnectProcessor;
import com.unboundid.util.ssl.SSLUtil;
import com.unboundid.util.ssl.TrustAllTrustManager;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.SocketFactory;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;
import org.postrider.maps.Fold;
import org.postrider.maps.Table;
import org.postrider.maps.TableException;
import org.postrider.maps.Tables;

/// `ldap:` tables (ldap_table(5)) over the UnboundID SDK, an optional jar.
public final class LdapTable implements Table, AutoCloseable {
    private final String name;
    private final TableSettings settings;
    private final QueryText text;
    private final String base;
    private final String filter;
    private final SearchScope scope;
    private final List<String> results;
    private final List<String> special;
    private final List<String> leaves;
    private final List<String> terminals;
    private final int recursionLimit;
    private final int sizeLimit;
    private final int seconds;
    private final AtomicReference<@Nullable LDAPConnectionPool> pool = new AtomicReference<>();
    private volatile boolean closed;

    public LdapTable(String name, TableSettings settings, Tables tables) {
        this.name = name;
        this.settings = settings;
        text = new QueryText(name, settings, tables);
        base = settings.text("search_base", "");
        filter = settings.text("query_filter", "(mailacceptinggeneralid=%s)");
        scope =
                switch (settings.text("scope", "sub").toLowerCase(Locale.ROOT)) {
                    case "base" -> SearchScope.BASE;
                    case "one" -> SearchScope.ONE;
                    default -> SearchScope.SUB;
                };
        results = settings.words("result_attribute", "maildrop");
        special = settings.words("special_result_attribute", "");
        leaves = settings.words("leaf_result_attribute", "");
        terminals = settings.words("terminal_result_attribute", "");
        recursionLimit = settings.number("recursion_limit", 1000, 1);
        sizeLimit = settings.number("size_limit", 0, 0);
        seconds = settings.number("timeout", 10, 1);
    }

    @Override
    public @Nullable String lookup(String key) {
        String folded = Fold.lower(key);
        if (!text.asked(folded) || folded.isEmpty()) {
            return null;
        }
        String where = QueryText.query(base, folded, LdapTable::inName);
        String what = QueryText.query(filter, folded, part -> Filter.encodeValue(utf8(part)));
        if (where == null || what == null) {
            return null;
        }
        try {
            QueryText.Results found = text.results(folded);
            SearchRequest request = new SearchRequest(utf8(where), scope, utf8(what), wanted());
            request.setSizeLimit(sizeLimit);
            request.setTimeLimitSeconds(seconds);
            collect(entries(search(request)), found, 0);
            return found.text();
        } catch (LDAPSearchException e) {
            if (e.getResultCode() == ResultCode.NO_SUCH_OBJECT) {
                return null;
            }
            throw new TableException(name + ": " + e.getMessage());
        } catch (LDAPException | GeneralSecurityException e) {
            throw new TableException(name + ": " + e.getMessage());
        }
    }

    private static List<SearchResultEntry> entries(SearchResult answer) {
        List<SearchResultEntry> entries = answer.getSearchEntries();
        return entries == null ? List.of() : entries;
    }

    private String[] wanted() {
        List<String> all = new ArrayList<>();
        for (List<String> each : List.of(results, special, leaves, terminals)) {
            for (String attribute : each) {
                all.add(attribute);
            }
        }
        return all.toArray(new String[0]);
    }

    private void collect(List<SearchResultEntry> entries, QueryText.Results found, int depth)
            throws LDAPException, GeneralSecurityException {
        if (depth > recursionLimit) {
            throw new TableException(name + ": recursion limit exceeded");
        }
        for (SearchResultEntry entry : entries) {
            boolean terminal = has(entry, terminals);
            boolean leaf = !terminal && !has(entry, special);
            add(entry, terminals, found);
            if (!terminal) {
                add(entry, results, found);
            }
            if (leaf) {
                add(entry, leaves, found);
            }
            if (!terminal) {
                follow(entry, found, depth);
            }
        }
    }

    private static boolean has(SearchResultEntry entry, List<String> attributes) {
        return attributes.stream().anyMatch(entry::hasAttribute);
    }

    private static void add(
            SearchResultEntry entry, List<String> attributes, QueryText.Results found) {
        for (String each : attributes) {
            Attribute attribute = entry.getAttribute(each);
            if (attribute != null) {
                for (byte[] value : attribute.getValueByteArrays()) {
                    found.add(new String(value, StandardCharsets.ISO_8859_1));
                }
            }
        }
    }

    /// The entries that special attributes name by DN or URL.
    private void follow(SearchResultEntry entry, QueryText.Results found, int depth)
            throws LDAPException, GeneralSecurityException {
        for (String each : special) {
            String[] values = entry.getAttributeValues(each);
            for (String value : values == null ? new String[0] : values) {
                try {
                    SearchRequest next;
                    if (value.startsWith("ldap://")) {
                        LDAPURL url = new LDAPURL(value);
                        next =
                                new SearchRequest(
                                        url.getBaseDN().toString(),
                                        url.getScope(),
                                        url.getFilter(),
                                        wanted());
                    } else {
                        next =
                                new SearchRequest(
                                        value,
                                        SearchScope.BASE,
                                        Filter.createPresenceFilter("objectclass"),
                                        wanted());
                    }
                    collect(entries(search(next)), found, depth + 1);
                } catch (LDAPSearchException e) {
                    if (e.getResultCode() != ResultCode.NO_SUCH_OBJECT) {
                        throw e;
                    }
                }
            }
        }
    }

    private static String utf8(String octets) {
        byte[] raw = octets.getBytes(StandardCharsets.ISO_8859_1);
        return new String(raw, StandardCharsets.UTF_8);
    }

    /// Escapes a part of a distinguished name (RFC 4514).
    private static String inName(String part) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < part.length(); i++) {
            char c = part.charAt(i);
            boolean edge = c == ' ' && (i == 0 || i == part.length() - 1) || c == '#' && i == 0;
            if (edge || ",+\"\\<>;=".indexOf(c) >= 0) {
                out.append('\\');
            }
            out.append(c);
        }
        return out.toString();
    }

    /// On a connection that is kept; once the table is closed, on one for this search only.
    private SearchResult search(SearchRequest request)
            throws LDAPException, GeneralSecurityException {
        if (!closed) {
            LDAPConnectionPool kept = connections();
            try {
                return kept.search(request);
            } catch (LDAPSearchException e) {
                if (!kept.isClosed()) {
                    throw e;
                }
            }
        }
        try (LDAPConnectionPool once = connect()) {
            return once.search(request);
        }
    }

    private LDAPConnectionPool connections() throws LDAPException, GeneralSecurityException {
        LDAPConnectionPool open = pool.get();
        if (open != null) {
            return open;
        }
        LDAPConnectionPool made = connect();
        if (pool.compareAndSet(null, made)) {
            if (closed) {
                close();
            }
            return made;
        }
        made.close();
        return connections();
    }

    private LDAPConnectionPool connect() throws LDAPException, GeneralSecurityException {
        List<String> hosts = new ArrayList<>();
        List<Integer> ports = new ArrayList<>();
        boolean tls = false;
        int port = settings.number("server_port", 389, 1);
        for (String each : settings.words("server_host", "localhost")) {
            if (each.contains("://")) {
                LDAPURL url = new LDAPURL(each);
                tls |= url.getScheme().equals("ldaps");
                hosts.add(url.getHost());
                ports.add(url.getPort());
            } else {
                int colon = each.lastIndexOf(':');
                hosts.add(colon < 0 ? each : each.substring(0, colon));
                ports.add(colon < 0 ? port : Integer.parseInt(each.substring(colon + 1)));
            }
        }
        LDAPConnectionOptions options = new LDAPConnectionOptions();
        options.setConnectTimeoutMillis(1000 * seconds);
        options.setResponseTimeoutMillis(1000L * seconds);
        int[] numbers = ports.stream().mapToInt(Integer::intValue).toArray();
        SocketFactory sockets = tls ? secure() : SocketFactory.getDefault();
        FailoverServerSet servers =
                new FailoverServerSet(hosts.toArray(new String[0]), numbers, sockets, options);
        return new LDAPConnectionPool(
                servers,
                bind(),
                0,
                10,
                settings.bool("start_tls", false)
                        ? new StartTLSPostConnectProcessor(secure())
                        : null);
    }

    private SSLSocketFactory secure() throws GeneralSecurityException {
        boolean verified = settings.bool("tls_require_cert", false);
        return (verified ? new SSLUtil() : new SSLUtil(new TrustAllTrustManager()))
                .createSSLSocketFactory();
    }

    private @Nullable BindRequest bind() {
        String how = settings.text("bind", "yes").toLowerCase(Locale.ROOT);
        if (how.equals("no") || how.equals("none")) {
            return null;
        }
        return new SimpleBindRequest(settings.text("bind_dn", ""), settings.text("bind_pw", ""));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void close() {
        closed = true;
        LDAPConnectionPool open = pool.getAndSet(null);
        if (open != null) {
            open.close();
        }
    }
}
