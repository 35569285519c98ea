package org.postrider.tls;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.config.Param;
import org.postrider.config.Settings;
import org.postrider.maps.AddressMaps;
import org.postrider.maps.Fold;
import org.postrider.maps.ParentDomains;
import org.postrider.maps.Table;
import org.postrider.maps.TableException;
import org.postrider.maps.Tables;

/// How much of TLS is logged with one peer: what the tables have for its name, or else for its
/// address (smtp_tls_loglevel_maps and its like, Postfix 3.12), and where they have nothing, the
/// level of all. It changes nothing but the log, so a table that cannot answer is said and stands
/// in no mail's way. Immutable; any thread.
public final class TlsLogLevels {
    private static final String LEAVE = "DUNNO";

    private final String parameter;
    private final int all;
    private final List<Table> tables;
    private final boolean parentMatches;
    private final Consumer<String> warnings;

    /// @param parameter that names the tables
    /// @param all the level of whom no table has
    /// @param warnings get what is odd, now and later
    public static TlsLogLevels of(
            Settings settings,
            Param<List<String>> parameter,
            int all,
            Tables tables,
            Consumer<String> warnings) {
        List<String> words = settings.get(parameter);
        return new TlsLogLevels(
                parameter.name(),
                all,
                words.stream()
                        .map(word -> AddressMaps.titled(parameter.name(), tables.open(word)))
                        .toList(),
                !words.isEmpty() && ParentDomains.match(settings, tables, parameter.name()),
                warnings);
    }

    /// One level for all.
    public static TlsLogLevels all(int level) {
        return new TlsLogLevels("", level, List.of(), false, warning -> {});
    }

    private TlsLogLevels(
            String parameter,
            int all,
            List<Table> tables,
            boolean parentMatches,
            Consumer<String> warnings) {
        this.parameter = parameter;
        this.all = all;
        this.tables = tables;
        this.parentMatches = parentMatches;
        this.warnings = warnings;
    }

    /// The level of whom no table has.
    public int ofAll() {
        return all;
    }

    /// A number from 0 on.
    ///
    /// @param name of the peer, of an internationalized domain the A-labels; empty where it is not
    ///   known
    /// @param address as it is logged, or the path of a UNIX socket
    public int of(String name, String address) {
        if (tables.isEmpty()) {
            return all;
        }
        try {
            String found = name.isEmpty() ? null : byName(Fold.lower(name));
            if (found == null) {
                found = byAddress(address);
            }
            return found == null || found.strip().equalsIgnoreCase(LEAVE)
                    ? all
                    : TlsLogLevel.of(parameter, found, warnings);
        } catch (TableException e) {
            warnings.accept(parameter + ": " + e.getMessage());
            return all;
        }
    }

    private @Nullable String byName(String name) {
        String found = ask(name, true);
        for (int dot = name.indexOf('.', 1); found == null && dot >= 0; ) {
            String parent = name.substring(parentMatches ? dot + 1 : dot);
            found = parent.isEmpty() ? null : ask(parent, false);
            dot = name.indexOf('.', dot + 1);
        }
        return found;
    }

    private @Nullable String byAddress(String address) {
        String found = ask(address, true);
        char part = address.indexOf(':') >= 0 ? ':' : '.';
        String net = address.startsWith("/") ? "" : address;
        while (found == null && net.lastIndexOf(part) > 0) {
            net = net.substring(0, net.lastIndexOf(part));
            found = ask(net, false);
        }
        return found;
    }

    /// Tables of patterns are asked for the whole alone.
    private @Nullable String ask(String key, boolean whole) {
        for (Table table : tables) {
            String found = whole || !table.patterned() ? AddressMaps.one(table, key) : null;
            if (found != null) {
                return found;
            }
        }
        return null;
    }
}
