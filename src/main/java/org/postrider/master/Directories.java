package org.postrider.master;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// The server's directories and their modes, whatever the umask: what others must reach they reach,
/// and nothing more. The queue sees to its own (`journal`, `body`, `corrupt`).
public final class Directories {
    private static final Set<PosixFilePermission> OURS =
            PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> PASSABLE =
            PosixFilePermissions.fromString("rwxr-xr-x");

    private Directories() {}

    /// Makes what is missing and narrows what others could look into.
    ///
    /// @return what was found wider than it may be, for the log
    static List<String> make(Path queue, Path data) throws IOException {
        List<String> said = new ArrayList<>();
        if (Files.notExists(queue)) {
            Files.createDirectories(queue);
            Files.setPosixFilePermissions(queue, PASSABLE);
        }
        unwritable(queue, said);
        for (String name : List.of("pid", "public")) {
            Files.createDirectories(queue.resolve(name));
            Files.setPosixFilePermissions(queue.resolve(name), PASSABLE);
        }
        closed(queue.resolve("private"), said);
        Files.createDirectories(queue.resolve("maildrop"));
        Files.setAttribute(queue.resolve("maildrop"), "unix:mode", 01733);
        if (queue.startsWith(data)) {
            Files.createDirectories(data);
        } else {
            closed(data, said);
        }
        return said;
    }

    /// Makes them where one is missing; those of another owner, a real Postfix's, are left as they
    /// are.
    ///
    /// @return what was found wider than it may be
    public static List<String> makeMissing(Path queue, Path data) throws IOException {
        boolean missing = Files.notExists(data);
        for (String name : List.of("pid", "public", "private", "maildrop")) {
            missing |= Files.notExists(queue.resolve(name));
        }
        return missing ? make(queue, data) : List.of();
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
        if (Files.notExists(directory)) {
            Files.createDirectories(directory.toAbsolutePath().getParent());
            Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(OURS));
            return;
        }
        EnumSet<PosixFilePermission> others =
                EnumSet.copyOf(Files.getPosixFilePermissions(directory));
        others.removeAll(OURS);
        if (!others.isEmpty()) {
            Files.setPosixFilePermissions(directory, OURS);
            said.add(directory + ": others could look into it: its mode is 0700 now");
        }
    }
}
