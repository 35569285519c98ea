package org.postrider.io;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;

/// Datagrams to a UNIX socket, such as `/dev/log` and that of sd_notify(3). The JDK has none of the
/// kind, so this calls the C library: socket, connect, send, close. Nothing is opened before the
/// first datagram, and a receiver that was started anew is found again. One thread at a time.
public final class UnixDatagram implements AutoCloseable {
    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int FAMILY_OCTETS = 2;
    private static final int LONGEST_PATH = 107;

    private final String path;
    private final Arena arena = Arena.ofShared();
    private final MethodHandle socket;
    private final MethodHandle connect;
    private final MethodHandle send;
    private final MethodHandle close;
    private MemorySegment buffer;
    private int fd = -1;

    /// @param path of the socket, octets as chars; one that begins with `@` is of Linux's abstract
    ///   names
    public UnixDatagram(String path) {
        this.path = path;
        Linker linker = Linker.nativeLinker();
        ValueLayout.OfInt i = ValueLayout.JAVA_INT;
        ValueLayout.OfLong l = ValueLayout.JAVA_LONG;
        socket = function(linker, "socket", FunctionDescriptor.of(i, i, i, i));
        connect = function(linker, "connect", FunctionDescriptor.of(i, i, ValueLayout.ADDRESS, i));
        send = function(linker, "send", FunctionDescriptor.of(l, i, ValueLayout.ADDRESS, l, i));
        close = function(linker, "close", FunctionDescriptor.of(i, i));
        buffer = arena.allocate(4096);
    }

    private static MethodHandle function(Linker linker, String name, FunctionDescriptor type) {
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), type);
    }

    /// Sends `octets` from `from` on, `length` of them, as one datagram.
    ///
    /// @throws IOException if nobody takes it
    public void send(byte[] octets, int from, int length) throws IOException {
        if (length > buffer.byteSize()) {
            buffer = arena.allocate(length * 2L);
        }
        MemorySegment.copy(octets, from, buffer, ValueLayout.JAVA_BYTE, 0, length);
        if (fd >= 0 && sent(length)) {
            return;
        }
        reopen();
        if (!sent(length)) {
            throw new IOException("send to " + path + " failed");
        }
    }

    private boolean sent(int length) throws IOException {
        try {
            return (long) send.invokeExact(fd, buffer, (long) length, MSG_NOSIGNAL) >= 0;
        } catch (Throwable e) {
            throw new IOException(e);
        }
    }

    private void reopen() throws IOException {
        close(fd);
        fd = -1;
        byte[] name = path.getBytes(StandardCharsets.ISO_8859_1);
        if (name.length > LONGEST_PATH) {
            throw new IOException("too long for a socket: " + path);
        }
        boolean named = !path.startsWith("@");
        if (!named) {
            name[0] = 0;
        }
        try (Arena own = Arena.ofConfined()) {
            // A path ends with a NUL, an abstract name with its last octet.
            int length = FAMILY_OCTETS + name.length + (named ? 1 : 0);
            MemorySegment address = own.allocate(length, 2);
            address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_UNIX);
            MemorySegment.copy(name, 0, address, ValueLayout.JAVA_BYTE, FAMILY_OCTETS, name.length);
            int opened = (int) socket.invokeExact(AF_UNIX, SOCK_DGRAM_CLOEXEC, 0);
            if (opened < 0) {
                throw new IOException("socket: no more descriptors");
            }
            if ((int) connect.invokeExact(opened, address, length) < 0) {
                close(opened);
                throw new IOException("connect to " + path + " failed");
            }
            fd = opened;
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw new IOException(e);
        }
    }

    private void close(int which) throws IOException {
        try {
            if (which >= 0 && (int) close.invokeExact(which) < 0) {
                throw new IOException("close");
            }
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw new IOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        close(fd);
        fd = -1;
        arena.close();
    }
}
