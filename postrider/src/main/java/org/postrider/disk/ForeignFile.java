package org.postrider.disk;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.UserPrincipal;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A file in a directory where any user may put, rename and exchange files. It is opened without
/// following a link and without waiting for the other end of a FIFO, which the JDK's own opening
/// does; what is said of it is asked of the open file, so that it cannot be another one.
///
/// @param file open for reading, to be closed
/// @param links names that it has
/// @param owner the user of `uid`, with a name if it has one; null unless it was asked for
/// @param modifiedMillis last change
/// @param executable by its owner
public record ForeignFile(
        Disk.File file,
        int links,
        int uid,
        @Nullable UserPrincipal owner,
        long modifiedMillis,
        boolean executable)
        implements AutoCloseable {
    private static final int OWNER_EXECUTES = 0100;
    private static final int NONBLOCK = 0x800;
    private static final int CLOEXEC = 0x80000;

    /// As the processor's system has it.
    static final int NOFOLLOW = System.getProperty("os.arch").equals("amd64") ? 0x20000 : 0x8000;

    private static final int ENOENT = 2;
    private static final int ENXIO = 6;
    private static final int EACCES = 13;
    private static final int ELOOP = 40;

    /// It is a link, a FIFO, a socket, a directory or a device.
    public static final class NotRegularException extends IOException {
        private static final long serialVersionUID = 1;

        NotRegularException() {
            super("not a regular file");
        }
    }

    /// @throws NotRegularException for anything but a regular file
    public static ForeignFile open(Disk disk, Path path) throws IOException {
        return open(disk, path, false);
    }

    /// @param named whether the system's user database is asked for its owner
    /// @throws NotRegularException for anything but a regular file
    public static ForeignFile open(Disk disk, Path path, boolean named) throws IOException {
        int descriptor = descriptor(path);
        try {
            Path itself = Path.of("/proc/self/fd/" + descriptor);
            Map<String, Object> a =
                    Files.readAttributes(
                            itself, "unix:isRegularFile,nlink,uid,lastModifiedTime,mode");
            if (!Boolean.TRUE.equals(a.get("isRegularFile"))) {
                throw new NotRegularException();
            }
            int links = number(a, "nlink");
            int uid = number(a, "uid");
            UserPrincipal owner = named ? Files.getOwner(itself) : null;
            FileTime changed = Objects.requireNonNull((FileTime) a.get("lastModifiedTime"));
            boolean executable = (number(a, "mode") & OWNER_EXECUTES) != 0;
            // last, so that nothing is left open by what cannot be known
            Disk.File file = disk.openToRead(itself);
            return new ForeignFile(file, links, uid, owner, changed.toMillis(), executable);
        } finally {
            SystemCalls.close(descriptor);
        }
    }

    /// Sets the mode of a file that may have become another one: no link is followed, and a file
    /// with other names is left alone. Durable on return.
    ///
    /// @throws NotRegularException for anything but a regular file of one name
    public static void mode(Disk disk, Path path, int mode) throws IOException {
        int descriptor = descriptor(path);
        try {
            Path itself = Path.of("/proc/self/fd/" + descriptor);
            Map<String, Object> a = Files.readAttributes(itself, "unix:isRegularFile,nlink");
            if (!Boolean.TRUE.equals(a.get("isRegularFile")) || number(a, "nlink") != 1) {
                throw new NotRegularException();
            }
            int error = -SystemCalls.mode(descriptor, mode);
            if (error != 0) {
                throw new IOException("chmod " + path + ": error " + error);
            }
            disk.forceDirectory(itself);
        } finally {
            SystemCalls.close(descriptor);
        }
    }

    private static int number(Map<String, Object> attributes, String name) {
        return Objects.requireNonNull((Number) attributes.get(name)).intValue();
    }

    private static int descriptor(Path path) throws IOException {
        int descriptor = SystemCalls.open(path, NONBLOCK | CLOEXEC | NOFOLLOW, 0);
        if (descriptor >= 0) {
            return descriptor;
        }
        throw switch (-descriptor) {
            case ENOENT -> new NoSuchFileException(path.toString());
            case EACCES -> new AccessDeniedException(path.toString());
            case ELOOP, ENXIO -> new NotRegularException();
            default -> new IOException("open " + path + ": error " + -descriptor);
        };
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
