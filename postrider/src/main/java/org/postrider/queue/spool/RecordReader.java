package org.postrider.queue.spool;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.postrider.message.Content;
import org.postrider.queue.Mark;
import org.postrider.queue.files.Bodies;
import org.postrider.queue.files.RecipientFile;
import org.postrider.queue.files.Segment;
import org.postrider.queue.files.SpoolContent;
import org.postrider.queue.index.Meta;
import org.postrider.queue.record.MarkCodec;
import org.postrider.queue.record.MessageRecord;
import org.postrider.queue.record.OctetReader;
import org.postrider.queue.record.RecipientBlocks;
import org.postrider.threads.Supervisor;
import org.postrider.threads.Work;

/// Reads records back. File reads hold a carrier thread, so callers on virtual threads go through a
/// small pool of platform threads.
final class RecordReader implements AutoCloseable {
    private static final int THREADS = 2;
    private static final Work WORK =
            Work.of("queue-read", "reads messages of the queue")
                    .onPlatform()
                    .failing("the reader is told");

    /// A record with what the newest mark says of those that wait.
    ///
    /// @param at where both were read: a mark that was written since lies elsewhere
    record Loaded(
            MessageRecord record, Content content, List<Mark.Reason> reasons, Meta.Place at) {}

    private final Bodies bodies;
    private final ExecutorService pool;

    RecordReader(Bodies bodies, Supervisor threads) {
        this.bodies = bodies;
        pool = threads.family(WORK).pool(THREADS);
    }

    /// Runs it on the pool and waits; where the caller is a platform thread, at once.
    void inPool(Runnable read) {
        if (!Thread.currentThread().isVirtual()) {
            read.run();
            return;
        }
        Future<?> running = pool.submit(read);
        boolean interrupted = false;
        while (true) {
            try {
                running.get();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            } catch (ExecutionException e) {
                if (e.getCause() instanceof RuntimeException r) {
                    throw r;
                }
                throw new IllegalStateException(e.getCause());
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /// @param damaged told where recipients that stand in a file cannot be read later
    /// @return null where the record is damaged or gone
    @Nullable Loaded read(long id, Meta.Place at, boolean withContent, Runnable damaged)
            throws IOException {
        byte[] payload = at.segment().read(at.offset(), at.length());
        if (payload == null) {
            return null;
        }
        try {
            MessageRecord r =
                    MessageRecord.read(new OctetReader(payload, 0, payload.length), withContent);
            if (r.id() != id) {
                return null;
            }
            MessageRecord.Stored stored = r.content();
            String bodyFile = stored.bodyFile();
            Bodies.Body body = bodyFile == null ? null : bodies.find(bodyFile);
            if (bodyFile != null && (body == null || withContent && !bodies.whole(body))) {
                return null;
            }
            Content content =
                    new SpoolContent(
                            bodies,
                            stored.header(),
                            stored.body(),
                            stored.bodyLength(),
                            body,
                            stored.facts());
            return new Loaded(bound(r, body, damaged), content, reasons(at, r), at);
        } catch (OctetReader.BadRecordException e) {
            return null;
        }
    }

    private MessageRecord bound(MessageRecord r, Bodies.@Nullable Body body, Runnable damaged) {
        if (body != null && r.envelope().recipients() instanceof RecipientBlocks filed) {
            long from = r.content().bodyLength();
            RecipientBlocks there = RecipientFile.in(filed, bodies, body, from, this::inPool);
            return r.with(r.envelope().withRecipients(there.damaged(damaged)));
        }
        return r;
    }

    /// Whether the recipients that stand in a file are all there.
    boolean recipientsWhole(Loaded loaded) throws IOException {
        return !(loaded.record().envelope().recipients() instanceof RecipientBlocks filed)
                || filed.whole();
    }

    private static List<Mark.Reason> reasons(Meta.Place at, MessageRecord r) throws IOException {
        Segment marks = at.markSegment();
        if (marks == null) {
            return r.state().reasons();
        }
        byte[] payload = marks.read(at.markOffset(), at.markLength());
        try {
            return payload == null ? List.of() : MarkCodec.reasons(payload);
        } catch (OctetReader.BadRecordException e) {
            return List.of();
        }
    }

    @Override
    public void close() {
        pool.shutdown();
    }
}
