package org.postrider.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// A file without a name, in memory (memfd_create(2)): what must be read as a file and may lie on
/// no disk.
final class MemoryFile {
    private static final int CLOEXEC = 1;

    private MemoryFile() {}

    /// Opens one with these octets in it for reading; it goes when it is closed.
    static FileChannel of(byte[] octets) throws IOException {
        int made = SystemCalls.memory("kept", CLOEXEC);
        if (made < 0) {
            throw new IOException("no file in memory can be made");
        }
        Path itself = Path.of("/proc/self/fd/" + made);
        try (FileChannel out = FileChannel.open(itself, StandardOpenOption.WRITE)) {
            ByteBuffer left = ByteBuffer.wrap(octets);
            while (left.hasRemaining()) {
                out.write(left);
            }
            return FileChannel.open(itself, StandardOpenOption.READ);
        } finally {
            SystemCalls.close(made);
        }
    }
}
