package org.postrider.queue.index;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.postrider.queue.files.Journal;
import org.postrider.queue.files.Segment;
import org.postrider.queue.record.MessageRecord;

/// Reads what counts of one segment, and tells what of it is damaged.
///
/// Only behind the last batch of the very last segment may there be a torn one: nothing was written
/// after it, so nobody was told that it is durable. In a segment that another follows, what cannot
/// be read before its [Tail#end] was durable once: it is damage, and the rest of its batch counts.
final class Replay {
    /// What is known of a segment's end.
    ///
    /// @param last no segment follows
    /// @param sure what begins before it was durable; 0 where that is not known
    /// @param end nothing behind it counts
    record Tail(boolean last, int sure, int end) {
        static final Tail LAST = new Tail(true, 0, Integer.MAX_VALUE);

        /// Of a segment that another follows which does not say where it ended.
        static final Tail UNKNOWN = new Tail(false, 0, Integer.MAX_VALUE);

        private boolean known() {
            return sure > 0;
        }
    }

    /// How much of a damaged stretch is kept.
    private static final int REPORT_OCTETS = 16 << 20;

    /// How much is shown of a place where more should stand than can be told.
    private static final int BATCH_END_OCTETS = Segment.RECORD_HEADER + 8;

    private final Segment segment;
    private final Tail tail;
    private final int limit;
    private final Window window;
    private final Recovery.Damage damage;
    private final Consumer<Window.Record> counts;
    private final List<Window.Record> batch = new ArrayList<>();
    private boolean whole = true;

    /// @param limit where the durable part ends, as far as other headers tell
    /// @param counts takes each record that counts, and the ends of batches
    Replay(
            Segment segment,
            Tail tail,
            int limit,
            Recovery.Damage damage,
            Consumer<Window.Record> counts) {
        this.segment = segment;
        this.tail = tail;
        this.limit = Math.min(Math.min(segment.size, limit), tail.end());
        this.damage = damage;
        this.counts = counts;
        window = new Window(segment, this.limit);
    }

    void run(int from) {
        segment.reached(from);
        int at = from;
        while (at + Segment.RECORD_HEADER <= limit) {
            Window.Record r = window.record(at);
            if (r == null) {
                int next = window.batchBehind(at);
                if (next < 0 && !tail.last()) {
                    next = window.recordBehind(at);
                }
                if (next < 0) {
                    break;
                }
                report(at, next);
                whole = false;
                at = next;
                continue;
            }
            at = r.next();
            if (r.type() == Journal.BATCH_END) {
                batchEnds(r);
            } else {
                batch.add(r);
            }
        }
        if (!tail.last()) {
            endsBeforeAnother(at);
        }
    }

    private void batchEnds(Window.Record end) {
        int at = end.next();
        boolean durable = whole || at <= tail.sure() || window.batchBehind(at - 8) >= 0;
        for (Window.Record each : batch) {
            // What may be a torn tail has messages only: a mark without the notice that stood
            // in its batch would settle a recipient whom nobody told. A notice, or what an
            // alias was expanded to, without its mark would be made once more.
            if (durable
                    || each.offset() < tail.sure()
                    || each.type() == Journal.MESSAGE
                            && MessageRecord.countsAlone(each.payload())) {
                counts.accept(each);
            } else {
                doubtful(each);
            }
        }
        batch.clear();
        whole = true;
        counts.accept(end);
        segment.end = at;
        if (durable) {
            segment.sure = at;
        }
    }

    /// Another segment follows, so all that stood here was durable before that was begun.
    private void endsBeforeAnother(int at) {
        if (tail.known()) {
            if (at < tail.end()) {
                report(at, tail.end());
            }
            segment.sure = tail.sure();
            segment.end = tail.end();
        } else {
            int claimed = window.claimedEnd(at, limit);
            if (claimed >= 0 || !batch.isEmpty()) {
                report(at, claimed >= 0 ? claimed : Math.min(limit, at + BATCH_END_OCTETS));
            }
            // What stands after it in the journal was told more than is known here.
            segment.sure = 0;
        }
        for (Window.Record each : batch) {
            if (each.offset() < tail.sure()) {
                counts.accept(each);
            } else {
                doubtful(each);
            }
        }
    }

    /// It can be read, and it is not known whether it was ever durable.
    private void doubtful(Window.Record r) {
        Long id = r.type() == Journal.MESSAGE ? MessageRecord.idIn(r.payload(), 0) : null;
        if (id != null) {
            damage.doubtful(id, r.payload());
        }
    }

    /// A damaged stretch: messages whose record header is left, and what is not to be told apart.
    private void report(int from, int to) {
        int at = from;
        while (at < to) {
            int next = window.claimedEnd(at, to);
            int count = Math.min((next < 0 ? to : next) - at, REPORT_OCTETS);
            byte[] octets = segment.salvage(at - Segment.RECORD_HEADER, count);
            Long id = next < 0 ? null : MessageRecord.idIn(octets, Segment.RECORD_HEADER);
            if (id == null) {
                damage.found(
                        segment.path.getFileName() + " " + segment.generation + " " + at + "-" + to,
                        octets);
                return;
            }
            damage.message(id, Arrays.copyOfRange(octets, Segment.RECORD_HEADER, octets.length));
            at = next;
        }
    }
}
