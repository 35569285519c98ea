package org.postrider.smtpd;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.cleanup.CleanupService;
import org.postrider.memory.Budget;
import org.postrider.message.Content;
import org.postrider.message.ContentWriter;
import org.postrider.message.Facts;
import org.postrider.message.MemoryContent;
import org.postrider.queue.QueueException;
import org.postrider.queue.QueueId;
import org.postrider.queue.Recipient;

/// A cleanup that dies of an Error at one point of a mail, and keeps count of what mails take of
/// its memory.
final class Faulty implements CleanupService {
    /// Where it dies.
    enum Point {
        NOWHERE,
        NEW_ID,
        RECEIVING,
        RECIPIENT,
        CONTENT,
        HEADER,
        BODY,
        FINISH,
        SUBMIT
    }

    final Budget envelopes = new Budget("envelopes", 1 << 20, 1 << 20, 1 << 20);
    final Budget bodies = new Budget("bodies", 1 << 20, 1 << 20, 1 << 20);
    Point point = Point.NOWHERE;

    /// Mails that had a recipient.
    int ids;

    /// So many recipients of a mail can be written.
    int places = Integer.MAX_VALUE;

    /// Files of recipients that nobody has given back.
    int files;

    private void at(Point here) {
        if (point == here) {
            throw new InternalError("expected by the test: " + here);
        }
    }

    @Override
    public QueueId newId() {
        at(Point.NEW_ID);
        ids++;
        return new QueueId("4XkZ0000000001z");
    }

    @Override
    public Budget.Share receiving() {
        at(Point.RECEIVING);
        return envelopes.share();
    }

    @Override
    public Recipient.Writer recipients(Budget.Share memory) {
        files++;
        Recipient.Writer kept = Recipient.Writer.inMemory(memory::take);
        return new Recipient.Writer() {
            private @Nullable IOException failure;

            @Override
            public boolean hasRoom(Recipient one) {
                return kept.hasRoom(one);
            }

            @Override
            public void add(Recipient one) throws IOException {
                at(Point.RECIPIENT);
                if (kept.size() >= places) {
                    IOException full = new IOException("No space left on device");
                    failure = full;
                    throw full;
                }
                kept.add(one);
            }

            @Override
            public int size() {
                return kept.size();
            }

            @Override
            public List<Recipient> all() {
                if (failure != null) {
                    throw QueueException.of(failure);
                }
                return kept.all();
            }

            @Override
            public void close() {
                files--;
            }
        };
    }

    @Override
    public ContentWriter content() {
        at(Point.CONTENT);
        Budget.Share share = bodies.share();
        share.take(1);
        return new ContentWriter() {
            @Override
            public void header(byte[] from, int offset, int length) {
                share.take(length);
                at(Point.HEADER);
            }

            @Override
            public byte[] header() {
                return new byte[0];
            }

            @Override
            public void body(byte[] from, int offset, int length) {
                share.take(length);
                at(Point.BODY);
            }

            @Override
            public Content finish(Facts facts) throws IOException {
                at(Point.FINISH);
                return MemoryContent.of(new byte[0], new byte[0]);
            }

            @Override
            public void close() {
                share.close();
            }
        };
    }

    @Override
    public Prepared prepare(Submission submission) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Result submit(Submission submission) {
        at(Point.SUBMIT);
        return new Result.Queued(submission.id(), 1);
    }
}
