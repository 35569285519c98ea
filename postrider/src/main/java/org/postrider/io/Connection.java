package org.postrider.io;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.WritableByteChannel;
import java.nio.file.attribute.UserPrincipal;
import org.jspecify.annotations.Nullable;

/// A byte stream to a peer, TCP, UNIX or TLS, with a deadline on each operation. One thread reads
/// and writes (the session's); `close` and `expire` may come from any. Holds no buffers while idle.
public interface Connection extends AutoCloseable {
    /// Limits the reads and writes that follow. 0 means none.
    ///
    /// @param millis from now on, until set again
    void deadline(long millis);

    /// Reads at least one octet; -1 at the peer's end.
    ///
    /// @throws DeadlineException when the deadline passed; the write side still works
    /// @throws IOException when the connection is broken
    int read(byte[] into, int offset, int length) throws IOException;

    /// Reads what comes in a time; unlike after [#deadline] all goes on when it is over.
    ///
    /// @param millis more than 0
    /// @return -1 at the peer's end, 0 if nothing has come
    default int read(byte[] into, int offset, int length, long millis) throws IOException {
        throw new IOException("cannot wait for a time");
    }

    /// Octets that can be read without waiting, as far as the platform says; 0 if it does not.
    default int available() throws IOException {
        return 0;
    }

    /// Asked of a connection that was kept, before its next use: nothing has come that nobody asked
    /// for, and the peer has not gone, as far as the platform says. True if it does not.
    default boolean quiet() {
        return true;
    }

    /// Octets that go out without waiting for the peer to take any, once it has taken all before
    /// them. At least [#LEAST_ROOM], which every socket has.
    default int room() {
        return LEAST_ROOM;
    }

    int LEAST_ROOM = 2048;

    /// Writes all of it.
    void write(byte[] from, int offset, int length) throws IOException;

    /// Writes both, in one system call if the platform can.
    void write(byte[] a, int aOffset, int aLength, byte[] b, int bOffset, int bLength)
            throws IOException;

    /// Lets a file put its octets into the socket by itself (`sendfile`), if socket and file can do
    /// that.
    ///
    /// @return octets that went; 0 if none did and the caller writes the next ones itself, which
    ///   also waits until there is room
    default long write(Octets from) throws IOException {
        return 0;
    }

    /// What can put its next octets into a channel without their passing through this process.
    interface Octets {
        /// @return octets that went, 0 if the channel has no room or nothing is left
        long transferTo(WritableByteChannel channel) throws IOException;
    }

    /// Nothing more is written; what the other says can still be read. Where a connection cannot do
    /// that it is closed.
    default void endOutput() {
        close();
    }

    /// Between requests: [#end] may end it here.
    default void idle(boolean now) {}

    /// Ends it as soon as it is idle: the read under way, or the next one, throws [EndedException].
    /// Any thread.
    default void end() {
        close();
    }

    SocketAddress remote();

    /// The local user at the other end of a UNIX socket, as the kernel says; null for any other
    /// connection, and where it does not say.
    default @Nullable UserPrincipal user() {
        return null;
    }

    SocketAddress local();

    @Override
    void close();
}
