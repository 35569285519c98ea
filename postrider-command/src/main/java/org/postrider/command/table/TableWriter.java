package org.postrider.command.table;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.command.CommandException;
import org.postrider.command.Messages;
import org.postrider.command.OctetPath;
import org.postrider.command.Utf8;
import org.postrider.config.Reason;
import org.postrider.disk.Reading;
import org.postrider.maps.Fold;
import org.postrider.maps.IndexWriter;
import org.postrider.maps.Listed;
import org.postrider.maps.Opening;
import org.postrider.maps.SourceText;
import org.postrider.maps.TableDirectory;
import org.postrider.maps.TableTypes;

/// Makes and changes the index of a table for `postmap` and `postalias`.
final class TableWriter {
    private static final String MAP_SIZE = "lmdb_map_size";
    private static final String UPDATE = "update";

    private static final Set<String> CHANGEABLE =
            Set.of("hash", "btree", "dbm", "lmdb", "cdb", "internal", "static", "environ", "fail");

    private final boolean aliases;
    private final boolean utf8;
    private final Opening opening;
    private final Messages say;

    TableWriter(boolean aliases, boolean utf8, Opening opening, Messages say) {
        this.aliases = aliases;
        this.utf8 = utf8;
        this.opening = opening;
        this.say = say;
    }

    /// A table to write: the type named and the type that is written for it.
    private record Target(String type, String written, Path base) {
        /// Written whole although its type could be changed in place.
        boolean rewritten() {
            return written.equals("cdb") && !type.equals("cdb");
        }
    }

    /// @param changes what is done to a table that there is; empty for one that is made
    private Target target(String name, String changes) throws IOException {
        int colon = name.indexOf(':');
        String type =
                colon < 0
                        ? String.valueOf(opening.settings().apply("default_database_type"))
                        : name.substring(0, colon);
        Path base = OctetPath.of(colon < 0 ? name : name.substring(colon + 1));
        boolean made = changes.isEmpty();
        if (!TableTypes.names().contains(type)) {
            String what = made ? "unsupported map type: " : "unsupported dictionary type: ";
            throw new CommandException(1, what + type);
        }
        String written = IndexWriter.type(type, opening);
        boolean index = written.equals("cdb") || written.equals("lmdb");
        if (made && type.equals("fail")) {
            source(base);
            throw new CommandException(1, "table " + name + ": write error: Application error");
        }
        if (made && !index) {
            throw new CommandException(1, "no 'map create' support for this type: " + type);
        }
        if (!CHANGEABLE.contains(type)) {
            throw new CommandException(1, name + " map requires O_RDONLY access mode");
        }
        if (!index && !type.equals("internal")) {
            boolean added = type.equals("fail") && changes.equals(UPDATE);
            String what = added ? "write" : changes;
            String why =
                    type.equals("fail")
                            ? " error: Application error"
                            : " operation is not supported";
            throw new CommandException(1, "table " + name + ": " + what + why);
        }
        return new Target(type, written, base);
    }

    private IndexWriter index(Target target, Postmap.Request request) {
        String size = opening.settings().apply(MAP_SIZE);
        IndexWriter index =
                new IndexWriter(
                        target.written(),
                        target.base(),
                        size == null ? 16_777_216 : Long.parseLong(size));
        // The last of the two counts.
        int last = Math.max(request.flags().lastIndexOf('n'), request.flags().lastIndexOf('N'));
        if (last >= 0) {
            index.end(request.flags().charAt(last) == 'N');
        }
        return index;
    }

    /// @param added what to add to the table, null to make it anew from its source
    void write(String name, @Nullable String added, Postmap.Request request) throws IOException {
        Target target = target(name, added == null ? "" : UPDATE);
        if (added != null && target.type().equals("cdb")) {
            throw new CommandException(1, "unsupported non-bulk change request");
        }
        IndexWriter index = index(target, request);
        String text = added == null ? source(target.base()) : added;
        String from = added == null ? target.base().toString() : "stdin";
        if (added == null || !Files.exists(index.file())) {
            owners(target, from, request);
        }
        Map<String, String> entries = new LinkedHashMap<>();
        if (added != null && Files.exists(index.file())) {
            listed(name, entries);
        }
        String shown = shown(target);
        Consumer<SourceText.Entry> each =
                e -> {
                    if (utf8 && !Utf8.valid(e.key() + e.value())) {
                        say.warning(
                                target.base()
                                        + ", line "
                                        + e.line()
                                        + ": non-UTF-8 input \""
                                        + Utf8.shown(e.key() + " " + e.value())
                                        + "\" -- ignoring this line");
                        return;
                    }
                    String key = folded(e.key(), request, utf8);
                    String value = value(from, e, request);
                    if (value == null) {
                        return;
                    }
                    if (request.has('r')) {
                        entries.put(key, value);
                    } else if (entries.putIfAbsent(key, value) != null && !request.has('w')) {
                        say.warning(shown + ": duplicate entry: \"" + key + "\"");
                    }
                };
        if (aliases) {
            SourceText.aliases(from, text, say::warning, each);
        } else {
            SourceText.pairs(from, text, say::warning, each);
        }
        if (aliases && added == null) {
            entries.put("@", "@");
            entries.put("YP_LAST_MODIFIED", Long.toString(opening.clock().wallMillis() / 1000));
            entries.put("YP_MASTER_NAME", String.valueOf(opening.settings().apply("myhostname")));
        }
        List<Map.Entry<String, String>> all = new ArrayList<>(entries.entrySet());
        if (target.type().equals("btree")) {
            all.sort(Map.Entry.comparingByKey());
        }
        boolean anew = added == null || target.rewritten();
        try {
            if (anew) {
                index.create(all, !request.has('p'));
            } else {
                index.update(all);
            }
        } catch (FileSystemException e) {
            throw notWritten(e);
        }
        if (anew) {
            old(target, index);
        }
    }

    /// Says that who owns the directory could put another file in the place of root's.
    private void owners(Target target, String from, Postmap.Request request) throws IOException {
        Path parent = target.base().getParent();
        Path directory = parent == null ? Path.of(".") : parent;
        boolean fromRoot = from.equals("stdin") || uid(target.base()) == 0;
        if (!request.has('o') && fromRoot && uid(Path.of("/proc/self")) == 0) {
            if (Files.exists(directory) && uid(directory) != 0) {
                String files = target.base() + ".*";
                say.warning(
                        "Creating root-owned database file(s) "
                                + files
                                + " in non-root-owned directory "
                                + directory
                                + ". Files "
                                + from
                                + ", "
                                + files
                                + ", and directory "
                                + directory
                                + " should have the same owner. Please fix ownership to avoid a"
                                + " privilege-escalation attack.");
            }
        }
    }

    private static int uid(Path file) throws IOException {
        return ((Number) Files.getAttribute(file, "unix:uid")).intValue();
    }

    /// In Postfix's words, with the file that could not be made, or not be put in its place.
    private static CommandException notWritten(FileSystemException e) {
        String what =
                e.getOtherFile() == null
                        ? "open database " + e.getFile()
                        : "rename database from " + e.getFile() + " to " + e.getOtherFile();
        return new CommandException(1, what + ": " + Reason.of(e));
    }

    /// An index of Berkeley DB that another Postfix made is not written, and does not answer any
    /// more: whoever looks for it should know.
    private void old(Target target, IndexWriter index) {
        Path db = target.base().resolveSibling(target.base().getFileName() + ".db");
        if (!target.type().equals(target.written()) && Files.exists(db)) {
            say.warning(
                    db
                            + " is left as it was and answers no longer: "
                            + index.file()
                            + " is written and read instead; remove "
                            + db);
        }
    }

    private @Nullable String value(String from, SourceText.Entry e, Postmap.Request request) {
        if (!request.has('F')) {
            return e.value();
        }
        try {
            return Postmap.fileContents(e.value());
        } catch (Postmap.UnreadException fault) {
            say.warning(
                    from
                            + ", line "
                            + e.line()
                            + ": "
                            + fault.getMessage()
                            + ": skipping this entry");
            return null;
        }
    }

    /// How warnings name the table that is written.
    private static String shown(Target target) {
        return switch (target.type()) {
            case "hash", "btree", "dbm" -> target.base() + ".db";
            case "lmdb" -> "lmdb:" + target.base();
            default -> target.base().toString();
        };
    }

    private static String source(Path base) throws IOException {
        try {
            return Reading.text(base, Reading.table());
        } catch (IOException e) {
            String why =
                    base.toString().isEmpty()
                            ? "open : No such file or directory"
                            : Files.isDirectory(base)
                                    ? "read " + base + ": Is a directory"
                                    : "open " + base + ": " + Reason.of(e);
            throw new CommandException(1, why);
        }
    }

    private void listed(String name, Map<String, String> entries) {
        try (TableDirectory tables = new TableDirectory(opening)) {
            if (tables.open(name) instanceof Listed listed) {
                listed.each(entries::put);
            }
        }
    }

    /// @return how many of the keys were there
    int delete(String name, List<String> keys, Postmap.Request request) throws IOException {
        Target target = target(name, "delete");
        if (target.type().equals("internal")) {
            return 0;
        }
        if (target.type().equals("cdb")) {
            throw new CommandException(1, "unsupported non-bulk change request");
        }
        List<String> folded = new ArrayList<>();
        for (String key : keys) {
            folded.add(folded(key, request, utf8));
        }
        if (!target.rewritten()) {
            return index(target, request).delete(folded);
        }
        Map<String, String> entries = new LinkedHashMap<>();
        listed(name, entries);
        int before = entries.size();
        folded.forEach(entries::remove);
        int found = before - entries.size();
        if (found > 0) {
            index(target, request).create(List.copyOf(entries.entrySet()), false);
        }
        return found;
    }

    /// As a key stands in a table.
    ///
    /// @param utf8 letters of all scripts are folded
    static String folded(String key, Postmap.Request request, boolean utf8) {
        return request.has('f') ? key : utf8 ? Fold.lower(key) : Fold.ascii(key);
    }
}
