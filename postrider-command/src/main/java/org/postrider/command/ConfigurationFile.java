package org.postrider.command;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.postrider.config.Reason;

/// main.cf or master.cf as a text that is read and replaced whole: a reader sees the old one or the
/// new one.
public final class ConfigurationFile {
    private ConfigurationFile() {}

    public static String read(Path file) throws IOException {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new CommandException(1, "open " + file + " for reading: " + Reason.of(e));
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
        try (FileChannel out =
                FileChannel.open(
                        made,
                        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")))) {
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

    private static void keepOwner(PosixFileAttributeView view, PosixFileAttributes old) {
        try {
            view.setOwner(old.owner());
            view.setGroup(old.group());
        } catch (IOException e) {
            // Only root may give a file away; the editor's own file is as good.
        }
    }
}
