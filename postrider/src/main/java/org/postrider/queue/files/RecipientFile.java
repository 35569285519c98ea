package org.postrider.queue.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.postrider.disk.Disk;
import org.postrider.message.Content;
import org.postrider.queue.NewMessage;
import org.postrider.queue.record.RecipientBlocks;

/// The recipients of a message of very many stand in its body's file, behind the body: neither the
/// record nor memory holds all of them. Any thread.
public final class RecipientFile {
    private static final int CHUNK = 64 << 10;

    private RecipientFile() {}

    /// Runs what reads a file.
    public interface Reads {
        void run(Runnable read);
    }

    /// The same message with its body and its recipients in a file, forced before this returns.
    public static NewMessage filed(NewMessage m, Bodies bodies, Reads reads) throws IOException {
        Content c = m.content();
        Bodies.Body has = c instanceof SpoolContent s ? s.file() : null;
        Bodies.Body body = has != null && bodies.fresh(has) ? has : bodies.take();
        boolean good = false;
        try (Disk.File file = body == has ? bodies.reopen(body) : bodies.openToWrite(body)) {
            if (body != has) {
                copy(c, file);
            }
            long from = c.bodyLength();
            RecipientBlocks made =
                    RecipientBlocks.write(
                            m.envelope().recipients().size(),
                            m.envelope().recipients().iterator(),
                            (octets, length, at) ->
                                    file.write(ByteBuffer.wrap(octets, 0, length), from + at));
            file.force();
            bodies.written(body, from + made.octets());
            good = true;
            return new NewMessage(
                    m.id(),
                    m.envelope().withRecipients(in(made, bodies, body, from, reads)),
                    new SpoolContent(bodies, c.header(), null, from, body, c.facts()),
                    m.held());
        } finally {
            if (!good && body != has) {
                bodies.abandon(body);
            }
        }
    }

    private static void copy(Content c, Disk.File to) throws IOException {
        byte[] chunk = new byte[CHUNK];
        long at = 0;
        try (InputStream in = c.body()) {
            for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                to.write(ByteBuffer.wrap(chunk, 0, n), at);
                at += n;
            }
        }
        if (at != c.bodyLength()) {
            throw new IOException("body of " + at + " octets where " + c.bodyLength() + " are");
        }
    }

    /// Recipients in the file of a body.
    public static RecipientBlocks in(
            RecipientBlocks index, Bodies bodies, Bodies.Body body, long bodyLength, Reads reads) {
        return index.from(source(bodies, body, bodyLength, reads));
    }

    /// Octets of the file of a body, from there on.
    static RecipientBlocks.Source source(Bodies bodies, Bodies.Body body, long from, Reads reads) {
        return (at, length) -> {
            byte @Nullable [][] out = new byte[1][];
            @Nullable IOException[] failure = new @Nullable IOException[1];
            reads.run(() -> {
                try (Disk.File file = bodies.open(body)) {
                    out[0] = read(file, from + at, length);
                } catch (IOException e) {
                    failure[0] = e;
                }
            });
            byte[] octets = out[0];
            if (octets != null) {
                return octets;
            }
            throw failure[0] != null ? failure[0] : new IOException("not read");
        };
    }

    /// Fewer octets where the file ends.
    static byte[] read(Disk.File file, long at, int length) throws IOException {
        byte[] octets = new byte[length];
        ByteBuffer b = ByteBuffer.wrap(octets);
        while (b.hasRemaining()) {
            if (file.read(b, at + b.position()) < 0) {
                return java.util.Arrays.copyOf(octets, b.position());
            }
        }
        return octets;
    }
}
