package org.postrider.helper;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.postrider.io.Connection;
import org.postrider.rights.Answer;
import org.postrider.rights.Content;
import org.postrider.rights.Errno;
import org.postrider.rights.FileFacts;
import org.postrider.rights.FileText;
import org.postrider.rights.Request;
import org.postrider.rights.Rights;
import org.postrider.rights.Trouble;
import org.postrider.rights.Wire;

/// One connection to the helper, with one request at a time.
final class Line implements AutoCloseable {
    private static final int BUFFER = 8 << 10;

    /// Octets of a file that settings name.
    private static final int CONFIGURED = 64 << 20;

    private final Connection connection;
    private final DataInputStream in;
    private final DataOutputStream out;

    /// Since when it waits for the next request.
    private volatile long keptNanos;

    /// Whether octets of the request under way may have reached the helper.
    private boolean sent;

    /// That the content could not be read: the helper knows, and the line may go on.
    private @Nullable IOException unread;

    Line(Connection connection) {
        this.connection = connection;
        in = new DataInputStream(new BufferedInputStream(new From(), BUFFER));
        out = new DataOutputStream(new BufferedOutputStream(new To(), BUFFER));
    }

    private final class From extends InputStream {
        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            return connection.read(into, offset, length);
        }
    }

    private final class To extends OutputStream {
        @Override
        public void write(int octet) throws IOException {
            write(new byte[] {(byte) octet}, 0, 1);
        }

        @Override
        public void write(byte[] octets, int from, int length) throws IOException {
            connection.write(octets, from, length);
            sent = true;
        }
    }

    /// Waits for the next request from now on.
    void keep(long nanos) {
        keptNanos = nanos;
    }

    /// Since when nobody has used it, by the clock's nanoseconds.
    long kept() {
        return keptNanos;
    }

    /// Whether the helper may have seen something of the last request.
    boolean sent() {
        return sent;
    }

    /// Why the last request's content could not be read, null if it could.
    @Nullable IOException unread() {
        return unread;
    }

    /// Asks, and waits for the answer.
    ///
    /// @param millis for all of it
    /// @throws IOException if the helper is gone, or too late: the line is of no use any more
    Answer<?> ask(Request request, Content content, long millis) throws IOException {
        sent = false;
        unread = null;
        connection.deadline(millis);
        Wire.request(out, request);
        if (request.fed()) {
            // A helper that has gone meanwhile is found out before the content is asked.
            out.flush();
            feed(content);
        }
        out.flush();
        Answer<?> answer = Wire.answer(in, request);
        return answer instanceof Answer.Done<?> d ? whole(d, most(request)) : answer;
    }

    private static int most(Request request) {
        return switch (request) {
            case Request.Read r -> r.rules().limit();
            case Request.ReadOwned r -> r.rules().limit();
            default -> CONFIGURED;
        };
    }

    /// With the octets that follow.
    private Answer<?> whole(Answer.Done<?> answer, int most) throws IOException {
        return switch (answer.value()) {
            case FileText t -> read(t.facts(), most, text -> text);
            case Rights.Owned o ->
                    read(o.text().facts(), most, text -> new Rights.Owned(o.owner(), text));
            case byte[] _ -> {
                ByteArrayOutputStream all = new ByteArrayOutputStream();
                if (!Wire.content(in, new Room(all, most))) {
                    throw new IOException("the file could not be read to its end");
                }
                yield Answer.done(all.toByteArray());
            }
            default -> answer;
        };
    }

    private <T> Answer<T> read(FileFacts facts, int most, Function<FileText, T> as)
            throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        if (!Wire.content(in, new Room(all, most))) {
            String text = "cannot read: " + Errno.text(Errno.EIO);
            return Answer.refused(new Trouble(Trouble.Kind.SYSTEM, Errno.EIO, text));
        }
        String octets = all.toString(StandardCharsets.ISO_8859_1);
        return Answer.done(as.apply(new FileText(octets, facts)));
    }

    /// What came is kept, up to so many octets.
    private static final class Room extends OutputStream {
        private final ByteArrayOutputStream all;
        private final int most;

        Room(ByteArrayOutputStream all, int most) {
            this.all = all;
            this.most = most;
        }

        @Override
        public void write(int octet) throws IOException {
            write(new byte[] {(byte) octet}, 0, 1);
        }

        @Override
        public void write(byte[] octets, int from, int length) throws IOException {
            if (length > most - all.size()) {
                throw new IOException("more than was asked for");
            }
            all.write(octets, from, length);
        }
    }

    private void feed(Content content) throws IOException {
        Parts parts = new Parts();
        try {
            content.writeTo(parts);
        } catch (IOException e) {
            if (parts.broken) {
                throw e;
            }
            unread = e;
        }
        Wire.end(out, unread == null);
    }

    /// The content's way to the helper. Knows whether it was the way that broke.
    private final class Parts extends OutputStream {
        private boolean broken;

        @Override
        public void write(int octet) throws IOException {
            write(new byte[] {(byte) octet}, 0, 1);
        }

        @Override
        public void write(byte[] octets, int from, int length) throws IOException {
            broken = true;
            Wire.part(out, octets, from, length);
            broken = false;
        }
    }

    @Override
    public void close() {
        connection.close();
    }
}
