package org.postrider.command.heard;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.postrider.access.Trace;
import org.postrider.maps.Table;
import org.postrider.maps.TableException;
import org.postrider.maps.Tables;

/// The configuration's tables, each look-up told to who listens: every key in the order in which it
/// is asked for, with what came. Any thread.
///
/// @param ear who listens now; null for nobody
/// @param instead what entries are tried in place of those that are there
/// @param unreadable gets what this user may not read
public record HeardTables(
        Tables tables,
        Supplier<@Nullable Trace> ear,
        Map<Entry, String> instead,
        Set<String> unreadable)
        implements Tables {
    /// One entry of a table.
    ///
    /// @param table `type:name`
    public record Entry(String table, String key) {}

    public static final String NOT_FOUND = "(not found)";

    public static HeardTables of(Tables tables, Supplier<@Nullable Trace> ear) {
        return new HeardTables(tables, ear, Map.of(), new TreeSet<>());
    }

    /// The same tables with other entries.
    public HeardTables with(Map<Entry, String> other, Supplier<@Nullable Trace> whose) {
        return new HeardTables(tables, whose, other, unreadable);
    }

    @Override
    public Table open(String typeAndName) {
        return new Overheard(tables.open(typeAndName), typeAndName.strip(), this);
    }

    private void told(String table, String key, String answer) {
        Trace trace = ear.get();
        if (trace != null) {
            trace.fact(new Trace.Fact(Trace.Kind.TABLE, table, key, answer));
        }
    }

    private void failed(String table, String key, TableException e) {
        String why = String.valueOf(e.getMessage());
        if (why.contains("Permission denied")) {
            unreadable.add(table + ": " + why);
        }
        told(table, key, "(cannot answer: " + why + ")");
    }

    private record Overheard(Table table, String spec, HeardTables to) implements Table {
        private interface Ask {
            @Nullable String of(String key);
        }

        @Override
        public @Nullable String lookup(String key) {
            return asked(key, table::lookup);
        }

        @Override
        public @Nullable String lookupWhole(String key) {
            return asked(key, table::lookupWhole);
        }

        private @Nullable String asked(String key, Ask ask) {
            String tried = to.instead().get(new Entry(spec, key));
            if (tried != null) {
                to.told(spec, key, tried);
                return tried;
            }
            try {
                String found = ask.of(key);
                to.told(spec, key, found == null ? NOT_FOUND : found);
                return found;
            } catch (TableException e) {
                to.failed(spec, key, e);
                throw e;
            }
        }

        @Override
        public @Nullable Path source() {
            return table.source();
        }

        @Override
        public String name() {
            return table.name();
        }

        @Override
        public boolean patterned() {
            return table.patterned();
        }
    }
}
