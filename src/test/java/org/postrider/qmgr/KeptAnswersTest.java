package org.postrider.qmgr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.bounce.BounceService;
import org.postrider.delivery.Outcome;
import org.postrider.dsn.Status;
import org.postrider.log.LogTag;
import org.postrider.maps.TableDirectory;
import org.postrider.message.Content;
import org.postrider.queue.Attributes;
import org.postrider.queue.Envelope;
import org.postrider.queue.Mark;
import org.postrider.queue.QueueException;
import org.postrider.queue.QueueId;
import org.postrider.queue.QueuedMessage;
import org.postrider.queue.Recipient;
import org.postrider.queue.Transaction;
import org.postrider.rewrite.TrivialRewrite;
import org.postrider.time.Clock;

/// What is kept of next hops' answers while a pass goes on.
class KeptAnswersTest {
    private static final LogTag TAG = new LogTag("postfix/qmgr", 1);

    @TempDir Path directory = Path.of("");

    /// A message with room for so many octets, the first of which its envelope takes.
    private static final class Narrow implements QueuedMessage {
        private final Envelope envelope;
        private long room;

        Narrow(int recipients, long room) {
            List<Recipient> to = new ArrayList<>();
            for (int i = 0; i < recipients; i++) {
                to.add(Recipient.of(House.address("r" + i + "@b.example")));
            }
            envelope = new Envelope(House.address("s@a.example"), to, 0, Attributes.NONE);
            this.room = room;
        }

        @Override
        public QueueId id() {
            return new QueueId("ABC");
        }

        @Override
        public Envelope envelope() {
            return envelope;
        }

        @Override
        public Content content() {
            throw new IllegalStateException("nobody reads it");
        }

        @Override
        public boolean done(int recipient) {
            return false;
        }

        @Override
        public Mark.@Nullable Reason reason(int recipient) {
            return null;
        }

        @Override
        public long size() {
            return 1;
        }

        @Override
        public boolean held() {
            return false;
        }

        @Override
        public boolean forcedToExpire() {
            return false;
        }

        @Override
        public boolean delayWarned() {
            return false;
        }

        @Override
        public boolean keeps(long octets) {
            if (octets > room) {
                return false;
            }
            room -= octets;
            return true;
        }

        @Override
        public void letsGo(long octets) {
            room += octets;
        }
    }

    private static final class Told implements BounceService {
        private boolean refuses;
        private boolean isBroken;
        private int recipients;

        @Override
        public @Nullable QueueId bounced(
                QueuedMessage message, List<Mark.Reason> failed, Transaction with) {
            if (isBroken) {
                throw new LinkageError("expected by the test");
            }
            if (refuses) {
                throw new QueueException(
                        QueueException.Kind.FULL, "no space", new IOException("no space"));
            }
            recipients += failed.size();
            return null;
        }

        @Override
        public @Nullable QueueId delayed(
                QueuedMessage message, List<Mark.Reason> waiting, Transaction with) {
            return null;
        }

        @Override
        public Unsent unsent(QueuedMessage message, List<Mark.Reason> failed) {
            throw new AssertionError("nobody asks for it");
        }

        @Override
        public @Nullable QueueId reported(
                QueuedMessage message, List<BounceService.Fate> all, Transaction with) {
            return null;
        }

        @Override
        public @Nullable QueueId delivered(
                QueuedMessage message, List<Mark.Reason> done, Transaction with) {
            return null;
        }
    }

    /// Ten recipients of one delivery fail, and there is room for the answers of two or three.
    private Entry failed(Narrow message, Told told) {
        try (House h = House.open(directory, "")) {
            Policies policies =
                    new Policies(
                            new QueueManager.Services(
                                    _ -> null,
                                    new TrivialRewrite(
                                            h.settings,
                                            new TableDirectory(Clock.system(), "hash"),
                                            warning -> {}),
                                    told,
                                    null,
                                    null,
                                    h.settings));
            ActiveMessage m = new ActiveMessage(message, policies, 0, 0);
            m.owed = 10;
            int[] all = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
            Entry e = new Entry(m, "smtp", "b.example", "b.example", all);
            m.entries = List.of(e);
            Outcomes outcomes = new Outcomes(h.queue, h.log, Clock.system());
            outcomes.taker(e, e.having().recipients(), TAG, false)
                    .rest(
                            new Outcome.Bounced(
                                    Outcome.Detail.local(
                                            new Status(5, 1, 1), "h[1]:25", "550 no such user")));
            PassEnd passEnd = new PassEnd(h.queue, h.log, TAG, Clock.system(), _ -> {});
            if (told.isBroken) {
                assertThrows(LinkageError.class, () -> passEnd.part(m, e));
            } else {
                passEnd.part(m, e);
            }
            return e;
        }
    }

    /// Answers that there was no room for are told of, and give back nothing.
    @Test
    void asMuchIsLetGoAsWasKept() {
        Told told = new Told();
        Narrow message = new Narrow(10, 500);
        failed(message, told);
        assertEquals(10, told.recipients);
        assertEquals(500, message.room);
    }

    /// Nobody is settled whom no notice told of.
    @Test
    void whoCouldNotBeToldOfWaits() {
        Told told = new Told();
        told.refuses = true;
        Entry e = failed(new Narrow(10, 500), told);
        assertEquals(10, e.deferred.size());
        assertEquals(List.of(), e.bounced);
    }

    /// The same where the notice fails of a bug: the message must not end as if all were told.
    @Test
    void whoAnErrorKeptFromBeingToldOfWaits() {
        Told told = new Told();
        told.isBroken = true;
        Entry e = failed(new Narrow(10, 500), told);
        assertEquals(10, e.deferred.size());
    }
}
