package org.postrider.queue.spool;

import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.message.Content;
import org.postrider.queue.Envelope;
import org.postrider.queue.Mark;
import org.postrider.queue.NewMessage;
import org.postrider.queue.QueueException;
import org.postrider.queue.QueueId;
import org.postrider.queue.Recipient;
import org.postrider.queue.Transaction;
import org.postrider.queue.files.Bodies;
import org.postrider.queue.files.RecipientFile;
import org.postrider.queue.files.SpoolContent;
import org.postrider.queue.record.MarkCodec;
import org.postrider.queue.record.MessageRecord;
import org.postrider.queue.record.Octets;
import org.postrider.queue.record.QueueIds;
import org.postrider.time.Clock;

/// Makes records of what is to be committed, on the caller's thread and under no lock. Any thread.
final class Encoder {
    private final Clock clock;
    private final Bodies bodies;
    private final RecipientFile.Reads reads;
    private final int envelopeThreshold;

    /// @param envelopeThreshold more recipients go to a file
    Encoder(Clock clock, Bodies bodies, RecipientFile.Reads reads, int envelopeThreshold) {
        this.clock = clock;
        this.bodies = bodies;
        this.reads = reads;
        this.envelopeThreshold = envelopeThreshold;
    }

    /// @param p gets all of it; what was made for it of files is nobody's where it fails
    void encode(Transaction transaction, Pending p) {
        for (NewMessage m : transaction.messages()) {
            p.messages.add(encoded(m, transaction.marks().isEmpty()));
        }
        for (Mark mark : transaction.marks()) {
            p.marks.add(encoded(mark));
        }
    }

    /// It is not durable and never will be: the files that were made for it are given back, those
    /// of its contents are their writers'.
    void forget(Transaction transaction, Pending p) {
        for (int i = 0; i < p.messages.size(); i++) {
            Bodies.Body body = file(p.messages.get(i).message());
            if (body != null && body != file(transaction.messages().get(i))) {
                bodies.abandon(body);
            }
        }
    }

    private static Bodies.@Nullable Body file(NewMessage m) {
        return m.content() instanceof SpoolContent s ? s.file() : null;
    }

    /// @param alone no marks are in its transaction
    private Pending.Message encoded(NewMessage given, boolean alone) {
        NewMessage m = given;
        if (m.envelope().recipients().size() > envelopeThreshold) {
            try {
                m = RecipientFile.filed(m, bodies, reads);
            } catch (IOException e) {
                throw QueueException.of(e);
            }
        } else if (m.envelope().recipients() instanceof Recipient.Many few) {
            // Their file is gone after this.
            Envelope own = m.envelope().withRecipients(new ArrayList<>(few));
            m = new NewMessage(m.id(), own, m.content(), m.held());
        }
        Content c = m.content();
        byte[] body = c.inlineBody();
        String bodyFile = null;
        if (body == null && c instanceof SpoolContent s && s.file() != null) {
            if (!bodies.kept(s.file())) {
                throw QueueException.of(new IOException("the file of its body was given back"));
            }
            bodyFile = s.file().reference;
        } else if (body == null) {
            body = wholeBody(c);
        }
        byte[] header = c.header();
        Octets head = new Octets(512 + header.length);
        long number = number(m.id());
        MessageRecord.State state =
                new MessageRecord.State(
                        (m.held() ? MessageRecord.HELD : 0)
                                | (alone ? 0 : MessageRecord.WITH_MARKS),
                        clock.wallMillis(),
                        new BitSet(),
                        List.of());
        MessageRecord.Stored stored =
                new MessageRecord.Stored(c.facts(), header, c.bodyLength(), bodyFile, body);
        new MessageRecord(number, state, m.envelope(), stored).writeHead(head);
        return new Pending.Message(m, number, head, bodyFile == null ? body : null);
    }

    private static byte[] wholeBody(Content c) {
        try (var in = c.body()) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw QueueException.of(e);
        }
    }

    Pending.Marked encoded(Mark mark) {
        long number = number(mark.id());
        long now = clock.wallMillis();
        Octets octets = new Octets(32);
        MarkCodec.write(mark, number, now, octets);
        return new Pending.Marked(mark, number, MarkCodec.of(mark, number, now), octets, null);
    }

    private static long number(QueueId id) {
        Long n = QueueIds.number(id.text());
        if (n == null) {
            throw new IllegalArgumentException("not a queue id: " + id);
        }
        return n;
    }
}
