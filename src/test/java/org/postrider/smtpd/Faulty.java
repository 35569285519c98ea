package org.postrider.smtpd;

import java.io.IOException;
import org.postrider.cleanup.CleanupService;
import org.postrider.memory.Budget;
import org.postrider.message.Content;
import org.postrider.message.ContentWriter;
import org.postrider.message.Facts;
import org.postrider.message.MemoryContent;
import org.postrider.queue.QueueId;

/// A cleanup that dies of an Error at one point of a mail, and keeps count of what mails take of
/// its memory.
final class Faulty implements CleanupService {
    /// Where it dies.
    enum Point {
        NOWHERE,
        NEW_ID,
        RECEIVING,
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
