package org.postrider.smtpd;

import java.io.EOFException;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.message.ContentReceiver;
import org.postrider.message.ContentWriter;
import org.postrider.wire.Reply;
import org.postrider.wire.Words;

/// BDAT (RFC 3030): chunks are gathered until LAST. One session's, on its thread.
final class ChunkReceiver {
    private final Session s;
    private @Nullable Chunks chunks;
    private long octets;

    ChunkReceiver(Session session) {
        this.s = session;
    }

    /// @param size octets, -1 for a malformed command
    private record Size(long size, boolean last) {}

    private static Size size(String arguments) {
        List<String> words = Words.of(arguments);
        if (words.isEmpty() || words.size() > 2) {
            return new Size(-1, false);
        }
        boolean last = words.size() == 2;
        if (last && !words.get(1).equalsIgnoreCase("LAST")) {
            return new Size(-1, false);
        }
        long n = 0;
        for (char c : words.getFirst().toCharArray()) {
            if (c < '0' || c > '9') {
                return new Size(-1, false);
            }
            if (n > (Long.MAX_VALUE - (c - '0')) / 10) {
                return new Size(-1, false);
            }
            n = n * 10 + (c - '0');
        }
        return new Size(n, last);
    }

    /// A chunk that comes out of order: its octets are skipped, then it is refused.
    void refuse(String arguments, Reply reply) throws IOException {
        Size z = checked(arguments);
        if (z.size() <= 0 && !z.last()) {
            return;
        }
        skip(z, reply);
    }

    /// Takes the octets of a chunk that is refused; up to the last one, so are those behind it.
    private void skip(Size z, Reply reply) throws IOException {
        s.flush();
        skip(z.size());
        if (z.last()) {
            s.abandon();
        } else {
            abandon();
            s.t.skippingChunks = true;
        }
        s.error(reply);
    }

    /// A size of 0 that is not the last, or less, has been answered.
    private Size checked(String arguments) throws IOException {
        if (s.greeting.discards("CHUNKING")) {
            s.error(SmtpdReplies.CHUNKING_OFF);
            s.answers.end();
            return MALFORMED;
        }
        Size z = size(arguments);
        if (z.size() < 0) {
            s.warn(
                    s.rejects.id()
                            + ": malformed BDAT command syntax from "
                            + s.t.client.nameAndAddress()
                            + ": BDAT "
                            + arguments);
            s.error(SmtpdReplies.BDAT_SYNTAX);
            s.answers.end();
            return MALFORMED;
        }
        if (z.size() == 0 && !z.last()) {
            s.warn(s.rejects.id() + ": null BDAT request from " + s.t.client.nameAndAddress());
            skip(z, SmtpdReplies.NULL_CHUNK);
        }
        return z;
    }

    private static final Size MALFORMED = new Size(-1, false);

    private void skip(long size) throws IOException {
        long left = size;
        while (left > 0) {
            if (!s.in.pending() && !s.in.fill()) {
                throw new EOFException();
            }
            int n = (int) Math.min(left, s.in.end() - s.in.start());
            s.in.take(n);
            left -= n;
        }
    }

    /// The first chunk of a mail; the others are read in this loop too, each answered in turn.
    void chunk(String arguments) throws IOException {
        Size z = checked(arguments);
        if (z.size() <= 0 && !z.last()) {
            return;
        }
        if (s.t.skippingChunks) {
            String said = "Discarded " + z.size() + " bytes after earlier error";
            skip(z, Reply.of(551, 0, 0, said));
            return;
        }
        Chunks chunks = begun();
        if (s.d.sizeLimit > 0 && z.size() > s.d.sizeLimit - chunks.receiver().size()) {
            boolean chunkTooLarge = z.size() > s.d.sizeLimit - octets;
            if (chunkTooLarge) {
                s.warn(
                        s.rejects.id()
                                + ": BDAT request from "
                                + s.t.client.nameAndAddress()
                                + " exceeds message size limit");
            } else {
                s.warn(s.rejects.id() + ": queue file size limit exceeded");
            }
            skip(z, chunkTooLarge ? SmtpdReplies.CHUNK_SIZE : SmtpdReplies.TOO_BIG);
            return;
        }
        receive(chunks, z.size(), z.last());
        if (!z.last()) {
            s.t.chunking = true;
            s.send(Reply.of(250, 0, 0, "Ok: " + z.size() + " bytes"));
            return;
        }
        DataReceiver data = new DataReceiver(s);
        boolean unended = chunks.flushTail();
        long size = octets + chunks.receiver().bareNewlines() + (unended ? 2 : 0);
        this.chunks = null;
        octets = 0;
        s.t.chunking = false;
        try (ContentWriter writer = chunks.writer()) {
            data.finish(chunks.receiver(), writer, size);
        }
    }

    /// The chunks of the mail in progress; begins them with the first.
    private Chunks begun() throws IOException {
        Chunks c = chunks;
        if (c == null) {
            ContentWriter writer = new SafeWriter(s.d.cleanup.content());
            c = new Chunks(writer, new DataReceiver(s).begin(writer, false));
            chunks = c;
        }
        return c;
    }

    /// Octets of the chunks of the mail in progress.
    long octets() {
        return octets;
    }

    /// Forgets what has come.
    void abandon() {
        Chunks c = chunks;
        chunks = null;
        octets = 0;
        if (c != null) {
            c.writer().close();
        }
    }

    private void receive(Chunks chunks, long size, boolean last) throws IOException {
        long left = size;
        s.in.content();
        s.place.received(octets);
        while (left > 0) {
            if (!s.in.pending()) {
                s.in.contentMode();
                if (!s.in.fill()) {
                    throw new EOFException();
                }
            }
            int n = (int) Math.min(left, s.in.end() - s.in.start());
            chunks.take(s.in.buffer(), s.in.start(), n);
            octets += n;
            s.place.received(octets);
            s.in.take(n);
            left -= n;
        }
        if (last) {
            s.in.commandMode();
        }
    }

    /// What has come of a mail in chunks: a line may end in a later chunk than it began.
    static final class Chunks {
        private final ContentWriter writer;
        private final ContentReceiver receiver;
        private byte[] tail = new byte[4096];
        private int kept;

        Chunks(ContentWriter writer, ContentReceiver receiver) {
            this.writer = writer;
            this.receiver = receiver;
        }

        ContentWriter writer() {
            return writer;
        }

        ContentReceiver receiver() {
            return receiver;
        }

        void take(byte[] from, int offset, int count) throws IOException {
            if (kept + count > tail.length) {
                tail = java.util.Arrays.copyOf(tail, Math.max(tail.length * 2, kept + count));
            }
            System.arraycopy(from, offset, tail, kept, count);
            kept += count;
            int taken = receiver.lines(tail, 0, kept);
            if (taken == 0 && kept > 64 << 10) {
                taken = kept - 1;
                receiver.part(tail, 0, taken);
            }
            System.arraycopy(tail, taken, tail, 0, kept - taken);
            kept -= taken;
        }

        /// True where the last line had no end.
        boolean flushTail() throws IOException {
            if (kept == 0) {
                return false;
            }
            receiver.part(tail, 0, kept);
            kept = 0;
            return true;
        }
    }
}
