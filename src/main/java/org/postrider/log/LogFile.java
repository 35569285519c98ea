package org.postrider.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Where finished lines go: a file that is opened anew when it was moved away (log rotation), or
/// standard output.
final class LogFile implements LineSink {
    private static final Set<String> MODES = Set.of("600", "640", "644");

    private final @Nullable Path file;
    private final Set<PosixFilePermission> permissions;
    private @Nullable FileChannel channel;
    private @Nullable Object key;

    /// @param file null for standard output
    /// @param mode of a file that is made: 0600, 0640 or 0644
    /// @throws IllegalArgumentException for another mode
    LogFile(@Nullable Path file, String mode) {
        this.file = file;
        String digits = mode.startsWith("0") ? mode.substring(1) : mode;
        if (!MODES.contains(digits)) {
            throw new IllegalArgumentException("invalid maillog_file_permissions: " + mode);
        }
        permissions =
                PosixFilePermissions.fromString(
                        switch (digits) {
                            case "644" -> "rw-r--r--";
                            case "640" -> "rw-r-----";
                            default -> "rw-------";
                        });
    }

    @Override
    public void write(byte[] octets, int length) throws IOException {
        if (file == null) {
            System.out.write(octets, 0, length);
            System.out.flush();
            return;
        }
        FileChannel out = channel;
        if (out == null) {
            out = open(file);
        }
        ByteBuffer buffer = ByteBuffer.wrap(octets, 0, length);
        while (buffer.hasRemaining()) {
            out.write(buffer);
        }
    }

    private FileChannel open(Path path) throws IOException {
        FileChannel out =
                FileChannel.open(
                        path,
                        Set.of(
                                StandardOpenOption.CREATE,
                                StandardOpenOption.WRITE,
                                StandardOpenOption.APPEND),
                        PosixFilePermissions.asFileAttribute(permissions));
        channel = out;
        key = fileKey(path);
        return out;
    }

    /// Called now and then: lets go of a file that was renamed or removed.
    @Override
    public void look() throws IOException {
        FileChannel out = channel;
        if (file != null && out != null && !java.util.Objects.equals(key, fileKey(file))) {
            channel = null;
            out.close();
        }
    }

    private static @Nullable Object fileKey(Path path) throws IOException {
        try {
            return Files.readAttributes(path, java.nio.file.attribute.BasicFileAttributes.class)
                    .fileKey();
        } catch (java.nio.file.NoSuchFileException e) {
            return null;
        }
    }

    @Override
    public void close() throws IOException {
        if (channel != null) {
            channel.close();
        }
    }
}
