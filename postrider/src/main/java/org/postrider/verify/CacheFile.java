package org.postrider.verify;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
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
    private static final Path PROCESS = Path.of("/proc/self");
    private static final long LARGEST_LMDB = 1L << 30;
    private static final int LONGEST_LMDB_KEY = 500;

    private final String spec;
    private final String type;
    private final Path base;
    private final Opening opening;

    private CacheFile(String spec, Opening opening) {
        check(spec);
        this.spec = place(direct(spec), opening.settings(), opening.warnings());
        this.opening = opening;
        type = type(this.spec);
        base = Path.of(this.spec.substring(type.length() + 1));
    }

    static String direct(String spec) {
        return spec.startsWith("proxy:") ? spec.substring("proxy:".length()) : spec;
    }

    /// Where it is: what is in a directory of others, who could put something else in its place, is
    /// in data_directory instead, under its own name.
    ///
    /// @param direct `type:name`, without `proxy:`
    /// @param settings the text of a parameter
    static String place(
            String direct, Function<String, @Nullable String> settings, Consumer<String> warnings) {
        String type = type(direct);
        if (!TYPES.contains(type)) {
            return direct;
        }
        Path file = Path.of(direct.substring(type.length() + 1));
        Path directory = file.toAbsolutePath().getParent();
        Path name = file.getFileName();
        String data = settings.apply("data_directory");
        String owner = String.valueOf(settings.apply("mail_owner"));
        if (directory == null
                || name == null
                || data == null
                || directory.equals(Path.of(data).toAbsolutePath())
                || ours(directory, owner)) {
            return direct;
        }
        warnings.accept(
                "request to update table "
                        + direct
                        + " in non-"
                        + owner
                        + " directory "
                        + directory);
        warnings.accept("redirecting the request to " + owner + "-owned data_directory " + data);
        return type + ":" + Path.of(data).resolve(name);
    }

    /// It is mail_owner's, or that of this process, which is not root's. One that is not there is
    /// nobody's: it cannot be written there.
    private static boolean ours(Path directory, String owner) {
        try {
            int uid = (Integer) Files.getAttribute(directory, "unix:uid");
            return (uid != 0 && uid == (Integer) Files.getAttribute(PROCESS, "unix:uid"))
                    || Files.getOwner(directory).getName().equals(owner);
        } catch (IOException e) {
            return Files.notExists(directory);
        }
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
        boolean lmdb = IndexWriter.type(type, opening).equals("lmdb");
        // Longer keys that file cannot hold: they are remembered until the end of the server.
        writer().create(
                        lmdb
                                ? entries.stream()
                                        .filter(e -> e.getKey().length() <= LONGEST_LMDB_KEY)
                                        .toList()
                                : entries,
                        false);
    }
}
