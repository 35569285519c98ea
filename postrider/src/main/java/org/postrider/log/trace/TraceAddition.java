package org.postrider.log.trace;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.postrider.log.file.LineSink;

/// Lines of a command, added to the newest file of the server's; nothing where there is none. One
/// thread.
public final class TraceAddition implements LineSink {
    private final Path directory;

    public TraceAddition(Path directory) {
        this.directory = directory;
    }

    @Override
    public int write(byte[] octets, int from, int to) throws IOException {
        List<Path> all = TraceFiles.all(directory);
        if (all.isEmpty()) {
            return to - from;
        }
        Path newest = all.getLast();
        if (!Integer.valueOf(1)
                .equals(Files.getAttribute(newest, "unix:nlink", LinkOption.NOFOLLOW_LINKS))) {
            throw new IOException(newest + ": not a file of its own");
        }
        try (FileChannel out =
                TraceFiles.open(newest, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
            // A crash may have cut off the last line. One write each: the server may write, too.
            ByteBuffer whole = ByteBuffer.allocate(to - from + 1);
            whole.put((byte) '\n').put(octets, from, to - from).flip();
            while (whole.hasRemaining()) {
                out.write(whole);
            }
        }
        return to - from;
    }

    @Override
    public void look() {
        // each write looks anew
    }

    @Override
    public void close() {
        // each write closes
    }
}
