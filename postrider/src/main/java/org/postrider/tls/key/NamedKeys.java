package org.postrider.tls.key;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ConfigException;
import org.postrider.config.Values;
import org.postrider.maps.Table;
import org.postrider.maps.TableException;
import org.postrider.time.Clock;

/// Keys by the name that a client asks for (tls_server_sni_maps): the name itself, then its parents
/// with a dot before them. A value is names of PEM files, or their contents as `postmap -F` stores
/// them (base64). Any thread.
public final class NamedKeys {
    private static final int MOST_KEPT = 1_000;

    private final Table table;
    private final Consumer<String> warnings;
    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, KeyFiles> read =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, KeyFiles> eldest) {
                    return size() > MOST_KEPT;
                }
            };

    public NamedKeys(Table table, Consumer<String> warnings, Clock clock) {
        this.table = table;
        this.warnings = warnings;
        this.clock = clock;
    }

    /// A host name of letters, digits, `-` and `_`, labels up to 63 and at most 255 octets in all.
    public static boolean valid(String name) {
        if (name.length() > 255 || name.endsWith(".")) {
            return false;
        }
        for (String label : name.split("\\.", -1)) {
            boolean good =
                    !label.isEmpty()
                            && label.length() <= 63
                            && !label.startsWith("-")
                            && !label.endsWith("-");
            for (int i = 0; good && i < label.length(); i++) {
                char c = label.charAt(i);
                boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
                good = letter || c >= '0' && c <= '9' || c == '-' || c == '_';
            }
            if (!good) {
                return false;
            }
        }
        return true;
    }

    /// Null if the table has none.
    ///
    /// @throws ConfigException if the table cannot answer, or its answer cannot be used
    public @Nullable List<KeyAndChain> of(String name) {
        String value = null;
        try {
            for (int at = 0; value == null && at >= 0; at = name.indexOf('.', at + 1)) {
                value = table.lookup(name.substring(at));
            }
        } catch (TableException e) {
            throw new ConfigException(table.name() + " lookup error: " + e.getMessage());
        }
        return value == null ? null : files(value).now();
    }

    private KeyFiles files(String value) {
        lock.lock();
        try {
            KeyFiles known = read.get(value);
            if (known == null) {
                known = opened(value);
                read.put(value, known);
            }
            return known;
        } finally {
            lock.unlock();
        }
    }

    private KeyFiles opened(String value) {
        String pem = decoded(value);
        if (pem != null) {
            return new KeyFiles(List.of(), () -> Pem.chains(pem, table.name()), warnings, clock);
        }
        List<Path> files = Values.words(value).stream().map(Path::of).toList();
        return new KeyFiles(files, () -> Pem.chains(files), warnings, clock);
    }

    private static @Nullable String decoded(String value) {
        try {
            byte[] octets = Base64.getDecoder().decode(value.strip());
            String text = new String(octets, StandardCharsets.ISO_8859_1);
            return text.contains("-----BEGIN ") ? text : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
