package org.postrider.command;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.config.Reason;
import org.postrider.control.ControlCodec;
import org.postrider.control.ControlReply;
import org.postrider.control.ControlReply.Result;
import org.postrider.control.ControlRequest;
import org.postrider.disk.Reading;

/// The command's end of the server's control socket, `private/control` under the queue directory
/// (or `public/flush`, `public/qmgr`). One connection per request; the form on the wire is
/// [ControlCodec]'s.
public final class ControlClient {
    private static final int CHUNK = 16 << 10;

    private static final Path SOCKETS = Path.of("/proc/net/unix");

    /// The flag of a socket that takes connections; those that it has taken bear its name, too.
    private static final String LISTENS = " 00010000 ";

    private static final String DENIED = "Permission denied";

    /// This user may not ask the server, nor know whether there is one.
    public static final class DeniedException extends IOException {
        private static final long serialVersionUID = 1;

        DeniedException() {
            super(DENIED);
        }
    }

    private final Path socket;

    /// @param queueDirectory of the running server
    public ControlClient(Path queueDirectory) {
        this(queueDirectory, "private/control");
    }

    /// @param name `private/control`, or `public/flush` and `public/qmgr`, which any user may ask
    public ControlClient(Path queueDirectory, String name) {
        socket = queueDirectory.resolve(name);
    }

    /// Whether this user may ask, and the kernel's list (unix(7), `/proc/net/unix`) has a server
    /// that listens. It shows those of this network namespace, by the names that they have in their
    /// own file systems: what it shows may be another's, and what it does not show may be there.
    boolean listed() {
        if (!Files.isWritable(socket)) {
            return false;
        }
        String named = " " + socket;
        try {
            for (String line : Reading.lines(SOCKETS, Reading.SHORT)) {
                if (line.contains(LISTENS) && line.endsWith(named)) {
                    return true;
                }
            }
        } catch (IOException e) {
            // No such list here: who asks will know.
        }
        return false;
    }

    /// @param line told each line of the answer
    /// @return how it went; null where no server listens
    /// @throws DeniedException where this user may not connect
    /// @throws IOException where the answer breaks off, or is none
    public @Nullable Result request(ControlRequest asked, Consumer<String> line)
            throws IOException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            try {
                channel.connect(UnixDomainSocketAddress.of(socket));
            } catch (IOException e) {
                if (Reason.of(e).equals(DENIED)) {
                    throw new DeniedException();
                }
                return null;
            }
            ByteBuffer request = ByteBuffer.wrap(ControlCodec.encode(asked));
            while (request.hasRemaining()) {
                channel.write(request);
            }
            return answer(channel, line);
        }
    }

    private static Result answer(SocketChannel channel, Consumer<String> line) throws IOException {
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
        StringBuilder rest = new StringBuilder();
        while (channel.read(chunk) >= 0) {
            byte[] octets = chunk.array();
            int from = 0;
            for (int i = 0; i < chunk.position(); i++) {
                if (octets[i] == '\n') {
                    rest.append(new String(octets, from, i - from, StandardCharsets.ISO_8859_1));
                    from = i + 1;
                    // No switch over types, which costs its first user some milliseconds.
                    ControlReply reply = ControlCodec.decodeReply(rest.toString());
                    if (reply instanceof ControlReply.End end) {
                        return end.result();
                    }
                    if (!(reply instanceof ControlReply.Line data)) {
                        throw new IOException("the server's answer is malformed");
                    }
                    line.accept(data.text());
                    rest.setLength(0);
                }
            }
            rest.append(
                    new String(octets, from, chunk.position() - from, StandardCharsets.ISO_8859_1));
            if (rest.length() > ControlCodec.LONGEST_LINE) {
                throw new IOException("the server's answer is malformed");
            }
            chunk.clear();
        }
        throw new IOException("the server's answer breaks off");
    }
}
