package org.postrider.maps.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.config.Values;
import org.postrider.disk.Reading;
import org.postrider.maps.Listed;
import org.postrider.maps.Opening;
import org.postrider.maps.Table;
import org.postrider.maps.TableException;

/// The files behind `hash:`, `btree:`, `dbm:`, `cdb:` and `lmdb:` tables.
///
/// A Berkeley DB file is read and never written: for those types `postmap` writes the type that
/// default_database_type (btree: default_cache_db_type) names, cdb if that is a Berkeley DB type
/// itself (Postfix 3.11's non_bdb_migration_level); the newest of both files answers, and the text
/// source if there is no index.
public final class IndexFiles {
    /// An index this much younger than its source is one that is being made.
    private static final long GRACE_MILLIS = 100_000;

    private static final List<String> BERKELEY = List.of("hash", "btree", "dbm");

    private IndexFiles() {}

    public static boolean indexed(String type) {
        return BERKELEY.contains(type) || type.equals("cdb") || type.equals("lmdb");
    }

    /// The type that `postmap` writes for this one.
    public static String written(String type, Opening opening) {
        if (!BERKELEY.contains(type)) {
            return type;
        }
        String parameter = type.equals("btree") ? "default_cache_db_type" : "default_database_type";
        String wanted = opening.setting(parameter, "cdb");
        return wanted.equals("lmdb") ? "lmdb" : "cdb";
    }

    public static Table open(String spec, String type, String name, Opening opening) {
        Path base = Path.of(name);
        List<Path> candidates = new ArrayList<>();
        if (BERKELEY.contains(type)) {
            candidates.add(beside(base, "db"));
        }
        candidates.add(beside(base, written(type, opening)));
        boolean fallback = BERKELEY.contains(type);
        return new FileTable(
                spec,
                opening.clock(),
                false,
                new FileTable.Source() {
                    @Override
                    public Path file() {
                        return newest(candidates, fallback ? base : candidates.getLast());
                    }

                    @Override
                    public String opening(Path file) {
                        return "open database "
                                + (file.equals(base) ? candidates.getFirst() : file);
                    }

                    @Override
                    public Table read(Path file) throws IOException {
                        return IndexFiles.read(spec, base, file, opening);
                    }
                });
    }

    public static Path beside(Path base, String ending) {
        return base.resolveSibling(base.getFileName() + "." + ending);
    }

    private static Path newest(List<Path> candidates, Path otherwise) {
        Path best = null;
        long when = Long.MIN_VALUE;
        for (Path file : candidates) {
            try {
                long modified = Files.getLastModifiedTime(file).toMillis();
                if (modified >= when) {
                    best = file;
                    when = modified;
                }
            } catch (IOException e) {
                // not there: another one answers
            }
        }
        return best == null ? otherwise : best;
    }

    private static Table read(String spec, Path base, Path file, Opening opening)
            throws IOException {
        Consumer<String> warnings = opening.warnings();
        if (file.equals(base)) {
            String text = Reading.text(file, Reading.table());
            return aliases(base, opening)
                    ? TextHash.aliases(base.toString(), text, warnings)
                    : TextHash.read(base.toString(), text, warnings);
        }
        long made = Files.getLastModifiedTime(file).toMillis();
        if (Files.exists(base)
                && Files.getLastModifiedTime(base).toMillis() > made
                && made < opening.clock().wallMillis() - GRACE_MILLIS) {
            warnings.accept("database " + file + " is older than source file " + base);
        }
        if (file.toString().endsWith(".cdb")) {
            return new Constant(spec, CdbFile.open(file));
        }
        Map<String, String> values = new LinkedHashMap<>();
        BiConsumer<byte[], byte[]> each =
                (k, v) -> values.putIfAbsent(IndexOctets.text(k), IndexOctets.text(v));
        if (file.toString().endsWith(".lmdb")) {
            new Lmdb().each(file, each);
        } else {
            BerkeleyFile.read(file, each);
        }
        return new TextHash(spec, values);
    }

    /// Whether a source file without an index is in the form that postalias reads: alias_maps or
    /// alias_database names it.
    private static boolean aliases(Path base, Opening opening) {
        String all =
                opening.setting("alias_maps", "") + " " + opening.setting("alias_database", "");
        return Values.words(all).stream().anyMatch(word -> word.endsWith(":" + base));
    }

    private record Constant(String name, CdbFile file) implements Table, Listed {
        @Override
        public @Nullable String lookup(String key) {
            return lookupFolded(key);
        }

        @Override
        public @Nullable String lookupExact(String key) {
            byte[] octets = IndexOctets.of(key);
            try {
                byte[] value = file.get(octets);
                if (value == null) {
                    value = file.get(IndexOctets.ended(octets));
                }
                return value == null ? null : IndexOctets.text(IndexOctets.bare(value));
            } catch (IOException e) {
                throw new TableException(String.valueOf(e.getMessage()));
            }
        }

        @Override
        public void each(BiConsumer<String, String> visitor) {
            try {
                file.each((k, v) ->
                        visitor.accept(
                                IndexOctets.text(IndexOctets.bare(k)),
                                IndexOctets.text(IndexOctets.bare(v))));
            } catch (IOException e) {
                throw new TableException(String.valueOf(e.getMessage()));
            }
        }
    }
}
