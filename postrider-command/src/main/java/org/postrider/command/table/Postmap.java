package org.postrider.command.table;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.command.CommandException;
import org.postrider.command.Messages;
import org.postrider.command.OctetOut;
import org.postrider.command.OctetPath;
import org.postrider.command.Octets;
import org.postrider.command.Options;
import org.postrider.command.Terminal;
import org.postrider.command.ToolConfig;
import org.postrider.command.Utf8;
import org.postrider.config.ConfigException;
import org.postrider.config.Reason;
import org.postrider.config.ServiceSettings;
import org.postrider.disk.Reading;
import org.postrider.maps.Listed;
import org.postrider.maps.Opening;
import org.postrider.maps.SourceText;
import org.postrider.maps.Table;
import org.postrider.maps.TableDirectory;
import org.postrider.maps.TableException;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;

/// `postmap` and `postalias`: ask tables (`-q`), list them (`-s`), take keys out (`-d`), add to
/// them (`-i`) or make their index (postmap(1) of Postfix 3.12).
public final class Postmap {
    /// What was asked for.
    ///
    /// @param flags the letters given
    record Request(String flags, @Nullable String query, @Nullable String delete) {
        boolean has(char flag) {
            return flags.indexOf(flag) >= 0;
        }
    }

    private final String program;
    private final boolean aliases;
    private final Terminal terminal;
    private final Messages say;

    private static final String TEXTHASH = "texthash:";

    /// Those that were read otherwise than they are used.
    private final Map<String, Map<String, String>> texthashes = new HashMap<>();

    /// Keys and values are UTF-8 or not taken.
    private boolean utf8;

    public Postmap(String program, Terminal terminal) {
        this.program = program;
        this.aliases = program.equals("postalias");
        this.terminal = terminal;
        say = new Messages(program, terminal.err());
    }

    /// @return 0 for done; 1 where no key was found, for a bad request or a table that fails
    public int run(String[] args) {
        String known = aliases ? "c:d:fijnNopq:rsuUvw" : "bc:d:fFhijmnNopq:rsuUvw";
        Options options = new Options(program, known, args, terminal.err());
        String directory = null;
        String query = null;
        String delete = null;
        char mode = 0;
        StringBuilder flags = new StringBuilder();
        try {
            for (char c = options.next(); c != 0; c = options.next()) {
                if ("diqs".indexOf(c) >= 0 && mode != 0) {
                    throw new CommandException(1, "specify only one of -d -i -q or -s");
                }
                mode = "diqs".indexOf(c) >= 0 ? c : mode;
                switch (c) {
                    case 'c' -> directory = options.argument();
                    case 'q' -> query = options.argument();
                    case 'd' -> delete = options.argument();
                    case '?' -> throw new CommandException(1, usage());
                    default -> flags.append(c);
                }
            }
            Request request = new Request(flags.toString(), query, delete);
            if (request.has('j') && mode != 'q' && mode != 's') {
                throw new CommandException(1, "option -j requires -q or -s");
            }
            ServiceSettings settings =
                    ToolConfig.settings(
                            program, 1, ToolConfig.directory(directory, terminal), terminal);
            message(request);
            if (options.rest().length == 0) {
                if (mode == 's') {
                    return 1;
                }
                throw new CommandException(1, usage());
            }
            return act(options.rest(), request, settings);
        } catch (CommandException | TableException | ConfigException e) {
            say.fatal(String.valueOf(e.getMessage()));
            return 1;
        } catch (IOException e) {
            String file = e instanceof FileSystemException f ? f.getFile() + ": " : "";
            say.fatal(file + Reason.of(e));
            return 1;
        }
    }

    /// Header and body lines are those of a message on standard input.
    private void message(Request request) {
        boolean any = request.has('b') || request.has('h') || request.has('m');
        if (any && !"-".equals(request.query())) {
            throw new CommandException(1, "specify -b -h or -m only with \"-q -\"");
        }
        if (request.has('m') && !request.has('b') && !request.has('h')) {
            say.warning("ignoring -m option without -b or -h");
        }
    }

    private String usage() {
        return "usage: "
                + program
                + (aliases ? " [-Nfinoprsuvw]" : " [-bfFhimnNoprsuUvw]")
                + " [-c config_dir] [-d key] [-q key] [map_type:]file...";
    }

    private int act(String[] names, Request request, ServiceSettings settings) throws IOException {
        // A file that is quite new is read again after a second; its faults are not said again.
        Set<String> said = new HashSet<>();
        Opening opening =
                new Opening(
                        Clock.system(),
                        Supervisor.alone(),
                        settings::text,
                        warning -> {
                            if (said.add(warning)) {
                                say.warning(warning);
                            }
                        });
        OctetOut out = new OctetOut(terminal.out());
        utf8 =
                request.has('U')
                        || !request.has('u')
                                && "yes".equalsIgnoreCase(settings.text("smtputf8_enable"));
        int status;
        try (TableDirectory tables = new TableDirectory(opening)) {
            if (request.query() != null) {
                String[] typed =
                        Arrays.stream(names).map(n -> typed(n, settings)).toArray(String[]::new);
                status = query(typed, request, tables, out) ? 0 : 1;
            } else if (request.has('s')) {
                String first = typed(names[0], settings);
                Map<String, String> texthash = texthash(first, request);
                if (texthash == null) {
                    list(first, tables.open(first), request, out);
                } else {
                    pairs(first, texthash.entrySet(), request, out);
                }
                status = 0;
            } else {
                TableWriter writer = new TableWriter(aliases, utf8, opening, say);
                status = 0;
                String delete = request.delete();
                if (delete != null) {
                    List<String> keys = delete.equals("-") ? lines() : List.of(delete);
                    int found = 0;
                    for (String name : names) {
                        found += writer.delete(name, keys, request);
                    }
                    status = found > 0 ? 0 : 1;
                } else {
                    for (String name : names) {
                        String added = request.has('i') ? everything() : null;
                        writer.write(name, added, request);
                    }
                }
            }
        }
        out.flush();
        return status;
    }

    /// With its type, whether that was named or not.
    private static String typed(String name, ServiceSettings settings) {
        return name.indexOf(':') >= 0 ? name : settings.text("default_database_type") + ":" + name;
    }

    private String everything() throws IOException {
        return new String(terminal.in().readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    private List<String> lines() throws IOException {
        InputStream in = new BufferedInputStream(terminal.in());
        List<String> out = new ArrayList<>();
        for (String line = Octets.line(in); line != null; line = Octets.line(in)) {
            out.add(line);
        }
        return out;
    }

    private boolean query(String[] names, Request request, TableDirectory tables, OctetOut out)
            throws IOException {
        String key = String.valueOf(request.query());
        if (!key.equals("-")) {
            String value = first(key, names, request, tables);
            if (value == null) {
                return false;
            }
            if (request.has('j')) {
                pair(out, key, value, request);
            } else {
                out.text(value).octet('\n');
            }
            return true;
        }
        boolean header = request.has('h');
        boolean body = request.has('b');
        List<String> keys =
                header || body ? MessageKeys.of(lines(), header, body, request.has('m')) : lines();
        boolean found = false;
        for (String each : keys) {
            String value = first(each, names, request, tables);
            if (value != null) {
                pair(out, each, value, request);
                found = true;
            }
        }
        return found;
    }

    private void pair(OctetOut out, String key, String value, Request request) throws IOException {
        if (request.has('j')) {
            out.octet('{').json(key).text(": ").json(value).text("}\n");
        } else {
            out.text(key).text(aliases ? ":\t" : "\t").text(value).octet('\n');
        }
    }

    private @Nullable String first(
            String key, String[] names, Request request, TableDirectory tables) throws IOException {
        for (String name : names) {
            Map<String, String> texthash = texthash(name, request);
            Table table = texthash == null ? tables.open(name) : null;
            if (utf8 && !Utf8.valid(key)) {
                say.warning(
                        name
                                + ": non-UTF-8 key \""
                                + Utf8.shown(key)
                                + "\": malformed UTF-8 or invalid codepoint");
                continue;
            }
            String value =
                    texthash != null
                            ? texthash.get(TableWriter.folded(key, request, utf8))
                            : asked(table, key, request);
            if (value != null && value.isEmpty()) {
                say.warning(
                        "table " + name + ": key " + key + ": empty string result is not allowed");
                say.warning("table " + name + " should return NO RESULT in case of NOT FOUND");
            }
            if (value != null) {
                String shown = request.has('F') ? decoded(name, key, value) : value;
                if (shown == null) {
                    throw new TableException("table " + shown(name) + ": query error");
                }
                return shown;
            }
        }
        return null;
    }

    private static @Nullable String asked(@Nullable Table table, String key, Request request) {
        if (table == null) {
            return null;
        }
        String value = table.lookup(key);
        return request.has('f') && table instanceof Listed listed ? listed.lookupExact(key) : value;
    }

    /// Padded, as Postfix's are.
    private static String whole(String base64) {
        if (base64.length() % 4 != 0) {
            throw new IllegalArgumentException("not padded");
        }
        return base64;
    }

    /// The contents of files: an index holds them as BASE64, other tables name the files.
    ///
    /// @return null for a value that is no BASE64, which is said
    private @Nullable String decoded(String table, String key, String value) throws IOException {
        String type = table.substring(0, Math.max(0, table.indexOf(':')));
        if (!Set.of("hash", "btree", "dbm", "cdb", "lmdb", "texthash", "").contains(type)) {
            return new String(
                    Base64.getDecoder().decode(named(table, type, value)),
                    StandardCharsets.ISO_8859_1);
        }
        try {
            return new String(
                    Base64.getDecoder().decode(whole(value)), StandardCharsets.ISO_8859_1);
        } catch (IllegalArgumentException e) {
            String shown = shown(table);
            say.warning("table " + shown + ": key " + key + ": malformed BASE64 value: " + value);
            return null;
        }
    }

    private static String named(String table, String type, String value) throws UnreadException {
        try {
            return fileContents(value);
        } catch (UnreadException e) {
            throw type.equals("inline")
                    ? new UnreadException(
                            e.getMessage()
                                    + ": \""
                                    + table
                                    + "\"; need \"inline:{name=filename...}\"")
                    : e;
        }
    }

    /// How messages name an index.
    private static String shown(String table) {
        String type = table.substring(0, Math.max(0, table.indexOf(':')));
        return table + (type.equals("lmdb") ? "" : type.equals("cdb") ? ".cdb" : ".db");
    }

    /// A table of the type texthash that is to be read otherwise than it is used: keys not folded
    /// (`-f`), silent on duplicates (`-w`) or taking the last (`-r`), files in place of their names
    /// (`-F`).
    private @Nullable Map<String, String> texthash(String name, Request request)
            throws IOException {
        boolean otherwise =
                request.has('f') || request.has('w') || request.has('r') || request.has('F');
        if (!name.startsWith(TEXTHASH) || !otherwise) {
            return null;
        }
        Map<String, String> known = texthashes.get(name);
        if (known == null) {
            known = readTexthash(name.substring(TEXTHASH.length()), request);
            texthashes.put(name, known);
        }
        return known;
    }

    private Map<String, String> readTexthash(String file, Request request) throws IOException {
        Map<String, String> out = new HashMap<>();
        String text;
        try {
            text = Reading.text(OctetPath.of(file), Reading.table());
        } catch (IOException e) {
            throw new CommandException(1, "open database " + file + ": " + Reason.of(e));
        }
        SourceText.texthash(
                file,
                text,
                say::warning,
                entry -> {
                    String where = file + ", line " + entry.line() + ": ";
                    String key = TableWriter.folded(entry.key(), request, utf8);
                    String value = entry.value();
                    try {
                        value = request.has('F') ? fileContents(value) : value;
                    } catch (UnreadException e) {
                        say.warning(where + e.getMessage() + ": skipping this entry");
                        return;
                    }
                    if (request.has('r')) {
                        out.put(key, value);
                    } else if (out.putIfAbsent(key, value) != null && !request.has('w')) {
                        say.warning(where + "duplicate entry: \"" + entry.key() + "\"");
                    }
                });
        return out;
    }

    /// Whether a lookup only opens what this machine has, and no connection.
    private static boolean opens(String name) {
        String type = name.substring(0, Math.max(0, name.indexOf(':')));
        boolean members = name.startsWith(type + ":{");
        return switch (type) {
            case "ldap", "mysql", "pgsql", "sqlite", "mongodb", "memcache", "tcp", "socketmap" ->
                    false;
            case "pipemap", "unionmap" -> !members;
            default -> true;
        };
    }

    private void list(String name, Table table, Request request, OctetOut out) throws IOException {
        if (name.startsWith("internal:")) {
            return;
        }
        if (name.startsWith("fail:")) {
            throw new TableException("table " + name + ": sequence error: Application error");
        }
        if (name.startsWith("proxy:")) {
            throw new TableException("can't sequence maps via the proxy service");
        }
        if (!(table instanceof Listed listed)) {
            if (opens(name)) {
                // It says what is wrong with it.
                table.lookup("x");
            }
            throw new TableException("table " + name + ": sequence operation is not supported");
        }
        List<Map.Entry<String, String>> all = new ArrayList<>();
        try {
            listed.each((key, value) -> all.add(Map.entry(key, value)));
        } catch (TableException e) {
            String why = String.valueOf(e.getMessage());
            throw why.endsWith("sequence operation is not supported")
                    ? new TableException("table " + name + ": sequence operation is not supported")
                    : e;
        }
        pairs(name, all, request, out);
    }

    private void pairs(
            String name, Collection<Map.Entry<String, String>> all, Request request, OctetOut out)
            throws IOException {
        for (Map.Entry<String, String> each : all) {
            String key = each.getKey();
            String value = request.has('F') ? decoded(name, key, each.getValue()) : each.getValue();
            if (value != null) {
                pair(out, key, value, request);
            }
        }
    }

    /// A value that names no files, or one that cannot be read; the message says which.
    static final class UnreadException extends IOException {
        private static final long serialVersionUID = 1;

        private UnreadException(String why) {
            super(why);
        }
    }

    /// The octets of the files that a value names, a newline between them, as BASE64 (`-F`).
    static String fileContents(String value) throws UnreadException {
        List<String> read = new ArrayList<>();
        for (String file : value.split("[,\\s]+", -1)) {
            if (!file.isEmpty()) {
                try {
                    read.add(Reading.text(OctetPath.of(file), Reading.SHORT));
                } catch (IOException e) {
                    throw new UnreadException("open " + file + ": " + Reason.of(e));
                }
            }
        }
        if (read.isEmpty()) {
            throw new UnreadException("empty pathname list: >>" + value + "<<'");
        }
        String out = String.join("\n", read);
        return Base64.getEncoder().encodeToString(out.getBytes(StandardCharsets.ISO_8859_1));
    }
}
