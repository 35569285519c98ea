package org.postrider.disk;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// A file without a name, in memory (memfd_create(2)): what must be read as a file and may lie on
/// no disk.
final class MemoryFile {
    private static final int CLOEXEC = 1;
    private static final Linker LINKER = Linker.nativeLinker();
    private static final ValueLayout.OfInt I = ValueLayout.JAVA_INT;
    private static final MethodHandle MAKE =
            LINKER.downcallHandle(
                    LINKER.defaultLookup().findOrThrow("memfd_create"),
                    FunctionDescriptor.of(I, ValueLayout.ADDRESS, I));
    private static final MethodHandle CLOSE =
            LINKER.downcallHandle(
                    LINKER.defaultLookup().findOrThrow("close"), FunctionDescriptor.of(I, I));

    private MemoryFile() {}

    /// Opens one with these octets in it for reading; it goes when it is closed.
    static FileChannel of(byte[] octets) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            int made = (int) MAKE.invokeExact(arena.allocateFrom("kept"), CLOEXEC);
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
                int closed = (int) CLOSE.invokeExact(made);
                assert closed == 0;
            }
        } catch (IOException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
