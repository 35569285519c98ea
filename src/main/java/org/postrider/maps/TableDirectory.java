package org.postrider.maps;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.postrider.config.Values;
import org.postrider.time.Clock;

/// Opens tables by `type:name` and shares them. Lookups never see a half-read file: a changed one
/// is read whole and swapped.
public final class TableDirectory implements Tables {
    private final Clock clock;
    private final String defaultType;
    private final Map<String, Table> open = new ConcurrentHashMap<>();

    /// @param defaultType what a name without `type:` gets (default_database_type)
    public TableDirectory(Clock clock, String defaultType) {
        this.clock = clock;
        this.defaultType = defaultType;
    }

    @Override
    public Table open(String typeAndName) {
        Table known = open.get(typeAndName);
        if (known != null) {
            return known;
        }
        Table made = make(typeAndName.strip());
        Table raced = open.putIfAbsent(typeAndName, made);
        return raced == null ? made : raced;
    }

    @Override
    public Table chain(List<String> typesAndNames) {
        List<Table> tables = new ArrayList<>();
        for (String each : typesAndNames) {
            tables.add(open(each));
        }
        return tables.size() == 1 ? tables.getFirst() : new Chain(tables);
    }

    private Table make(String spec) {
        int colon = spec.indexOf(':');
        String type = colon < 0 ? defaultType : spec.substring(0, colon);
        String name = colon < 0 ? spec : spec.substring(colon + 1);
        try {
            return switch (type) {
                case "texthash", "hash", "btree", "lmdb", "cdb", "dbm" ->
                        new FileTable(spec, name, clock, TextHash::read);
                case "cidr" -> patterns(spec, name, CidrTable::read);
                case "regexp", "pcre" ->
                        patterns(spec, name, lines -> PatternTable.read(spec, lines));
                case "inline" -> inline(spec, name);
                case "static" -> new Static(spec, unbraced(name));
                case "fail" -> new Failing(spec, "error looking up " + spec);
                case "environ" -> new Environ(spec);
                case "internal" -> new Inline(spec, Map.of());
                case "proxy" -> open(name);
                case "unionmap", "pipemap", "randmap" -> composed(spec, type, name);
                default -> new Failing(spec, "unsupported dictionary type: " + type);
            };
        } catch (IllegalArgumentException e) {
            return new Failing(spec, spec + ": " + e.getMessage());
        }
    }

    /// `cidr:/file`, or `cidr:{{rule}, {rule}}` with each group as a line.
    private Table patterns(String spec, String name, FileTable.Reader reader) {
        if (!name.startsWith("{")) {
            return new FileTable(spec, name, clock, reader);
        }
        StringBuilder lines = new StringBuilder();
        for (String word : Values.words(unbraced(name))) {
            lines.append(unbraced(word)).append('\n');
        }
        Table inner = reader.read(lines.toString());
        return new Fixed(spec, inner);
    }

    private static Table inline(String spec, String name) {
        Map<String, String> values = new java.util.HashMap<>();
        for (String word : Values.words(unbraced(name))) {
            String pair = unbraced(word);
            int equals = pair.indexOf('=');
            if (equals <= 0) {
                throw new IllegalArgumentException("missing '=' after attribute name");
            }
            values.put(
                    Fold.lower(pair.substring(0, equals).strip()),
                    pair.substring(equals + 1).strip());
        }
        return new Inline(spec, values);
    }

    private Table composed(String spec, String type, String name) {
        List<String> words = Values.words(unbraced(name));
        if (type.equals("randmap")) {
            return new Rand(spec, words);
        }
        List<Table> parts = new ArrayList<>();
        for (String word : words) {
            parts.add(open(unbraced(word)));
        }
        return type.equals("unionmap") ? new Union(spec, parts) : new Pipe(spec, parts);
    }

    static String unbraced(String text) {
        String t = text.strip();
        return t.length() >= 2 && t.startsWith("{") && t.endsWith("}")
                ? t.substring(1, t.length() - 1).strip()
                : t;
    }

    private record Chain(List<Table> tables) implements Table {
        @Override
        public @Nullable String lookup(String key) {
            for (Table table : tables) {
                String found = table.lookup(key);
                if (found != null) {
                    return found;
                }
            }
            return null;
        }

        @Override
        public String name() {
            return tables.isEmpty() ? "" : tables.getFirst().name();
        }
    }

    private record Static(String name, String value) implements Table {
        @Override
        public String lookup(String key) {
            return value;
        }
    }

    private record Failing(String name, String why) implements Table {
        @Override
        public @Nullable String lookup(String key) {
            throw new TableException(why);
        }
    }

    private record Environ(String name) implements Table {
        @Override
        public @Nullable String lookup(String key) {
            return System.getenv(key);
        }
    }

    private record Inline(String name, Map<String, String> values) implements Table {
        @Override
        public @Nullable String lookup(String key) {
            return values.get(Fold.lower(key));
        }
    }

    private record Fixed(String name, Table inner) implements Table {
        @Override
        public @Nullable String lookup(String key) {
            return inner.lookup(key);
        }

        @Override
        public boolean patterned() {
            return true;
        }
    }

    private record Rand(String name, List<String> values) implements Table {
        @Override
        public String lookup(String key) {
            int n = java.util.concurrent.ThreadLocalRandom.current().nextInt(values.size());
            return values.get(n);
        }
    }

    private record Union(String name, List<Table> parts) implements Table {
        @Override
        public @Nullable String lookup(String key) {
            StringBuilder out = new StringBuilder();
            for (Table part : parts) {
                String found = part.lookup(key);
                if (found != null) {
                    out.append(out.isEmpty() ? "" : ",").append(found);
                }
            }
            return out.isEmpty() ? null : out.toString();
        }
    }

    private record Pipe(String name, List<Table> parts) implements Table {
        @Override
        public @Nullable String lookup(String key) {
            String value = key;
            for (Table part : parts) {
                value = part.lookup(value);
                if (value == null) {
                    return null;
                }
            }
            return value;
        }
    }
}
