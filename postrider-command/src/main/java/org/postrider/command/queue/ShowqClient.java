package org.postrider.command.queue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.postrider.control.ControlCodec;
import org.postrider.control.ControlReply;
import org.postrider.control.ControlRequest;
import org.postrider.showq.Filter;
import org.postrider.showq.QueueVisitor;

/// Reads a listing from `public/showq`, Postfix's or ours, as it comes. A server that says nothing
/// for the whole of a limit is left.
final class ShowqClient implements AutoCloseable {
    private static final int CHUNK = 32 << 10;

    /// A value longer than this is no listing.
    private static final int LONGEST = 1 << 20;

    private final SocketChannel channel;
    private final Selector heard;
    private final long limitMillis;
    private final ByteBuffer chunk = ByteBuffer.allocate(CHUNK).flip();

    /// Whether a reply stands before the listing, as a request was sent.
    private final boolean asked;

    /// @param request to be sent first; null for none
    private ShowqClient(Path socket, Duration limit, @Nullable ByteBuffer request)
            throws IOException {
        channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        limitMillis = limit.toMillis();
        Selector selector = null;
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
            while (request != null && request.hasRemaining()) {
                channel.write(request);
            }
            selector = Selector.open();
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ);
        } catch (IOException e) {
            channel.close();
            if (selector != null) {
                selector.close();
            }
            throw e;
        }
        heard = selector;
        asked = request != null;
    }

    /// @param limit that the server may be silent for (ipc_timeout)
    /// @throws IOException where nobody listens; the message is the system's
    static ShowqClient connect(Path queueDirectory, Duration limit) throws IOException {
        return new ShowqClient(queueDirectory.resolve("public/showq"), limit, null);
    }

    /// Asks for what a filter finds, at the socket that takes requests about the whole queue.
    ///
    /// @param limit that the server may be silent for (ipc_timeout)
    /// @throws IOException where nobody listens; the message is the system's
    static ShowqClient connect(Path queueDirectory, Duration limit, Filter filter)
            throws IOException {
        ByteBuffer request =
                ByteBuffer.wrap(ControlCodec.encode(new ControlRequest.Listed(filter)));
        return new ShowqClient(queueDirectory.resolve("public/qmgr"), limit, request);
    }

    /// The reply that stands before a listing.
    private void replied() throws IOException {
        String said = "";
        while (true) {
            ControlReply reply = ControlCodec.decodeReply(text('\n'));
            if (reply instanceof ControlReply.Line line) {
                said = line.text();
            } else if (!(reply instanceof ControlReply.End end)) {
                throw malformed();
            } else if (end.result() == ControlReply.Result.DONE) {
                return;
            } else {
                throw new IOException(said.isEmpty() ? "refused by the server" : said);
            }
        }
    }

    /// @throws IOException where the server's answer is malformed or breaks off
    void walk(QueueVisitor visitor) throws IOException {
        if (asked) {
            replied();
        }
        if (!"protocol".equals(text())
                || !"mail_queue_list_protocol".equals(text())
                || !"".equals(text())) {
            throw malformed();
        }
        for (String name = text(); !name.isEmpty(); name = text()) {
            message(name, visitor);
        }
    }

    private void message(String first, QueueVisitor visitor) throws IOException {
        String queueName = value(first, "queue_name");
        String id = value(text(), "queue_id");
        long time = number(value(text(), "time"));
        long size = number(value(text(), "size"));
        boolean forced = number(value(text(), "forced_expire")) != 0;
        visitor.message(queueName, id, time, size, forced, value(text(), "sender"));
        for (String name = text(); !name.isEmpty(); name = text()) {
            String recipient = value(name, "recipient");
            visitor.recipient(recipient, value(text(), "reason"));
        }
    }

    private String value(String name, String wanted) throws IOException {
        if (!name.equals(wanted)) {
            throw malformed();
        }
        return text();
    }

    private static long number(String text) throws IOException {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw malformed();
        }
    }

    private static IOException malformed() {
        return new IOException("malformed showq server response");
    }

    private String text() throws IOException {
        return text('\0');
    }

    private String text(char ended) throws IOException {
        StringBuilder begun = null;
        while (true) {
            byte[] octets = chunk.array();
            int from = chunk.position();
            for (int i = from; i < chunk.limit(); i++) {
                if (octets[i] == ended) {
                    chunk.position(i + 1);
                    String end = new String(octets, from, i - from, StandardCharsets.ISO_8859_1);
                    return begun == null ? end : begun.append(end).toString();
                }
            }
            begun = begun(begun, octets, from);
            chunk.clear();
            int n = more();
            chunk.flip();
            if (n <= 0 || begun.length() > LONGEST) {
                throw malformed();
            }
        }
    }

    /// As [SocketChannel#read]; 0 where nothing came within the limit.
    private int more() throws IOException {
        int n = channel.read(chunk);
        if (n == 0 && heard.select(limitMillis) > 0) {
            heard.selectedKeys().clear();
            n = channel.read(chunk);
        }
        return n;
    }

    private StringBuilder begun(@Nullable StringBuilder before, byte[] octets, int from) {
        StringBuilder out = before == null ? new StringBuilder() : before;
        return out.append(
                new String(octets, from, chunk.limit() - from, StandardCharsets.ISO_8859_1));
    }

    @Override
    public void close() throws IOException {
        channel.close();
        heard.close();
    }
}
