package org.postrider.command;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.config.Reason;

/// main.cf or master.cf as a text that is read and replaced whole: a reader sees the old one or the
/// new one.
public final class ConfigurationFile {
    private ConfigurationFile() {}

    public static String read(Path file) throws IOException {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            // A directory can be opened, as Postfix does.
            throw new CommandException(
                    1,
                    Files.isDirectory(file)
                            ? "read " + file + ": Is a directory"
                            : "open " + file + " for reading: " + Reason.of(e));
        }
    }

    /// Forced to disk and renamed over the old one, with its mode and, where root does it, owner.
    public static void replace(Path file, String text) {
        replace(file, text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /// The same; a new file is for its owner and group alone.
    ///
    /// @throws CommandException naming the file and why it cannot be written
    public static void replace(Path file, byte[] content) {
        Path made = file.resolveSibling(file.getFileName() + ".tmp");
        try {
            replace(file, made, content);
        } catch (IOException e) {
            throw new CommandException(1, "open " + made + ": " + Reason.of(e));
        }
    }

    private static void replace(Path file, Path made, byte[] content) throws IOException {
        PosixFileAttributes old =
                Files.exists(file) ? Files.readAttributes(file, PosixFileAttributes.class) : null;
        Files.deleteIfExists(made);
        try (FileChannel out = opened(made)) {
            PosixFileAttributeView view =
                    Files.getFileAttributeView(made, PosixFileAttributeView.class);
            view.setPermissions(
                    old == null ? PosixFilePermissions.fromString("rw-r-----") : old.permissions());
            if (old != null) {
                keepOwner(view, old);
            }
            ByteBuffer octets = ByteBuffer.wrap(content);
            while (octets.hasRemaining()) {
                out.write(octets);
            }
            out.force(true);
        }
        Files.move(made, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /// A file that was not there, for its owner alone, forced to disk; nothing of it is left if it
    /// cannot be written whole.
    ///
    /// @param owner who gets it; null for who runs the command
    /// @throws IOException also if it is there
    public static void create(Path file, byte[] content, @Nullable UserPrincipal owner)
            throws IOException {
        boolean made = false;
        boolean whole = false;
        try (FileChannel out = opened(file)) {
            made = true;
            ByteBuffer octets = ByteBuffer.wrap(content);
            while (octets.hasRemaining()) {
                out.write(octets);
            }
            if (owner != null) {
                Files.getFileAttributeView(
                                file, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                        .setOwner(owner);
            }
            out.force(true);
            whole = true;
        } finally {
            if (made && !whole) {
                Files.deleteIfExists(file);
            }
        }
    }

    /// A file that was not there, for its owner alone.
    private static FileChannel opened(Path file) throws IOException {
        return FileChannel.open(
                file,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }

    private static void keepOwner(PosixFileAttributeView view, PosixFileAttributes old) {
        try {
            view.setOwner(old.owner());
            view.setGroup(old.group());
        } catch (IOException e) {
            // Only root may give a file away; the editor's own file is as good.
        }
    }
}
