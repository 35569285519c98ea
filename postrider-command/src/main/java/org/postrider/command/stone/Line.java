package org.postrider.command.stone;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// A connection, line by line. One thread.
final class Line implements AutoCloseable {
    private final AutoCloseable socket;
    private final InputStream in;
    private final OutputStream out;

    /// @param timeout milliseconds that a read may take, 0 for ever
    Line(Socket socket, int timeout) throws IOException {
        socket.setSoTimeout(timeout);
        socket.setTcpNoDelay(true);
        this.socket = socket;
        in = new BufferedInputStream(socket.getInputStream());
        out = new BufferedOutputStream(socket.getOutputStream());
    }

    /// A UNIX socket, which has no limit of time.
    Line(SocketChannel channel) {
        socket = channel;
        in = new BufferedInputStream(Channels.newInputStream(channel));
        out = new BufferedOutputStream(Channels.newOutputStream(channel));
    }

    /// Without its end; null where the other side has gone.
    ///
    /// @throws TooLongException for one of more than `most` octets
    @Nullable String read(int most) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c >= 0; c = in.read()) {
            if (c == '\n' && !line.isEmpty() && line.charAt(line.length() - 1) == '\r') {
                line.setLength(line.length() - 1);
                return line.toString();
            }
            line.append((char) c);
            if (line.length() >= most) {
                throw new TooLongException();
            }
        }
        return null;
    }

    static final class TooLongException extends SocketException {
        private static final long serialVersionUID = 1;

        TooLongException() {
            super("command line too long");
        }
    }

    /// Passes over a message up to its end.
    ///
    /// @param copy gets what is read, without carriage returns and with one dot less where a line
    ///   begins with some; null for nobody
    /// @return false where the other side has gone before
    boolean message(@Nullable OutputStream copy) throws IOException {
        int[] want = {'\r', '\n', '.', '\r', '\n'};
        int state = 2;
        for (int c = in.read(); c >= 0; c = in.read()) {
            state = c == want[state] ? state + 1 : c == '\r' ? 1 : 0;
            if (copy != null && c != '\r' && state != 3) {
                copy.write(c);
            }
            if (state == want.length) {
                return true;
            }
        }
        return false;
    }

    void write(String line) throws IOException {
        out.write((line + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
    }

    void write(byte[] octets) throws IOException {
        out.write(octets);
    }

    /// Sends what was written, unless the other side has sent more meanwhile.
    void flushIfIdle() throws IOException {
        if (in.available() == 0) {
            out.flush();
        }
    }

    void flush() throws IOException {
        out.flush();
    }

    @Override
    public void close() {
        try {
            out.flush();
        } catch (IOException e) {
            // It has gone.
        }
        try {
            socket.close();
        } catch (Exception e) {
            // It has gone.
        }
    }
}
