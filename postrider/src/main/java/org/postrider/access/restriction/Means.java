package org.postrider.access.restriction;

import java.net.InetAddress;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.postrider.access.Access;
import org.postrider.access.AccessParams;
import org.postrider.access.Capabilities;
import org.postrider.access.PolicyServices;
import org.postrider.config.Settings;
import org.postrider.dns.Resolver;
import org.postrider.dnsbl.DnsLists;
import org.postrider.maps.NetworkList;
import org.postrider.maps.Tables;
import org.postrider.rewrite.RewriteService;
import org.postrider.verify.VerifyService;

/// What restrictions are made with: each takes from here what it needs, when it is made. Any
/// thread.
public final class Means {
    private final Settings settings;
    private final Tables tables;
    private final RewriteService rewrite;
    private final Access.Asked asked;
    private final Set<InetAddress> own;
    private final Capabilities capabilities;
    private final Map<Class<?>, Object> shared = new ConcurrentHashMap<>();

    /// @param own the machine's addresses (inet_interfaces)
    public Means(
            Settings settings,
            Tables tables,
            RewriteService rewrite,
            Access.Asked asked,
            Set<InetAddress> own,
            Capabilities capabilities) {
        this.settings = settings;
        this.tables = tables;
        this.rewrite = rewrite;
        this.asked = asked;
        this.own = own;
        this.capabilities = capabilities;
    }

    public Settings settings() {
        return settings;
    }

    public Tables tables() {
        return tables;
    }

    public RewriteService rewrite() {
        return rewrite;
    }

    /// Null if there is none to ask.
    public @Nullable Resolver dns() {
        DnsLists lists = asked.dns();
        return lists == null ? null : lists.resolver();
    }

    /// Connections to policy servers; null if none is to be asked.
    public @Nullable PolicyServices policies() {
        return asked.policies();
    }

    /// Sockets are looked up below the queue directory.
    public boolean chrooted() {
        return asked.chrooted();
    }

    /// The services that verify addresses.
    public VerifyService.Directory verifiers() {
        return asked.verifiers();
    }

    /// The machine's addresses.
    public Set<InetAddress> own() {
        return own;
    }

    public Capabilities capabilities() {
        return capabilities;
    }

    /// mynetworks
    public NetworkList networks() {
        return shared(
                NetworkList.class,
                m -> NetworkList.of(m.settings, AccessParams.MYNETWORKS, m.tables));
    }

    /// What several restrictions use is made once, for the first of them.
    public <T> T shared(Class<T> type, Function<Means, T> maker) {
        Object known = shared.get(type);
        if (known == null) {
            known = maker.apply(this);
            shared.put(type, known);
        }
        return type.cast(known);
    }
}
