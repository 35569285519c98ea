package org.postrider.queue.spool;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.queue.Mark;
import org.postrider.queue.NewMessage;
import org.postrider.queue.QueueException;
import org.postrider.queue.files.Journal;
import org.postrider.queue.index.Meta;
import org.postrider.queue.record.MarkCodec;
import org.postrider.queue.record.MessageRecord;
import org.postrider.queue.record.Octets;

/// One caller's part of a batch, encoded on the caller's thread.
final class Pending {
    /// A new message with its record's head; the inline body follows it.
    record Message(NewMessage message, long number, Octets head, byte @Nullable [] body) {
        int payload() {
            return head.length() + (body == null ? 0 : body.length);
        }
    }

    /// A mark, encoded.
    ///
    /// @param bodyFile of a message that a posted Removed mark has already taken out of the index
    record Marked(
            Mark mark, long number, MarkCodec.Read read, Octets octets, @Nullable String bodyFile) {
        Marked withBody(String file) {
            return new Marked(mark, number, read, octets, file);
        }
    }

    /// A record that moves to the end of the log.
    ///
    /// @param from where it and its newest Deferred mark were read
    record Copy(Meta meta, MessageRecord record, Meta.Place from) {}

    final List<Message> messages = new ArrayList<>();
    final List<Marked> marks = new ArrayList<>();
    final List<Copy> copies = new ArrayList<>();

    /// Views of the new messages, once durable.
    final List<SpoolMessage> arrived = new ArrayList<>();

    final Thread thread = Thread.currentThread();
    volatile boolean finished;

    /// To be asked when it is finished: that nothing is said to have failed is no success.
    volatile boolean durable;

    volatile boolean leads;
    volatile @Nullable QueueException failure;

    long octets() {
        long sum = 0;
        for (Message m : messages) {
            sum += Journal.octets(m.payload());
        }
        for (Marked m : marks) {
            sum += Journal.octets(m.octets().length());
        }
        return sum;
    }
}
