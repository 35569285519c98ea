package org.postrider.showq;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.address.Address;
import org.postrider.disk.Disk;
import org.postrider.disk.RealDisk;
import org.postrider.dsn.Status;
import org.postrider.message.ContentWriter;
import org.postrider.message.Facts;
import org.postrider.pickup.Maildrop;
import org.postrider.queue.Attributes;
import org.postrider.queue.Envelope;
import org.postrider.queue.JournalQueue;
import org.postrider.queue.Mark;
import org.postrider.queue.NewMessage;
import org.postrider.queue.Queue;
import org.postrider.queue.QueueId;
import org.postrider.queue.Recipient;
import org.postrider.queue.Transaction;
import org.postrider.time.Clock;

/// What `mailq` shows.
class QueueWalkTest {
    @TempDir Path temp = Path.of("");

    private static QueueId accept(Queue spool) throws IOException {
        QueueId id = spool.newId();
        try (ContentWriter w = spool.content()) {
            spool.commit(
                    Transaction.of(
                            new NewMessage(
                                    id,
                                    new Envelope(
                                            new Address("s@example.com"),
                                            List.of(Recipient.of(new Address("a@example.net"))),
                                            0,
                                            Attributes.NONE),
                                    w.finish(new Facts(4, 4, 4, false, true, false, false, 0)),
                                    true)));
            return id;
        }
    }

    /// A medium that shows no directory.
    private static final class NothingListed implements Disk {
        private static IOException error() {
            return new IOException("Input/output error");
        }

        @Override
        public File open(Path path) throws IOException {
            throw error();
        }

        @Override
        public File openToRead(Path path) throws IOException {
            throw error();
        }

        @Override
        public void makeDirectory(Path directory) throws IOException {
            throw error();
        }

        @Override
        public void forceDirectory(Path directory) throws IOException {
            throw error();
        }

        @Override
        public void rename(Path from, Path to) throws IOException {
            throw error();
        }

        @Override
        public boolean delete(Path path) throws IOException {
            throw error();
        }

        @Override
        public List<String> list(Path directory) throws IOException {
            throw error();
        }

        @Override
        public long freeBytes(Path path) throws IOException {
            throw error();
        }

        @Override
        public AutoCloseable tryLock(Path path) throws IOException {
            throw error();
        }
    }

    private static final JournalQueue.Options OPTIONS =
            new JournalQueue.Options(
                    65536, 4000, 1 << 20, false, JournalQueue.Limits.ofContents(1 << 20, 1 << 20));

    private final List<String> shown = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private final QueueVisitor visitor =
            new QueueVisitor() {
                @Override
                public void message(
                        String queueName,
                        String id,
                        long arrivalSeconds,
                        long size,
                        boolean forcedToExpire,
                        String sender) {
                    shown.add(queueName + " " + sender);
                }

                @Override
                public void recipient(String address, String reason) {
                    shown.add(reason.isEmpty() ? address : address + " " + reason);
                }
            };

    @Test
    void aMaildropThatCannotBeListedHidesNothingElse() throws IOException {
        try (Queue spool =
                JournalQueue.open(new RealDisk(), temp, OPTIONS, Clock.system(), w -> {})) {
            accept(spool);
            QueueWalk.walk(
                    spool, new Maildrop(new NothingListed(), temp), null, visitor, warnings::add);
        }
        assertEquals(List.of("hold s@example.com", "a@example.net"), shown);
        assertEquals(List.of("scan maildrop: Input/output error"), warnings);
    }

    /// As Postfix's defer log has it: the output of a command ends with a line end.
    @Test
    void aReasonIsShownWithoutTheBlanksAroundIt() throws IOException {
        try (Queue spool =
                JournalQueue.open(new RealDisk(), temp, OPTIONS, Clock.system(), w -> {})) {
            QueueId id = accept(spool);
            Mark.Reason reason =
                    new Mark.Reason(
                            0, new Status(4, 2, 0), " mailbox  is full ", "local", null, null, "");
            spool.commit(Transaction.of(new Mark.Deferred(id, 0, List.of(reason))));
            QueueWalk.walk(spool, new Maildrop(new RealDisk(), temp), null, visitor, warnings::add);
        }
        assertEquals(List.of("hold s@example.com", "a@example.net mailbox  is full"), shown);
    }
}
