package org.postrider.maps;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.postrider.config.Values;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;

/// Opens tables by `type:name` and shares them. Lookups never see a half-read file: a changed one
/// is read whole and swapped.
public final class TableDirectory implements Tables, AutoCloseable {
    private final Opening opening;
    private final Map<String, Table> open = new ConcurrentHashMap<>();
    private volatile boolean closed;

    public TableDirectory(Opening opening) {
        this.opening = opening;
    }

    /// Without settings and warnings.
    ///
    /// @param defaultType what a name without `type:` gets (default_database_type)
    public TableDirectory(Clock clock, String defaultType) {
        this(
                new Opening(
                        clock,
                        Supervisor.alone(),
                        name -> name.equals("default_database_type") ? defaultType : null,
                        warning -> {}));
    }

    @Override
    public Table open(String typeAndName) {
        Table known = open.get(typeAndName);
        if (known != null) {
            return known;
        }
        Table made = make(typeAndName.strip());
        Table raced = open.putIfAbsent(typeAndName, made);
        if (closed) {
            close(made);
        }
        return raced == null ? made : raced;
    }

    @Override
    public Table chain(List<String> typesAndNames) {
        List<Table> tables = new ArrayList<>();
        for (String each : typesAndNames) {
            tables.add(open(each));
        }
        return new Chain(tables);
    }

    /// Gives back what tables hold outside of the heap, for good: one that is asked again, or
    /// opened after this, opens a connection for each question and keeps none.
    @Override
    public void close() {
        closed = true;
        open.values().forEach(TableDirectory::close);
    }

    private static void close(Table table) {
        if (table instanceof AutoCloseable closeable) {
            try {
                closeable.close();
            } catch (Exception e) {
                throw new IllegalStateException(table.name(), e);
            }
        }
    }

    private Table make(String spec) {
        int colon = spec.indexOf(':');
        String type =
                colon < 0
                        ? opening.setting("default_database_type", "hash")
                        : spec.substring(0, colon);
        String name = colon < 0 ? spec : spec.substring(colon + 1);
        if (name.isEmpty()) {
            return new Unopened(
                    spec,
                    "open dictionary: expecting \"type:name\" form instead of \"" + spec + "\"");
        }
        try {
            return type.equals("proxy") ? open(name) : made(spec, type, name);
        } catch (IllegalArgumentException e) {
            return new Unopened(spec, String.valueOf(e.getMessage()));
        } catch (NoClassDefFoundError e) {
            return new Unopened(spec, spec + ": add the jar com.unboundid:unboundid-ldapsdk");
        }
    }

    private Table made(String spec, String type, String name) {
        if (IndexFiles.indexed(type)) {
            return IndexFiles.open(spec, type, name, opening);
        }
        return switch (type) {
            case "texthash" ->
                    file(
                            spec,
                            name,
                            "open database ",
                            false,
                            text -> TextHash.read(name, text, opening.warnings()));
            case "cidr", "regexp", "pcre" -> ruled(spec, type, name);
            case "inline" -> inline(spec, name);
            case "static" -> new Static(spec, value(name));
            case "fail" -> new Failing(spec, "table " + spec + ": query error: Application error");
            case "environ" ->
                    new Environ(spec, Values.words(opening.setting("import_environment", "")));
            case "non-existent" -> new Unread(spec, name);
            case "internal" -> new Inline(spec, Map.of());
            case "unix" -> UnixTable.open(spec, name);
            case "unionmap", "pipemap", "randmap" -> composed(spec, type, name);
            case "debug" -> new Debugged(spec, open(name), opening.warnings());
            case "tcp" -> new TcpTable(spec, name);
            case "socketmap" -> new SocketmapTable(spec, name, socketmapReply());
            case "memcache" -> new MemcacheTable(spec, TableSettings.of(type, name, opening), this);
            case "mysql" -> sql(spec, SqlTable.Dialect.MYSQL, type, name);
            case "pgsql" -> sql(spec, SqlTable.Dialect.PGSQL, type, name);
            case "sqlite" -> sql(spec, SqlTable.Dialect.SQLITE, type, name);
            case "ldap" -> new LdapTable(spec, TableSettings.of(type, name, opening), this);
            default -> new Unopened(spec, "unsupported dictionary type: " + type);
        };
    }

    private int socketmapReply() {
        return Integer.parseInt(opening.setting("socketmap_max_reply_size", "100000"));
    }

    private Table sql(String spec, SqlTable.Dialect dialect, String type, String name) {
        return new SqlTable(
                spec, dialect, TableSettings.of(type, name, opening), this, opening.clock());
    }

    private interface FromText {
        Table read(String text);
    }

    private Table file(String spec, String name, String verb, boolean patterned, FromText reader) {
        return new FileTable(
                spec,
                opening.clock(),
                patterned,
                new FileTable.Source() {
                    @Override
                    public Path file() {
                        return Path.of(name);
                    }

                    @Override
                    public String opening(Path file) {
                        return verb + file;
                    }

                    @Override
                    public Table read(Path file) throws IOException {
                        return reader.read(Files.readString(file, StandardCharsets.ISO_8859_1));
                    }
                });
    }

    /// `cidr:/file`, or `cidr:{{rule}, {rule}}` with each group as a line.
    private Table ruled(String spec, String type, String name) {
        if (!name.startsWith("{")) {
            return file(
                    spec,
                    name,
                    "open ",
                    true,
                    text -> rules(type, name, LogicalLines.of(name, text, opening.warnings())));
        }
        List<LogicalLines.Line> lines = new ArrayList<>();
        try {
            for (String word : Values.words(Braces.inner(name))) {
                String line = Braces.inner(word);
                if (!line.isEmpty()) {
                    lines.add(new LogicalLines.Line(line, lines.size() + 1));
                }
            }
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(type + " map: " + e.getMessage(), e);
        }
        return rules(type, "inline", lines);
    }

    private Table rules(String type, String name, List<LogicalLines.Line> lines) {
        return type.equals("cidr")
                ? CidrTable.read(name, lines, opening.warnings())
                : PatternTable.read(type, name, lines, opening);
    }

    private static Table inline(String spec, String name) {
        String need = "name=value";
        Map<String, String> values = new HashMap<>();
        for (String word : Values.words(Braces.name(spec, "inline", need, name))) {
            String pair = word.startsWith("{") ? pair(spec, word) : word;
            int equals = pair.indexOf('=');
            String key = equals < 0 ? "" : pair.substring(0, equals).strip();
            if (key.isEmpty() || key.chars().anyMatch(Character::isWhitespace)) {
                throw new IllegalArgumentException(
                        "missing '=' after attribute name: \""
                                + spec
                                + "\"; need \"inline:{name=value...}\"");
            }
            values.put(Fold.lower(key), pair.substring(equals + 1).strip());
        }
        if (values.isEmpty()) {
            throw Braces.badSyntax(spec, "inline", need);
        }
        return new Inline(spec, Map.copyOf(values));
    }

    private static String pair(String spec, String word) {
        try {
            return Braces.inner(word);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "%s: \"%s\"; need \"inline:{name=value...}\"".formatted(e.getMessage(), spec),
                    e);
        }
    }

    /// `static:value`, or `static:{ value with blanks }`.
    private static String value(String name) {
        try {
            return name.startsWith("{") ? Braces.inner(name) : name;
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("bad static:name syntax: " + e.getMessage(), e);
        }
    }

    private Table composed(String spec, String type, String name) {
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
            Table part = open(word);
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

    private record Static(String name, String value) implements Table {
        @Override
        public String lookup(String key) {
            return value;
        }
    }

    private record Failing(String name, String why) implements Table {
        @Override
        public @Nullable String lookup(String key) {
            throw TableException.byRule(why);
        }
    }

    /// A list's file that cannot be read, see [Lists].
    private record Unread(String name, String file) implements Table {
        @Override
        public @Nullable String lookup(String key) {
            String why = Lists.unread(file);
            throw new TableException(
                    name + " is unavailable. " + (why == null ? file + " is there now" : why));
        }
    }

    /// A table that cannot be: what holds it as a part is none either.
    private record Unopened(String name, String why) implements Table {
        @Override
        public @Nullable String lookup(String key) {
            throw TableException.unavailable(name, why);
        }
    }

    /// The environment as import_environment lets it in.
    private record Environ(String name, List<String> imported) implements Table {
        @Override
        public @Nullable String lookup(String key) {
            for (String each : imported) {
                if (each.equals(key)) {
                    return System.getenv(key);
                }
                if (each.startsWith(key + "=")) {
                    return each.substring(key.length() + 1);
                }
            }
            return null;
        }
    }

    private record Inline(String name, Map<String, String> values) implements Table, Listed {
        @Override
        public @Nullable String lookup(String key) {
            return values.get(Fold.lower(key));
        }

        @Override
        public @Nullable String lookupExact(String key) {
            return values.get(key);
        }

        @Override
        public void each(java.util.function.BiConsumer<String, String> visitor) {
            values.forEach(visitor);
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
                String found = asked(part, key);
                if (found != null) {
                    out.append(out.isEmpty() ? "" : ",").append(found);
                }
            }
            return out.isEmpty() ? null : out.toString();
        }

        private @Nullable String asked(Table part, String key) {
            try {
                return part.lookup(key);
            } catch (TableException e) {
                throw failed(name, e);
            }
        }
    }

    /// A part that fails by rule fails the whole by the whole's name.
    private static TableException failed(String whole, TableException part) {
        String why = String.valueOf(part.getMessage());
        int at = why.indexOf(": query error: ");
        return at < 0 ? part : TableException.byRule("table " + whole + why.substring(at));
    }

    private record Pipe(String name, List<Table> parts) implements Table {
        @Override
        public @Nullable String lookup(String key) {
            String value = key;
            try {
                for (Table part : parts) {
                    value = part.lookup(value);
                    if (value == null) {
                        return null;
                    }
                }
                return value;
            } catch (TableException e) {
                throw failed(name, e);
            }
        }
    }

    /// `debug:type:name` (Postfix 3.11): says each lookup and its answer.
    private record Debugged(String name, Table inner, java.util.function.Consumer<String> say)
            implements Table {
        @Override
        public @Nullable String lookup(String key) {
            try {
                String found = inner.lookup(key);
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
}
