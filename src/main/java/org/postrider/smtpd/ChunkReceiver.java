package org.postrider.smtpd;

import java.io.EOFException;
import java.io.IOException;
import java.util.List;
import org.postrider.message.ContentReceiver;
import org.postrider.message.ContentWriter;
import org.postrider.wire.Reply;

/// BDAT (RFC 3030): chunks are gathered until LAST. Session thread only.
final class ChunkReceiver {
    private final Session s;

    ChunkReceiver(Session session) {
        this.s = session;
    }

    /// @param size octets, -1 for a malformed command
    private record Size(long size, boolean last) {}

    private static Size size(String arguments) {
        List<String> words = MailParameters.words(arguments);
        if (words.isEmpty() || words.size() > 2 || words.getFirst().length() > 25) {
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
            n = Math.min(Long.MAX_VALUE / 16, n * 10 + c - '0');
        }
        return new Size(n, last);
    }

    /// A chunk that comes out of order: its octets are skipped, then it is refused.
    void refuse(String arguments, Reply reply) throws IOException {
        Size z = size(arguments);
        if (z.size() < 0) {
            s.error(SmtpdReplies.BDAT_SYNTAX);
            s.end();
            return;
        }
        s.flush();
        skip(z.size());
        s.error(reply);
    }

    private void skip(long octets) throws IOException {
        long left = octets;
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
        Size z = size(arguments);
        if (z.size() < 0) {
            s.error(SmtpdReplies.BDAT_SYNTAX);
            s.end();
            return;
        }
        if (s.discards("CHUNKING")) {
            s.error(SmtpdReplies.CHUNKING_OFF);
            s.end();
            return;
        }
        Chunks chunks = s.chunks();
        if (s.d.sizeLimit > 0 && z.size() > s.d.sizeLimit - chunks.receiver().size()) {
            s.flush();
            s.abandonChunks();
            s.abandon();
            if (z.size() > 10 * s.d.sizeLimit) {
                s.error(SmtpdReplies.CHUNK_SIZE);
                s.end();
                return;
            }
            skip(z.size());
            s.error(SmtpdReplies.CHUNK_SIZE);
            return;
        }
        receive(chunks, z.size(), z.last());
        if (!z.last()) {
            s.t.chunking = true;
            s.send(Reply.of(250, 0, 0, "Ok: " + z.size() + " bytes"));
            return;
        }
        DataReceiver data = new DataReceiver(s);
        chunks.flushTail();
        s.chunksDone();
        s.t.chunking = false;
        data.finish(chunks.receiver(), chunks.writer());
    }

    private void receive(Chunks chunks, long octets, boolean last) throws IOException {
        long left = octets;
        while (left > 0) {
            if (!s.in.pending()) {
                s.in.contentMode();
                if (!s.in.fill()) {
                    throw new EOFException();
                }
            }
            int n = (int) Math.min(left, s.in.end() - s.in.start());
            chunks.take(s.in.buffer(), s.in.start(), n);
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

        void flushTail() throws IOException {
            if (kept > 0) {
                receiver.part(tail, 0, kept);
                kept = 0;
            }
        }
    }
}
