package org.postrider.log.file;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// The system's log: one datagram a line to `/dev/log` (RFC 3164 as syslog(3) speaks it). The JDK
/// has no UNIX datagram sockets, so this calls the C library: socket, connect, send, close. Nothing
/// is opened before the first line; a log daemon that was restarted is found again.
public final class Syslog implements LineSink {
    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int ADDRESS_OCTETS = 110;
    private static final int LONGEST_PATH = 107;

    private final Path path;
    private final Arena arena = Arena.ofShared();
    private final MethodHandle socket;
    private final MethodHandle connect;
    private final MethodHandle send;
    private final MethodHandle close;
    private MemorySegment buffer;
    private int fd = -1;

    public Syslog(Path path) {
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

    /// One line.
    @Override
    public int write(byte[] octets, int from, int to) throws IOException {
        int end = from;
        while (octets[end] != '\n') {
            end++;
        }
        line(octets, from, end - from);
        return end + 1 - from;
    }

    private void line(byte[] octets, int from, int length) throws IOException {
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
        byte[] name = path.toString().getBytes(StandardCharsets.ISO_8859_1);
        if (name.length > LONGEST_PATH) {
            throw new IOException("too long for a socket: " + path);
        }
        try (Arena own = Arena.ofConfined()) {
            MemorySegment address = own.allocate(ADDRESS_OCTETS, 2);
            address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_UNIX);
            MemorySegment.copy(name, 0, address, ValueLayout.JAVA_BYTE, 2, name.length);
            int opened = (int) socket.invokeExact(AF_UNIX, SOCK_DGRAM_CLOEXEC, 0);
            if (opened < 0) {
                throw new IOException("socket: no more descriptors");
            }
            if ((int) connect.invokeExact(opened, address, ADDRESS_OCTETS) < 0) {
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
    public void look() {
        // A datagram socket has nothing to rotate.
    }

    @Override
    public void close() throws IOException {
        close(fd);
        fd = -1;
        arena.close();
    }
}
