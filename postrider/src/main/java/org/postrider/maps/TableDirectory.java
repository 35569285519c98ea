package org.postrider.maps;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.postrider.config.Values;
import org.postrider.disk.Reading;
import org.postrider.maps.composed.Braces;
import org.postrider.maps.composed.FixedTables;
import org.postrider.maps.composed.InlineTable;
import org.postrider.maps.composed.JoinedTables;
import org.postrider.maps.composed.Unopened;
import org.postrider.maps.file.FileTable;
import org.postrider.maps.file.IndexFiles;
import org.postrider.maps.file.LogicalLines;
import org.postrider.maps.file.TextHash;
import org.postrider.maps.pattern.CidrTable;
import org.postrider.maps.pattern.PatternTable;
import org.postrider.maps.remote.LdapTable;
import org.postrider.maps.remote.MemcacheTable;
import org.postrider.maps.remote.SocketmapTable;
import org.postrider.maps.remote.SqlTable;
import org.postrider.maps.remote.TableSettings;
import org.postrider.maps.remote.TcpTable;
import org.postrider.maps.remote.UnixTable;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;

/// Opens tables by `type:name` and shares them. Lookups never see a half-read file: a changed one
/// is read whole and swapped.
public final class TableDirectory implements Tables, AutoCloseable {
    private final Opening opening;
    private final Map<String, Table> own;
    private final Map<String, Table> open = new ConcurrentHashMap<>();
    private volatile boolean closed;

    public TableDirectory(Opening opening) {
        this(opening, Map.of());
    }

    /// @param own tables of the program that embeds the server, by `type:name`; nobody closes them
    public TableDirectory(Opening opening, Map<String, Table> own) {
        this.opening = opening;
        this.own = Map.copyOf(own);
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
        Table known = open.getOrDefault(typeAndName, own.get(typeAndName.strip()));
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
            case "inline" -> InlineTable.read(spec, name);
            case "internal" -> new InlineTable(spec, Map.of());
            case "static" -> FixedTables.one(spec, name);
            case "fail" -> FixedTables.failing(spec);
            case "environ" ->
                    FixedTables.environment(spec, opening.setting("import_environment", ""));
            case "non-existent" -> FixedTables.unread(spec, name);
            case "unix" -> UnixTable.open(spec, name);
            case "unionmap", "pipemap", "randmap" -> JoinedTables.open(spec, type, name, this);
            case "debug" -> JoinedTables.debugged(spec, open(name), opening.warnings());
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
                        return reader.read(Reading.text(file, Reading.table()));
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
        // Its warnings name it by its rules, and whoever asks it by its type, too.
        return switch (rules(type, name, lines)) {
            case CidrTable(_, var all) -> new CidrTable(spec, all);
            case PatternTable(_, var all, int groups) -> new PatternTable(spec, all, groups);
            case Table other -> other;
        };
    }

    private Table rules(String type, String name, List<LogicalLines.Line> lines) {
        return type.equals("cidr")
                ? CidrTable.read(name, lines, opening.warnings())
                : PatternTable.read(type, name, lines, opening);
    }
}
