package org.postrider.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// The end of a pipe that is written to. Any thread.
public final class PipeEnd implements AutoCloseable {
    private final FileChannel channel;

    private PipeEnd(FileChannel channel) {
        this.channel = channel;
    }

    /// Waits while nobody has its other end.
    ///
    /// @throws IOException if there is none, or it may not be written to
    public static PipeEnd open(Path pipe) throws IOException {
        return new PipeEnd(FileChannel.open(pipe, StandardOpenOption.WRITE));
    }

    /// Writes a line end. Waits while the pipe is full: it takes 65,536 of them.
    public void line() throws IOException {
        channel.write(ByteBuffer.wrap(new byte[] {'\n'}));
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // What was written is in the pipe.
        }
    }
}
