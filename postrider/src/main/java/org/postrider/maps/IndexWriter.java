package org.postrider.maps;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.AbstractMap.SimpleImmutableEntry;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.disk.ForeignFile;
import org.postrider.disk.RealDisk;
import org.postrider.maps.file.CdbWriter;
import org.postrider.maps.file.IndexFiles;
import org.postrider.maps.file.IndexOctets;
import org.postrider.maps.file.Lmdb;

/// Writes the index of a table (postmap(1)): a cdb file is made beside and renamed over the old
/// one, an lmdb file changes in one transaction. Readers see all of it or none.
public final class IndexWriter {
    private final String type;
    private final Path base;
    private final Path file;
    private final long mapSize;
    private IndexOctets.End end = IndexOctets.End.OF_TYPE;

    /// @param type cdb or lmdb
    /// @param base the source, without ending
    /// @param mapSize lmdb_map_size
    public IndexWriter(String type, Path base, long mapSize) {
        this.type = type;
        this.base = base;
        this.file = IndexFiles.beside(base, type);
        this.mapSize = mapSize;
    }

    /// The type that `postmap` writes for this one: Berkeley DB files are read and never written.
    public static String type(String type, Opening opening) {
        return IndexFiles.written(type, opening);
    }

    /// What is written from now on has an octet 0 behind each key and value, or none, whatever its
    /// type has.
    public void end(boolean zero) {
        end = zero ? IndexOctets.End.ZERO : IndexOctets.End.NONE;
    }

    private byte[] octets(String text) {
        byte[] octets = IndexOctets.of(text);
        return end == IndexOctets.End.ZERO ? IndexOctets.ended(octets) : octets;
    }

    /// The file that is written.
    public Path file() {
        return file;
    }

    /// A table with these entries and no others.
    ///
    /// @param asSource give it the source's read rights and group (`postmap` without `-p`); nobody
    ///   but its owner may write to an index, whoever may to its source
    public void create(List<Map.Entry<String, String>> entries, boolean asSource)
            throws IOException {
        boolean made = Files.notExists(file);
        if (type.equals("cdb")) {
            CdbWriter cdb = new CdbWriter();
            for (Map.Entry<String, String> e : entries) {
                cdb.add(octets(e.getKey()), octets(e.getValue()));
            }
            Path next = IndexFiles.beside(base, "cdb.tmp");
            // A new file each time: who closed the source does not leave its words open here.
            Path like = asSource ? base : made ? null : file;
            Files.deleteIfExists(next);
            try (FileChannel channel =
                    FileChannel.open(
                            next,
                            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                            PosixFilePermissions.asFileAttribute(first(like)))) {
                cdb.writeTo(Channels.newOutputStream(channel));
                channel.force(true);
            }
            rights(next, like);
            Files.move(
                    next,
                    file,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
            return;
        }
        new Lmdb()
                .change(
                        file,
                        mapSize,
                        mode(asSource),
                        new Lmdb.Change(true, nullable(entries), end));
        if (made) {
            rights(file, asSource ? base : null);
        }
    }

    private static List<Map.Entry<String, @Nullable String>> nullable(
            List<Map.Entry<String, String>> entries) {
        List<Map.Entry<String, @Nullable String>> out = new java.util.ArrayList<>();
        for (Map.Entry<String, String> e : entries) {
            out.add(new SimpleImmutableEntry<>(e.getKey(), e.getValue()));
        }
        return out;
    }

    /// Adds to the table or replaces in it.
    ///
    /// @throws IOException for a type that is only written whole (cdb), too
    public void update(List<Map.Entry<String, String>> entries) throws IOException {
        lmdb().change(file, mapSize, mode(false), new Lmdb.Change(false, nullable(entries), end));
    }

    /// @return how many of the keys were there
    public int delete(List<String> keys) throws IOException {
        List<Map.Entry<String, @Nullable String>> gone = new java.util.ArrayList<>();
        for (String key : keys) {
            gone.add(new SimpleImmutableEntry<>(key, null));
        }
        return lmdb().change(file, mapSize, mode(false), new Lmdb.Change(false, gone, end));
    }

    private Lmdb lmdb() throws IOException {
        if (!type.equals("lmdb")) {
            throw new IOException(
                    "dict_cdb_open: inappropriate open flags for cdb database - specify O_RDONLY or"
                            + " O_WRONLY|O_CREAT|O_TRUNC");
        }
        return new Lmdb();
    }

    /// Of a new file: what has its source's rights has nobody's before it has them.
    private static Set<PosixFilePermission> mode(boolean rightsFollow) {
        return PosixFilePermissions.fromString(rightsFollow ? "rw-------" : "rw-r--r--");
    }

    /// The mode to make a file with: its last one where it is the same whose group the file is, so
    /// that nothing is left to set. The process's umask may take from it.
    static Set<PosixFilePermission> first(@Nullable Path like) throws IOException {
        if (like == null || Files.notExists(like)) {
            return mode(like != null);
        }
        Set<PosixFilePermission> last = last(Files.readAttributes(like, PosixFileAttributes.class));
        boolean groupIsNoMatter =
                last.contains(PosixFilePermission.GROUP_READ)
                        == last.contains(PosixFilePermission.OTHERS_READ);
        return groupIsNoMatter ? last : mode(true);
    }

    private static Set<PosixFilePermission> last(PosixFileAttributes like) {
        Set<PosixFilePermission> mode = EnumSet.copyOf(like.permissions());
        mode.retainAll(
                EnumSet.of(
                        PosixFilePermission.OWNER_READ,
                        PosixFilePermission.GROUP_READ,
                        PosixFilePermission.OTHERS_READ));
        mode.add(PosixFilePermission.OWNER_WRITE);
        return mode;
    }

    /// Whether there is a file of one name with this mode, so that none is to be set.
    private static boolean hasAlready(Path made, Set<PosixFilePermission> mode) throws IOException {
        Map<String, Object> a =
                Files.readAttributes(made, "unix:isRegularFile,nlink,permissions", NOFOLLOW_LINKS);
        return Boolean.TRUE.equals(a.get("isRegularFile"))
                && Integer.valueOf(1).equals(a.get("nlink"))
                && mode.equals(a.get("permissions"));
    }

    static void rights(Path made, @Nullable Path like) throws IOException {
        if (like == null || Files.notExists(like)) {
            return;
        }
        PosixFileAttributes a = Files.readAttributes(like, PosixFileAttributes.class);
        Set<PosixFilePermission> mode = last(a);
        var view = Files.getFileAttributeView(made, PosixFileAttributeView.class, NOFOLLOW_LINKS);
        // The directory may be somebody's whom root serves here: what he put in the file's place
        // meanwhile, a link or another name of a file, is neither opened to him nor given to him.
        if (!hasAlready(made, mode)) {
            int bits = 0;
            for (PosixFilePermission each : mode) {
                bits |= 0400 >> each.ordinal();
            }
            ForeignFile.mode(new RealDisk(), made, bits);
        }
        try {
            view.setGroup(a.group());
            view.setOwner(a.owner());
        } catch (IOException e) {
            // Only root may give a file away.
        }
    }
}
