package org.postrider.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Settings over one main.cf, the catalogue's defaults, what the host provides, and the `-o`
/// overrides of one service. Immutable but for the cache of parsed values; any thread.
public final class ServiceSettings implements Settings {
    private final MainCf mainCf;
    private final Catalogue catalogue;
    private final Map<String, String> host;
    private final Map<String, String> overrides;
    private final @Nullable Place overriding;
    private final Map<Param<?>, Object> parsed = new ConcurrentHashMap<>();
    private final Expansion expansion = new Expansion(this::unexpanded);

    private ServiceSettings(
            MainCf mainCf,
            Catalogue catalogue,
            Map<String, String> host,
            Map<String, String> overrides,
            @Nullable Place overriding) {
        this.mainCf = mainCf;
        this.catalogue = catalogue;
        this.host = host;
        this.overrides = overrides;
        this.overriding = overriding;
    }

    /// @param host values that the machine provides: see [HostFacts]
    public static ServiceSettings of(MainCf mainCf, Catalogue catalogue, Map<String, String> host) {
        Map<String, String> facts = new HashMap<>(host);
        Path directory = mainCf.file().toAbsolutePath().getParent();
        facts.put("config_directory", directory == null ? "/" : directory.toString());
        return new ServiceSettings(mainCf, catalogue, Map.copyOf(facts), Map.of(), null);
    }

    /// Defaults only.
    public static ServiceSettings none() {
        return of(MainCf.parse(Path.of("/etc/postfix/main.cf"), ""), Catalogue.load(), Map.of());
    }

    @Override
    public ServiceSettings with(Map<String, String> more) {
        return more.isEmpty() ? this : with(more, overriding);
    }

    private ServiceSettings with(Map<String, String> more, @Nullable Place where) {
        Map<String, String> all = new HashMap<>(overrides);
        all.putAll(more);
        return new ServiceSettings(mainCf, catalogue, host, Map.copyOf(all), where);
    }

    /// What a service of master.cf sees: its `-o` settings over these, its name and its program's.
    public ServiceSettings service(MasterCf masterCf, ServiceLine line) {
        Map<String, String> own = new HashMap<>(line.overrides());
        own.putIfAbsent("service_name", line.name());
        own.putIfAbsent("process_name", line.program());
        return with(own, new Place(masterCf.file(), line.line()));
    }

    public MainCf mainCf() {
        return mainCf;
    }

    public Catalogue catalogue() {
        return catalogue;
    }

    @Override
    @SuppressWarnings("unchecked")
    public <T> T get(Param<T> param) {
        Object value = parsed.get(param);
        if (value == null) {
            value = parse(param, param.name(), raw(param));
            parsed.put(param, value);
        }
        return (T) value;
    }

    private String raw(Param<?> param) {
        String set = explicit(param.name());
        return set != null ? set : param.defaultText();
    }

    private <T> T parse(Param<T> param, String name, String raw) {
        try {
            T value = param.parse(param.type() == Param.Type.RAW ? raw : expansion.expand(raw));
            checkBounds(param, value);
            return value;
        } catch (ConfigException e) {
            String where = origin(name);
            throw new ConfigException(
                    (where == null ? "" : where + ": ")
                            + "bad parameter "
                            + name
                            + ": "
                            + e.getMessage());
        }
    }

    /// What is wrong with the value of a boolean, a number or a time of the catalogue, with its
    /// file and line; null for a value that can be read, and for any other kind of name.
    public @Nullable String fault(String name) {
        Catalogue.Known known = catalogue.known(name);
        Catalogue.Known found = known == null ? catalogue.own(name) : known;
        Param<?> param = found == null ? null : found.param();
        String set = explicit(name);
        if (param == null || set == null) {
            return null;
        }
        try {
            parse(param, name, set);
            return null;
        } catch (ConfigException e) {
            return e.getMessage();
        }
    }

    private static void checkBounds(Param<?> param, Object value) {
        long n =
                value instanceof Duration time
                        ? time.toSeconds()
                        : value instanceof Number number ? number.longValue() : param.lowest();
        if (n < param.lowest()) {
            throw new ConfigException("too small: " + n + " < " + param.lowest());
        }
        if (param.highest() > 0 && n > param.highest()) {
            throw new ConfigException("too large: " + n + " > " + param.highest());
        }
    }

    @Override
    public @Nullable String text(String name) {
        String raw = unexpanded(name);
        return raw == null ? null : expansion.expand(raw);
    }

    @Override
    public <T> T perTransport(String transport, String suffix, Param<T> fallback) {
        String name = transport + suffix;
        String set = explicit(name);
        return set == null ? get(fallback) : parse(fallback, name, set);
    }

    @Override
    public String expand(String text) {
        return expansion.expand(text);
    }

    @Override
    public java.util.List<String> references(String text) {
        return Expansion.references(text);
    }

    @Override
    public @Nullable String origin(String name) {
        Place place = place(name);
        return place == null ? null : place.toString();
    }

    /// Where a name is set; null for a default, and for what a caller set by itself.
    public @Nullable Place place(String name) {
        if (overrides.containsKey(name)) {
            return overriding;
        }
        MainCf.Entry entry = mainCf.entries().get(name);
        return entry == null ? null : new Place(mainCf.file(), entry.line());
    }

    @Override
    public boolean configured(String name) {
        if (!overrides.containsKey(name) && !mainCf.entries().containsKey(name)) {
            return false;
        }
        Catalogue.Known known = catalogue.known(name);
        try {
            String set = String.valueOf(text(name));
            return known == null
                    ? !set.isEmpty()
                    : !known.means(set, expansion.expand(known.defaultText()));
        } catch (ConfigException e) {
            // A value that cannot be read is none of the defaults.
            return true;
        }
    }

    @Override
    public String configDirectory() {
        String directory = host.get("config_directory");
        return directory == null ? "/" : directory;
    }

    /// As it stands in master.cf, main.cf, the host's facts or the catalogue.
    public @Nullable String unexpanded(String name) {
        String set = explicit(name);
        if (set != null) {
            return set;
        }
        Catalogue.Known known = catalogue.known(name);
        return known == null ? null : known.defaultText();
    }

    private @Nullable String explicit(String name) {
        String set = overrides.get(name);
        if (set != null) {
            return set;
        }
        MainCf.Entry entry = mainCf.entries().get(name);
        return entry != null ? entry.value() : host.get(name);
    }
}
