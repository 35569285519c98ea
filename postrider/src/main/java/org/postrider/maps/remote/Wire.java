package org.postrider.maps.remote;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.postrider.config.Reason;
import org.postrider.maps.TableException;

/// Connections of a client table to its server: a few that idle and are used again, each dialogue
/// within a time. Closed, it keeps none. Any thread.
final class Wire implements Closeable {
    private static final int MOST_IDLE = 16;

    /// A dialogue on one connection.
    interface Dialogue<T> {
        T with(InputStream in, OutputStream out) throws IOException;
    }

    private interface Opener {
        Line open() throws IOException;
    }

    private record Line(Closeable socket, InputStream in, OutputStream out) {}

    private final String name;
    private final long millis;
    private final Opener opener;
    private final Idle<Line> idle = new Idle<>(MOST_IDLE, Wire::close);

    /// @param address `host:port`, or `unix:path`
    /// @param millis for one dialogue
    /// @throws IllegalArgumentException if the address has not this form
    Wire(String name, String address, long millis) {
        this.name = name;
        this.millis = millis;
        if (address.startsWith("unix:")) {
            Path path = Path.of(address.substring("unix:".length()));
            opener = () -> unix(path);
            return;
        }
        String inet = address.startsWith("inet:") ? address.substring("inet:".length()) : address;
        int colon = inet.lastIndexOf(':');
        if (colon <= 0 || !inet.substring(colon + 1).matches("[0-9]{1,5}")) {
            throw new IllegalArgumentException("bad host:port: " + address);
        }
        String host = inet.substring(0, colon).replaceAll("^\\[|\\]$", "");
        int port = Integer.parseInt(inet.substring(colon + 1));
        opener = () -> tcp(host, port);
    }

    private Line tcp(String host, int port) throws IOException {
        Socket socket = new Socket();
        try {
            socket.connect(new InetSocketAddress(host, port), (int) millis);
            socket.setTcpNoDelay(true);
            return new Line(
                    socket,
                    new BufferedInputStream(socket.getInputStream()),
                    socket.getOutputStream());
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private static Line unix(Path path) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(path));
            return new Line(
                    channel,
                    new BufferedInputStream(Channels.newInputStream(channel)),
                    Channels.newOutputStream(channel));
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /// Plays a dialogue; once more on a fresh connection if an idle one fails.
    ///
    /// @throws TableException if the server does not answer
    <T> T ask(Dialogue<T> dialogue) {
        Line line = idle.take();
        if (line != null) {
            try {
                return within(line, dialogue);
            } catch (IOException e) {
                // it was closed while it idled: a fresh one
            }
        }
        try {
            return within(opener.open(), dialogue);
        } catch (IOException e) {
            throw new TableException("table " + name + ": query error: " + Reason.of(e));
        }
    }

    /// The line is closed under a dialogue that takes too long.
    private <T> T within(Line line, Dialogue<T> dialogue) throws IOException {
        CompletableFuture<Void> over = new CompletableFuture<>();
        over.orTimeout(millis, TimeUnit.MILLISECONDS)
                .exceptionally(late -> {
                    close(line);
                    return null;
                });
        boolean well = false;
        try {
            T answer = dialogue.with(line.in(), line.out());
            well = over.complete(null);
            return answer;
        } finally {
            over.complete(null);
            if (well) {
                idle.give(line);
            } else {
                close(line);
            }
        }
    }

    private static void close(Line line) {
        try {
            line.socket().close();
        } catch (IOException e) {
            // nothing was promised
        }
    }

    @Override
    public void close() {
        idle.close();
    }

    /// A line without its end, CR LF or LF.
    ///
    /// @throws IOException if it is longer than `most` octets or the server closes
    static String line(InputStream in, int most) throws IOException {
        StringBuilder out = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new IOException("the server closed the connection");
            }
            if (out.length() >= most) {
                throw new IOException("answer longer than " + most + " octets");
            }
            out.append((char) c);
        }
        int length = out.length();
        return length > 0 && out.charAt(length - 1) == '\r'
                ? out.substring(0, length - 1)
                : out.toString();
    }

    static void write(OutputStream out, String octets) throws IOException {
        out.write(octets.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }
}
