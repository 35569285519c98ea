package org.postrider.maps.composed;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.config.Values;
import org.postrider.maps.AddressMaps;
import org.postrider.maps.Table;
import org.postrider.maps.TableException;
import org.postrider.maps.Tables;

/// Tables made of other tables: `unionmap`, `pipemap`, `debug`, a list asked in order; and
/// `randmap`, which is written like them. The first part says whether parts of keys are asked for.
public final class JoinedTables {
    private JoinedTables() {}

    /// @param parts asked in order; the first that has the key answers
    public static Table chain(List<Table> parts) {
        return new Chain(parts);
    }

    /// `debug:type:name` (Postfix 3.11): says each lookup and its answer.
    public static Table debugged(String name, Table inner, Consumer<String> say) {
        return new Debugged(name, inner, say);
    }

    /// `unionmap`, `pipemap` and `randmap`.
    ///
    /// @param tables opens the parts
    /// @throws IllegalArgumentException what is wrong with the name or with a part
    public static Table open(String spec, String type, String name, Tables tables) {
        String need = type.equals("randmap") ? "value" : "type:name";
        List<String> words = Values.words(Braces.name(spec, type, need, name));
        if (type.equals("randmap") && !words.isEmpty()) {
            return new Rand(spec, words);
        }
        if (words.isEmpty() || !words.stream().allMatch(word -> word.contains(":"))) {
            throw Braces.badSyntax(spec, type, need);
        }
        List<Table> parts = new ArrayList<>();
        for (String word : words) {
            Table part = tables.open(word);
            if (part instanceof Unopened bad) {
                throw new IllegalArgumentException(bad.why());
            }
            parts.add(part);
        }
        return type.equals("unionmap") ? new Union(spec, parts) : new Pipe(spec, parts);
    }

    private record Chain(List<Table> tables) implements Table {
        @Override
        public @Nullable String lookup(String key) {
            for (Table table : tables) {
                String found = AddressMaps.one(table, key);
                if (found != null) {
                    return found;
                }
            }
            return null;
        }

        @Override
        public boolean patterned() {
            return tables.size() == 1 && tables.getFirst().patterned();
        }

        @Override
        public String name() {
            return tables.isEmpty() ? "" : tables.getFirst().name();
        }
    }

    private record Rand(String name, List<String> values) implements Table {
        @Override
        public String lookup(String key) {
            int n = ThreadLocalRandom.current().nextInt(values.size());
            return values.get(n);
        }
    }

    /// [Table#lookup] or [Table#lookupWhole].
    private interface Asking {
        @Nullable String of(Table table, String key);
    }

    private record Union(String name, List<Table> parts) implements Table {
        @Override
        public @Nullable String lookup(String key) {
            return joined(key, Table::lookup);
        }

        @Override
        public @Nullable String lookupWhole(String key) {
            return joined(key, Table::lookupWhole);
        }

        private @Nullable String joined(String key, Asking asking) {
            StringBuilder out = new StringBuilder();
            for (Table part : parts) {
                String found = asked(part, key, asking);
                if (found != null) {
                    out.append(out.isEmpty() ? "" : ",").append(found);
                }
            }
            return out.isEmpty() ? null : out.toString();
        }

        @Override
        public boolean patterned() {
            return parts.getFirst().patterned();
        }

        private @Nullable String asked(Table part, String key, Asking asking) {
            try {
                return asking.of(part, key);
            } catch (TableException e) {
                throw failed(name, e);
            }
        }
    }

    private record Pipe(String name, List<Table> parts) implements Table {
        @Override
        public @Nullable String lookup(String key) {
            return last(key, Table::lookup);
        }

        @Override
        public @Nullable String lookupWhole(String key) {
            return last(key, Table::lookupWhole);
        }

        private @Nullable String last(String key, Asking asking) {
            String value = key;
            try {
                for (Table part : parts) {
                    value = asking.of(part, value);
                    if (value == null) {
                        return null;
                    }
                }
                return value;
            } catch (TableException e) {
                throw failed(name, e);
            }
        }

        @Override
        public boolean patterned() {
            return parts.getFirst().patterned();
        }
    }

    private record Debugged(String name, Table inner, Consumer<String> say) implements Table {
        @Override
        public @Nullable String lookup(String key) {
            return told(key, Table::lookup);
        }

        @Override
        public @Nullable String lookupWhole(String key) {
            return told(key, Table::lookupWhole);
        }

        private @Nullable String told(String key, Asking asking) {
            try {
                String found = asking.of(inner, key);
                say.accept(
                        inner.name()
                                + " lookup: \""
                                + key
                                + "\" = "
                                + (found == null ? "(not found)" : "\"" + found + "\""));
                return found;
            } catch (TableException e) {
                say.accept(inner.name() + " lookup: \"" + key + "\" = (error)");
                throw e;
            }
        }

        @Override
        public boolean patterned() {
            return inner.patterned();
        }
    }

    /// A part that fails by rule fails the whole by the whole's name.
    private static TableException failed(String whole, TableException part) {
        String why = String.valueOf(part.getMessage());
        int at = why.indexOf(": query error: ");
        return at < 0 ? part : TableException.byRule("table " + whole + why.substring(at));
    }
}
