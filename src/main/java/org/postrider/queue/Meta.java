package org.postrider.queue;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/// What memory holds of a queued message: where it is, when it is due, what is settled. Guarded by
/// the spool's lock. Kept small: a million of these fit a 512 MB heap with room to spare.
final class Meta {
    static final int ACTIVE = 8;
    static final int CORRUPT = 16;
    static final int REMOVED = 32;

    /// Made due by somebody who wants it now; until it is deferred again.
    static final int ASKED = 64;

    private static final int PER_MESSAGE = 1024;
    private static final int PER_RECIPIENT = 128;
    private static final int LARGE = 16 << 10;

    final long id;
    Segment segment;
    int offset;
    int length;
    long dueMillis;
    long size;
    int recipients;

    /// [MessageRecord]'s flags and those here.
    int flags;

    /// The line it waits in, and its place there; null and -1 for none.
    @Nullable DueHeap heap;

    int heapIndex = -1;

    /// Done bits of the first 64 recipients.
    long done;

    /// Those beyond 64; null where there are none.
    @Nullable BitSet doneMore;

    /// The newest Deferred mark, null where the message record has the reasons.
    @Nullable Segment markSegment;

    int markOffset;
    int markLength;
    @Nullable String bodyFile;

    /// The view that the queue manager works on while it is active.
    @Nullable SpoolMessage view;

    Meta(long id, Segment segment, int offset, int length) {
        this.id = id;
        this.segment = segment;
        this.offset = offset;
        this.length = length;
    }

    /// Where a message's record and its newest Deferred mark lie; both move together with the log.
    record Place(
            Segment segment,
            int offset,
            int length,
            @Nullable Segment markSegment,
            int markOffset,
            int markLength) {}

    /// @return null where it cannot be read
    Queue.@Nullable State state() {
        return has(CORRUPT)
                ? null
                : new Queue.State(has(MessageRecord.HELD), has(MessageRecord.FORCED_TO_EXPIRE));
    }

    /// For a reader, who then reads under no lock.
    Place place() {
        return new Place(segment, offset, length, markSegment, markOffset, markLength);
    }

    /// Octets of memory that the message takes while it is active, without its content: the record
    /// as it lies on disk, and objects for each recipient.
    long envelopeMemory() {
        long content = bodyFile == null ? Math.min(size, length) : 0;
        return length - content + markLength + PER_MESSAGE + (long) PER_RECIPIENT * recipients;
    }

    /// Those wait in a line of their own: letters pass mailings that there is no memory for.
    boolean large() {
        return envelopeMemory() > LARGE;
    }

    boolean has(int flag) {
        return (flags & flag) != 0;
    }

    void set(int flag, boolean on) {
        flags = on ? flags | flag : flags & ~flag;
    }

    boolean done(int recipient) {
        if (recipient < 64) {
            return (done & 1L << recipient) != 0;
        }
        return doneMore != null && doneMore.get(recipient);
    }

    void settle(int recipient) {
        if (recipient < 64) {
            done |= 1L << recipient;
        } else {
            if (doneMore == null) {
                doneMore = new BitSet(recipients);
            }
            doneMore.set(recipient);
        }
    }

    BitSet doneBits() {
        BitSet out = doneMore == null ? new BitSet() : (BitSet) doneMore.clone();
        for (int i = 0; i < Math.min(64, recipients); i++) {
            if ((done & 1L << i) != 0) {
                out.set(i);
            }
        }
        return out;
    }

    void doneBits(BitSet bits) {
        done = 0;
        doneMore = null;
        for (int i = bits.nextSetBit(0); i >= 0; i = bits.nextSetBit(i + 1)) {
            settle(i);
        }
    }
}
