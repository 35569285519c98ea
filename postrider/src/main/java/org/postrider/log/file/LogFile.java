package org.postrider.log.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Where finished lines go: a file that is opened anew when it was moved away (log rotation), or
/// standard output.
public final class LogFile implements LineSink {
    private static final Set<String> MODES = Set.of("600", "640", "644");

    private final @Nullable Path file;
    private final Set<PosixFilePermission> permissions;
    private @Nullable FileChannel channel;
    private @Nullable Object key;

    /// @param file null for standard output
    /// @param mode of a file that is made: 0600, 0640 or 0644
    /// @throws IllegalArgumentException for another mode
    public LogFile(@Nullable Path file, String mode) {
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
    public int write(byte[] octets, int from, int to) throws IOException {
        if (file == null) {
            System.out.write(octets, from, to - from);
            if (System.out.checkError()) {
                throw new IOException("write to standard output failed");
            }
            return to - from;
        }
        FileChannel out = channel;
        if (out == null || !out.isOpen()) {
            out = open(file);
        }
        try {
            return out.write(ByteBuffer.wrap(octets, from, to - from));
        } catch (IOException e) {
            throw new IOException("write " + file + ": " + e.getMessage(), e);
        }
    }

    /// In the system's words: this may be read by who started a command.
    private static String reason(IOException e) {
        return switch (e) {
            case NoSuchFileException _ -> "No such file or directory";
            case AccessDeniedException _ -> "Permission denied";
            case FileSystemException f when f.getReason() != null -> f.getReason();
            default -> String.valueOf(e.getMessage());
        };
    }

    private FileChannel open(Path path) throws IOException {
        FileChannel out;
        try {
            out =
                    FileChannel.open(
                            path,
                            Set.of(
                                    StandardOpenOption.CREATE,
                                    StandardOpenOption.WRITE,
                                    StandardOpenOption.APPEND),
                            PosixFilePermissions.asFileAttribute(permissions));
        } catch (IOException e) {
            throw new IOException("open " + path + ": " + reason(e), e);
        }
        channel = out;
        key = fileKey(path);
        return out;
    }

    @Override
    public void look() throws IOException {
        FileChannel out = channel;
        if (file != null && out != null && !java.util.Objects.equals(key, fileKey(file))) {
            channel = null;
            out.close();
        }
    }

    /// Makes the file, which is not there.
    public void make() throws IOException {
        if (file != null) {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(permissions));
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
