package org.postrider.master;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// The server's directories and their modes, whatever the umask: what others must reach they reach,
/// and nothing more. The queue sees to its own (`journal`, `body`, `corrupt`).
public final class Directories {
    private static final Set<PosixFilePermission> OURS =
            PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> PASSABLE =
            PosixFilePermissions.fromString("rwxr-xr-x");

    private static final int MAILDROP = 01733;

    private Directories() {}

    /// Makes what is missing and narrows what others could look into.
    ///
    /// @return what was found wider than it may be, for the log
    static List<String> make(Path queue, Path data) throws IOException {
        List<String> said = new ArrayList<>();
        create(queue, data);
        unwritable(queue, said);
        for (String name : List.of("pid", "public")) {
            Files.setPosixFilePermissions(queue.resolve(name), PASSABLE);
        }
        closed(queue.resolve("private"), said);
        Files.setAttribute(queue.resolve("maildrop"), "unix:mode", MAILDROP);
        if (!queue.startsWith(data)) {
            closed(data, said);
        }
        return said;
    }

    /// For `postfix check`: makes what is missing. What is there is left as it is, as Postfix
    /// leaves it, since it may be another mail system's.
    ///
    /// @return what others may write to of the data directory
    public static List<String> makeMissing(Path queue, Path data) throws IOException {
        create(queue, data);
        List<String> said = new ArrayList<>();
        try (Stream<Path> all = Files.walk(data)) {
            for (Path each : (Iterable<Path>) all::iterator) {
                if (!Files.isSymbolicLink(each) && writable(each)) {
                    said.add("group or other writable: " + data + "/." + under(data, each));
                }
            }
        } catch (UncheckedIOException e) {
            // What changes meanwhile or may not be looked into.
        }
        return said;
    }

    private static String under(Path directory, Path path) {
        return path.equals(directory) ? "" : "/" + directory.relativize(path);
    }

    private static boolean writable(Path path) throws IOException {
        Set<PosixFilePermission> mode = Files.getPosixFilePermissions(path);
        return mode.contains(PosixFilePermission.GROUP_WRITE)
                || mode.contains(PosixFilePermission.OTHERS_WRITE);
    }

    private static void create(Path queue, Path data) throws IOException {
        missing(queue, PASSABLE);
        missing(queue.resolve("pid"), PASSABLE);
        missing(queue.resolve("public"), PASSABLE);
        missing(queue.resolve("private"), OURS);
        if (Files.notExists(queue.resolve("maildrop"))) {
            missing(queue.resolve("maildrop"), OURS);
            unlinked(queue.resolve("maildrop"));
            Files.setAttribute(queue.resolve("maildrop"), "unix:mode", MAILDROP);
        }
        missing(data, OURS);
    }

    private static void missing(Path directory, Set<PosixFilePermission> mode) throws IOException {
        if (Files.notExists(directory)) {
            // What is above is passed through on the way to it.
            Path above = directory.toAbsolutePath().getParent();
            if (above != null) {
                missing(above, PASSABLE);
            }
            Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(OURS));
            unlinked(directory);
            Files.setPosixFilePermissions(directory, mode);
        }
    }

    /// The directory above may be mail_owner's, and this root: a link in the new one's place is not
    /// followed.
    private static void unlinked(Path directory) throws IOException {
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException(directory + ": not a directory any more");
        }
    }

    private static void unwritable(Path directory, List<String> said) throws IOException {
        Set<PosixFilePermission> mode = EnumSet.copyOf(Files.getPosixFilePermissions(directory));
        if (mode.remove(PosixFilePermission.GROUP_WRITE)
                | mode.remove(PosixFilePermission.OTHERS_WRITE)) {
            Files.setPosixFilePermissions(directory, mode);
            said.add(directory + ": others could write to it: they cannot now");
        }
    }

    private static void closed(Path directory, List<String> said) throws IOException {
        EnumSet<PosixFilePermission> others =
                EnumSet.copyOf(Files.getPosixFilePermissions(directory));
        others.removeAll(OURS);
        if (!others.isEmpty()) {
            Files.setPosixFilePermissions(directory, OURS);
            said.add(directory + ": others could look into it: its mode is 0700 now");
        }
    }
}
