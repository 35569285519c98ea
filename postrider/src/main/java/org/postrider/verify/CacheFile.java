package org.postrider.verify;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ConfigException;
import org.postrider.maps.IndexWriter;
import org.postrider.maps.Listed;
import org.postrider.maps.Opening;
import org.postrider.maps.TableDirectory;

/// The table that address_verify_map names, read and written as a whole (docs/internals/verify.md).
///
/// **Crash**: a cdb file is written beside, forced and renamed over the old one, an lmdb file
/// changes in one transaction: there is the one or the other.
final class CacheFile {
    private static final Set<String> TYPES = Set.of("btree", "hash", "dbm", "lmdb", "cdb");
    private static final long LARGEST_LMDB = 1L << 30;

    private final String spec;
    private final String type;
    private final Path base;
    private final Opening opening;

    private CacheFile(String spec, Opening opening) {
        check(spec);
        this.spec = direct(spec);
        this.opening = opening;
        type = type(this.spec);
        base = Path.of(this.spec.substring(type.length() + 1));
    }

    private static String direct(String spec) {
        return spec.startsWith("proxy:") ? spec.substring("proxy:".length()) : spec;
    }

    private static String type(String direct) {
        return direct.substring(0, Math.max(0, direct.indexOf(':')));
    }

    private static boolean inMemory(String spec) {
        return spec.isEmpty() || spec.startsWith("internal:");
    }

    /// @throws ConfigException for a table that cannot be written
    static void check(String spec) {
        if (!inMemory(spec) && !TYPES.contains(type(direct(spec)))) {
            throw new ConfigException(
                    "address_verify_map = "
                            + spec
                            + ": addresses are remembered in tables of btree, hash, dbm, lmdb and"
                            + " cdb");
        }
    }

    /// @param spec address_verify_map
    /// @return null where nothing outlives the mail system
    /// @throws ConfigException for a table that cannot be written
    static @Nullable CacheFile of(String spec, Opening opening) {
        return inMemory(spec) ? null : new CacheFile(spec, opening);
    }

    private IndexWriter writer() {
        return new IndexWriter(IndexWriter.type(type, opening), base, LARGEST_LMDB);
    }

    /// What is written.
    Path file() {
        return writer().file();
    }

    /// Reads what was written last, by this server or by Postfix: the newest of their files.
    ///
    /// @throws org.postrider.maps.TableException where it cannot be read, or there is none
    void load(BiConsumer<String, String> each) {
        TableDirectory tables = new TableDirectory(opening);
        try (tables) {
            if (tables.open(spec) instanceof Listed listed) {
                listed.each(each);
            }
        }
    }

    /// In the place of what was there.
    void save(List<Map.Entry<String, String>> entries) throws IOException {
        writer().create(entries, false);
    }
}
