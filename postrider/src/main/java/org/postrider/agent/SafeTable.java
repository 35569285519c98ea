package org.postrider.agent;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.maps.AddressMaps;
import org.postrider.maps.Table;
import org.postrider.maps.TableException;
import org.postrider.maps.Tables;

/// A table that names commands, files, users and transports: what it answers is nobody's but the
/// administrator's. Tables without authentication are not asked for commands, and no answer holds a
/// part of the name that was asked for.
public final class SafeTable implements Table {
    private static final Set<String> ANYBODYS = Set.of("tcp:", "socketmap:");
    private static final Set<String> PATTERNS = Set.of("regexp:", "pcre:");
    private static final Set<String> SIMPLE = Set.of("regexp:", "pcre:", "proxy:");

    private final Table table;
    private final @Nullable String fault;

    /// @param commands it may answer with commands and files
    public SafeTable(Tables tables, String spec, boolean commands) {
        String plain = spec;
        while (plain.startsWith("proxy:")) {
            plain = plain.substring("proxy:".length());
        }
        table = tables.open(plain);
        fault = fault(plain, commands);
    }

    private static @Nullable String fault(String spec, boolean commands) {
        if (commands && ANYBODYS.stream().anyMatch(spec::contains)) {
            return "open dictionary: " + spec + ": not allowed for security sensitive data";
        }
        // what is made of other tables does not say which rule answered
        return SIMPLE.stream().noneMatch(spec::startsWith)
                        && PATTERNS.stream().anyMatch(spec::contains)
                ? spec + ": regular expression substitution cannot be ruled out in it"
                : null;
    }

    @Override
    public @Nullable Path source() {
        return table.source();
    }

    /// Null if it has no answer.
    ///
    /// @throws TableException when it cannot answer, or must not
    @Override
    public @Nullable String lookup(String key) {
        if (fault != null) {
            throw new TableException(fault);
        }
        return table.lookupWhole(key);
    }

    @Override
    public String name() {
        return table.name();
    }

    @Override
    public boolean patterned() {
        return table.patterned();
    }

    /// All that are opened are such tables.
    public static Tables among(Tables tables, boolean commands) {
        return new Tables() {
            @Override
            public Table open(String typeAndName) {
                return new SafeTable(tables, typeAndName, commands);
            }

            @Override
            public Table chain(List<String> typesAndNames) {
                throw new UnsupportedOperationException("each is asked by itself");
            }
        };
    }

    /// The first answer of several, in their order.
    ///
    /// @param title the parameter that names them
    /// @throws TableException when one cannot answer
    public static @Nullable String first(String title, List<SafeTable> tables, String key) {
        for (SafeTable each : tables) {
            try {
                String found =
                        AddressMaps.answer(AddressMaps.titled(title, each), key, each.lookup(key));
                if (found != null) {
                    return found;
                }
            } catch (TableException e) {
                throw e.asked(each.table, key);
            }
        }
        return null;
    }
}
