package org.postrider.log;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// A UNIX datagram socket bound to a path, or to an abstract name after an `@`.
public final class DatagramReceiver implements AutoCloseable {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final int DONT_WAIT = 0x40;
    private final Arena arena = Arena.ofConfined();
    private final int fd;

    public DatagramReceiver(String path) throws Throwable {
        fd = (int) handle("socket", INT, INT, INT, INT).invokeExact(1, 2, 0);
        byte[] name = path.getBytes(ISO_8859_1);
        int length = 2 + name.length;
        if (path.startsWith("@")) {
            name[0] = 0;
        } else {
            length++;
        }
        MemorySegment address = arena.allocate(length, 2);
        address.set(ValueLayout.JAVA_SHORT, 0, (short) 1);
        MemorySegment.copy(name, 0, address, ValueLayout.JAVA_BYTE, 2, name.length);
        assertEquals(
                0,
                (int)
                        handle("bind", INT, INT, ValueLayout.ADDRESS, INT)
                                .invokeExact(fd, address, length));
    }

    private static java.lang.invoke.MethodHandle handle(
            String name, java.lang.foreign.MemoryLayout out, java.lang.foreign.MemoryLayout... in) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup().findOrThrow(name), FunctionDescriptor.of(out, in));
    }

    /// The next datagram; empty where there is none.
    public String next() throws Throwable {
        MemorySegment buffer = arena.allocate(8192);
        long n =
                (long)
                        handle("recv", LONG, INT, ValueLayout.ADDRESS, LONG, INT)
                                .invokeExact(fd, buffer, 8192L, DONT_WAIT);
        return n < 0
                ? ""
                : new String(buffer.asSlice(0, n).toArray(ValueLayout.JAVA_BYTE), ISO_8859_1);
    }

    @Override
    public void close() throws java.io.IOException {
        try {
            int done = (int) handle("close", INT, INT).invokeExact(fd);
            assertEquals(0, done);
        } catch (Throwable e) {
            throw new java.io.IOException(e);
        }
        arena.close();
    }
}
