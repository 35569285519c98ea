package org.postrider.queue.index;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;
import org.postrider.queue.QueueReader;
import org.postrider.queue.QueuedMessage;
import org.postrider.queue.files.Segment;
import org.postrider.queue.record.MarkCodec;
import org.postrider.queue.record.MessageRecord;
import org.postrider.queue.record.RecipientBlocks;

/// What memory holds of a queued message: where it is, when it is due, what is settled. Guarded by
/// the spool's lock. Kept small: a million of these fit a 512 MB heap with room to spare.
public final class Meta {
    public static final int ACTIVE = 8;
    public static final int CORRUPT = 16;
    public static final int REMOVED = 32;

    /// Made due by somebody who wants it now; until it is deferred again.
    public static final int ASKED = 64;

    private static final int PER_MESSAGE = 1024;
    private static final int PER_RECIPIENT = 128;

    /// Who of a message's recipients is owed, what became of them and why.
    private static final int PER_FILED = 12;

    /// The shortest recipient in a record.
    private static final long LEAST_INLINE = 18;

    private static final int LARGE = 16 << 10;

    public final long id;
    public Segment segment;
    public int offset;
    public int length;
    public long dueMillis;
    public long size;
    public int recipients;

    /// [MessageRecord]'s flags and those here.
    public int flags;

    /// The line it waits in, and its place there; null and -1 for none.
    public @Nullable DueHeap heap;

    public int heapIndex = -1;

    /// Done bits of the first 64 recipients.
    public long done;

    /// Those beyond 64; null where there are none.
    public @Nullable BitSet doneMore;

    /// The newest Deferred mark, null where the message record has the reasons.
    public @Nullable Segment markSegment;

    public int markOffset;
    public int markLength;
    public @Nullable String bodyFile;

    /// The view that the queue manager works on while it is active.
    public @Nullable QueuedMessage view;

    public Meta(long id, Segment segment, int offset, int length) {
        this.id = id;
        this.segment = segment;
        this.offset = offset;
        this.length = length;
    }

    /// Where a message's record and its newest Deferred mark lie; both move together with the log.
    public record Place(
            Segment segment,
            int offset,
            int length,
            @Nullable Segment markSegment,
            int markOffset,
            int markLength) {}

    /// @return null where it cannot be read
    public QueueReader.@Nullable State state() {
        return has(CORRUPT)
                ? null
                : new QueueReader.State(
                        has(MessageRecord.HELD), has(MessageRecord.FORCED_TO_EXPIRE));
    }

    /// What a mark does to it.
    ///
    /// @return true where the message is gone
    public boolean apply(MarkCodec.Read mark) {
        switch (mark.kind()) {
            case MarkCodec.DONE -> {
                if (mark.number() >= 0 && mark.number() < recipients) {
                    settle((int) mark.number());
                }
            }
            case MarkCodec.DEFERRED -> {
                dueMillis = mark.number();
                set(ACTIVE, false);
                set(ASKED, false);
            }
            case MarkCodec.DELAY_WARNED -> set(MessageRecord.DELAY_WARNED, true);
            case MarkCodec.HELD -> {
                set(MessageRecord.HELD, true);
                set(ACTIVE, false);
            }
            case MarkCodec.RELEASED -> {
                set(MessageRecord.HELD, false);
                dueMillis = mark.number();
            }
            case MarkCodec.FORCED_TO_EXPIRE -> set(MessageRecord.FORCED_TO_EXPIRE, true);
            case MarkCodec.DUE_NOW -> {
                dueMillis = Math.min(dueMillis, mark.number());
                set(ASKED, true);
            }
            case MarkCodec.REMOVED -> {
                set(REMOVED, true);
                return true;
            }
            default -> throw new IllegalStateException("mark kind " + mark.kind());
        }
        return false;
    }

    /// For a reader, who then reads under no lock.
    public Place place() {
        return new Place(segment, offset, length, markSegment, markOffset, markLength);
    }

    /// Octets of memory that the message takes while it is active, without its content: the record
    /// as it lies on disk, and objects for each recipient.
    public long envelopeMemory() {
        if (filed()) {
            return length
                    + 2L * markLength
                    + PER_MESSAGE
                    + (long) PER_FILED * recipients
                    + RecipientBlocks.memory(recipients);
        }
        long content = bodyFile == null ? Math.min(size, length) : 0;
        return length - content + markLength + PER_MESSAGE + (long) PER_RECIPIENT * recipients;
    }

    /// Its recipients stand in its file: its record is too short for them. One of whom that is not
    /// known has more memory than it takes.
    private boolean filed() {
        return bodyFile != null && length < LEAST_INLINE * recipients;
    }

    /// Those wait in a line of their own: letters pass mailings that there is no memory for.
    public boolean large() {
        return envelopeMemory() > LARGE;
    }

    public boolean has(int flag) {
        return (flags & flag) != 0;
    }

    public void set(int flag, boolean on) {
        flags = on ? flags | flag : flags & ~flag;
    }

    public boolean done(int recipient) {
        if (recipient < 64) {
            return (done & 1L << recipient) != 0;
        }
        return doneMore != null && doneMore.get(recipient);
    }

    public void settle(int recipient) {
        if (recipient < 64) {
            done |= 1L << recipient;
        } else {
            if (doneMore == null) {
                doneMore = new BitSet(recipients);
            }
            doneMore.set(recipient);
        }
    }

    public BitSet doneBits() {
        BitSet out = doneMore == null ? new BitSet() : (BitSet) doneMore.clone();
        for (int i = 0; i < Math.min(64, recipients); i++) {
            if ((done & 1L << i) != 0) {
                out.set(i);
            }
        }
        return out;
    }

    public void doneBits(BitSet bits) {
        done = 0;
        doneMore = null;
        for (int i = bits.nextSetBit(0); i >= 0; i = bits.nextSetBit(i + 1)) {
            settle(i);
        }
    }
}
