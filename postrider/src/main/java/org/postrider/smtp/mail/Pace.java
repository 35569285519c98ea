package org.postrider.smtp.mail;

import java.io.IOException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.postrider.io.Connection;
import org.postrider.smtp.ClientSettings;
import org.postrider.smtp.SmtpParams;
import org.postrider.time.Clock;
import org.postrider.wire.ClientDialogue;
import org.postrider.wire.ClientMail;
import org.postrider.wire.ClientStage;

/// How long a server may take to read a content: smtp_data_xfer_timeout for each write, or, with
/// smtp_per_request_deadline, for all of it, where what it has taken buys more time at
/// smtp_min_data_rate, never more than that timeout. One content's, one thread.
final class Pace {
    private static final long MILLI = 1_000_000L;
    private static final long SECOND = 1_000_000_000L;
    private static final int LEAST_PIECE = 512;
    private static final int PIECE = 64 << 10;

    private final ClientDialogue dialogue;
    private final Connection to;
    private final Terms terms;
    private final Clock clock;
    private final long dotMillis;
    private long leftNanos;

    /// Null where the content goes behind DATA.
    private final ClientMail.@Nullable Chunks chunks;

    /// A chunk as it fills; empty without chunks.
    private final byte[] chunk;

    private int filled;

    /// What the settings say.
    ///
    /// @param millis smtp_data_xfer_timeout
    /// @param perRequest smtp_per_request_deadline
    /// @param rate smtp_min_data_rate, octets a second
    record Terms(long millis, boolean perRequest, int rate) {
        static Terms of(ClientSettings settings) {
            return new Terms(
                    settings.get(SmtpParams.DATA_XFER_TIMEOUT).toMillis(),
                    settings.get(SmtpParams.PER_REQUEST_DEADLINE),
                    settings.get(SmtpParams.MIN_DATA_RATE));
        }

        /// Octets of one write: a server that is as fast as it has to be takes them in a quarter of
        /// the time.
        private int piece() {
            return (int) Math.clamp(rate * (millis / 4000), LEAST_PIECE, PIECE);
        }
    }

    /// @param dotMillis how long is waited before the final dot; 0: it goes with what is before it
    Pace(ClientDialogue dialogue, Terms terms, Clock clock, long dotMillis) {
        this(dialogue, terms, clock, dotMillis, null, 0);
    }

    /// @param chunks told of each; null for a content that goes behind DATA
    /// @param size octets of a chunk
    Pace(
            ClientDialogue dialogue,
            Terms terms,
            Clock clock,
            long dotMillis,
            ClientMail.@Nullable Chunks chunks,
            int size) {
        this.chunks = chunks;
        chunk = new byte[size];
        this.dialogue = dialogue;
        this.to = dialogue.connection();
        this.terms = terms;
        this.clock = clock;
        this.dotMillis = dotMillis;
        this.leftNanos = terms.millis() * MILLI;
    }

    /// What is written next ends with the final dot: where the connection breaks at it, the server
    /// may have the mail.
    void ends() {
        dialogue.stage(ClientStage.END_OF_DATA);
    }

    /// The final dot may go in one segment with what is before it.
    boolean atOnce() {
        return dotMillis == 0;
    }

    /// Everything before the final dot has been written.
    void beforeDot() {
        long until = clock.nanos() + dotMillis * MILLI;
        for (long left = dotMillis * MILLI;
                left > 0 && !Thread.currentThread().isInterrupted();
                left = until - clock.nanos()) {
            LockSupport.parkNanos(this, left);
        }
    }

    /// The content goes in chunks, without dots before dots and without a last one.
    boolean chunked() {
        return chunks != null;
    }

    /// The content has ended: the last chunk goes.
    void lastChunk() throws IOException {
        if (chunks != null) {
            chunks.begins(filled, true);
            out(chunk, 0, filled);
        }
    }

    void write(byte[] from, int offset, int count) throws IOException {
        if (chunks == null) {
            out(from, offset, count);
            return;
        }
        for (int done = 0; done < count; ) {
            if (filled == chunk.length) {
                chunks.begins(filled, false);
                out(chunk, 0, filled);
                filled = 0;
            }
            int n = Math.min(count - done, chunk.length - filled);
            System.arraycopy(from, offset + done, chunk, filled, n);
            filled += n;
            done += n;
        }
    }

    private void out(byte[] from, int offset, int count) throws IOException {
        if (!terms.perRequest()) {
            to.deadline(terms.millis());
            to.write(from, offset, count);
            return;
        }
        int piece = terms.piece();
        for (int done = 0; done < count; done += piece) {
            int n = Math.min(piece, count - done);
            long begun = clock.nanos();
            to.deadline(Math.max(1, leftNanos / MILLI));
            to.write(from, offset + done, n);
            long left = leftNanos - (clock.nanos() - begun) + n * SECOND / terms.rate();
            leftNanos = Math.clamp(left, 0, terms.millis() * MILLI);
        }
    }

    /// @return octets that went by themselves; 0: the caller writes the next ones
    long write(Connection.Octets file) throws IOException {
        if (terms.perRequest() || chunks != null) {
            return 0;
        }
        to.deadline(terms.millis());
        return to.write(file);
    }
}
