package org.postrider.access.restriction;

import java.net.InetAddress;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.postrider.access.AccessParams;
import org.postrider.access.Capabilities;
import org.postrider.config.Settings;
import org.postrider.dns.Resolver;
import org.postrider.maps.NetworkList;
import org.postrider.maps.Tables;
import org.postrider.rewrite.RewriteService;

/// What restrictions are made with: each takes from here what it needs, when it is made. Any
/// thread.
public final class Means {
    private final Settings settings;
    private final Tables tables;
    private final RewriteService rewrite;
    private final @Nullable Resolver dns;
    private final Set<InetAddress> own;
    private final Capabilities capabilities;
    private final Map<Class<?>, Object> shared = new ConcurrentHashMap<>();

    /// @param dns null: restrictions on names in DNS say nothing
    /// @param own the machine's addresses (inet_interfaces)
    public Means(
            Settings settings,
            Tables tables,
            RewriteService rewrite,
            @Nullable Resolver dns,
            Set<InetAddress> own,
            Capabilities capabilities) {
        this.settings = settings;
        this.tables = tables;
        this.rewrite = rewrite;
        this.dns = dns;
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
        return dns;
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
