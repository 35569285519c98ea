package org.postrider.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/// Where finished lines go: a file that is opened anew when it was moved away (log rotation), or
/// standard output.
final class LogFile implements LineSink {
    private final @Nullable Path file;
    private @Nullable FileChannel channel;
    private @Nullable Object key;

    /// @param file null for standard output
    LogFile(@Nullable Path file) {
        this.file = file;
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
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.APPEND);
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
