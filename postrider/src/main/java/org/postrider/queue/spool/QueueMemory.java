package org.postrider.queue.spool;

import org.postrider.memory.Budget;
import org.postrider.queue.JournalQueue;

/// The budgets of what the queue keeps in memory, and of what is on its way to it. Any thread.
final class QueueMemory {
    private static final long SMALL_CONTENT = 16 << 10;
    private static final long SMALL_ENVELOPE = 16 << 10;

    /// Contents that wait for their first attempt.
    final Budget fresh;

    /// Contents that are being received.
    final Budget arriving;

    /// Recipients that are being named.
    final Budget receiving;

    /// Recipients that cleanup works on.
    final Budget writing;

    /// Messages under delivery, without their contents.
    final Budget active;

    /// Messages that listings show at the moment.
    final Budget listing;

    /// What may be kept of answers for one message: they are written as one mark, for which several
    /// copies are needed.
    final long keepLimit;

    QueueMemory(JournalQueue.Limits o) {
        fresh = new Budget("fresh content", o.fresh(), SMALL_CONTENT, 0);
        arriving = new Budget("arriving content", o.arriving(), SMALL_CONTENT, 0);
        receiving = envelopes("envelopes being received", o.receiving(), 3);
        writing = envelopes("envelopes being written", o.writing(), 3);
        keepLimit = o.active() / 4;
        listing = envelopes("listings", o.writing(), 3);
        active = envelopes("envelopes under delivery", o.active(), 2);
    }

    /// @param alone how many times the limit a single message may take
    private static Budget envelopes(String what, long limit, int alone) {
        return new Budget(what, limit, SMALL_ENVELOPE, alone * limit);
    }
}
