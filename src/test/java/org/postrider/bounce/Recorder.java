package org.postrider.bounce;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.cleanup.CleanupService;
import org.postrider.cleanup.CleanupService.Prepared;
import org.postrider.log.Event;
import org.postrider.log.LogTag;
import org.postrider.log.MailLog;
import org.postrider.message.Content;
import org.postrider.message.ContentWriter;
import org.postrider.message.Facts;
import org.postrider.message.MemoryContent;
import org.postrider.queue.Listing;
import org.postrider.queue.Mark;
import org.postrider.queue.NewMessage;
import org.postrider.queue.Queue;
import org.postrider.queue.QueueId;
import org.postrider.queue.QueuedMessage;
import org.postrider.queue.Transaction;
import org.postrider.time.Clock;

/// Cleanup, log, clock and the marks of a queue, written down.
final class Recorder implements CleanupService, MailLog, Clock {
    final List<Submission> submissions = new ArrayList<>();
    final List<Mark> committed = new ArrayList<>();

    /// With the notices in them.
    final List<Transaction> transactions = new ArrayList<>();

    final List<String> lines = new ArrayList<>();
    String nextId = "NOTICE";

    /// What cleanup says; null for that it took it.
    @Nullable Result answer;

    long nowMillis = 1_795_219_552_000L;

    static String text(Content c) {
        byte[] body = c.inlineBody();
        return new String(c.header(), StandardCharsets.ISO_8859_1)
                + new String(body == null ? new byte[0] : body, StandardCharsets.ISO_8859_1);
    }

    @Override
    public QueueId newId() {
        return new QueueId(nextId);
    }

    @Override
    public ContentWriter content() {
        writers++;
        return new Writer();
    }

    int writers;

    /// How many octets came at once at most.
    int largest;

    /// Collects what is written.
    private final class Writer implements ContentWriter {
        private final ByteArrayOutputStream header = new ByteArrayOutputStream();
        private final ByteArrayOutputStream body = new ByteArrayOutputStream();
        private boolean closed;

        @Override
        public void header(byte[] from, int offset, int length) {
            largest = Math.max(largest, length);
            header.write(from, offset, length);
        }

        @Override
        public byte[] header() {
            return header.toByteArray();
        }

        @Override
        public void body(byte[] from, int offset, int length) {
            largest = Math.max(largest, length);
            body.write(from, offset, length);
        }

        @Override
        public Content finish(Facts facts) {
            return new MemoryContent(header(), body.toByteArray(), facts);
        }

        @Override
        public void close() {
            writers -= closed ? 0 : 1;
            closed = true;
        }
    }

    @Override
    public Result submit(Submission submission) {
        throw new UnsupportedOperationException("a notice is committed with what it stands for");
    }

    @Override
    public Prepared prepare(Submission submission) {
        submissions.add(submission);
        return switch (answer) {
            case Result.Rejected r -> new Prepared.Refused(r);
            case Result.Discarded d -> new Prepared.Dropped(d);
            case Result.Queued _ -> throw new IllegalStateException("not for a test to say");
            case null ->
                    new Prepared.Ready(
                            new NewMessage(
                                    submission.id(),
                                    submission.envelope(),
                                    submission.content(),
                                    false),
                            () -> {});
        };
    }

    @Override
    public void event(LogTag tag, Event event) {
        lines.add(event.line());
    }

    @Override
    public long wallMillis() {
        return nowMillis;
    }

    @Override
    public long nanos() {
        return nowMillis * 1_000_000;
    }

    /// A queue of which only commits of marks are used.
    Queue queue() {
        return new Queue() {
            @Override
            public Lease lease() {
                return new Lease("", 1);
            }

            @Override
            public int adopt(Lease gone) {
                return 0;
            }

            @Override
            public QueueId newId() {
                return Recorder.this.newId();
            }

            @Override
            public ContentWriter content() {
                throw new UnsupportedOperationException();
            }

            @Override
            public void commit(Transaction transaction) {
                committed.addAll(transaction.marks());
                transactions.add(transaction);
            }

            @Override
            public void post(Mark mark) {
                committed.add(mark);
            }

            @Override
            public void listener(Listener listener) {
                throw new UnsupportedOperationException();
            }

            @Override
            public List<QueuedMessage> due(long now, int max) {
                return List.of();
            }

            @Override
            public void giveBack(QueueId id) {
                throw new UnsupportedOperationException();
            }

            @Override
            public long nextDueMillis() {
                return Long.MAX_VALUE;
            }

            @Override
            public void flushAll() {
                throw new UnsupportedOperationException();
            }

            @Override
            public @Nullable QueuedMessage find(QueueId id) {
                return null;
            }

            @Override
            public @Nullable State state(QueueId id) {
                return null;
            }

            @Override
            public void list(Consumer<Listing> to) {
                throw new UnsupportedOperationException();
            }

            @Override
            public List<QueueId> ids(String... queueNames) {
                return List.of();
            }

            @Override
            public boolean remove(QueueId id) {
                return false;
            }

            @Override
            public int size() {
                return 0;
            }

            @Override
            public long freeBytes() {
                return Long.MAX_VALUE;
            }

            @Override
            public void close() {
                // nothing is open
            }
        };
    }
}
