package org.postrider.queue.spool;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.postrider.queue.files.Journal;
import org.postrider.queue.index.Checkpoint;
import org.postrider.queue.index.Meta;
import org.postrider.queue.record.Octets;
import org.postrider.queue.record.QueueIds;

/// Writes what memory knows to a file, so that the next start reads only the tail of the log. The
/// upkeep thread only.
final class Checkpoints {
    private static final long OCTETS_BETWEEN = 64L << 20;
    private static final int CHUNK = 5_000;

    private final LiveMessages live;
    private final Journal journal;
    private final Committer committer;
    private final QueueIds ids;
    private final Ground ground;
    private final boolean damageAtStart;
    private long writtenAt;
    private long size;

    /// @param damageAtStart recovery found damage: a checkpoint makes that be said once only
    Checkpoints(
            LiveMessages live,
            Journal journal,
            Committer committer,
            QueueIds ids,
            Ground ground,
            boolean damageAtStart) {
        this.live = live;
        this.journal = journal;
        this.committer = committer;
        this.ids = ids;
        this.ground = ground;
        this.damageAtStart = damageAtStart;
    }

    void writeWhenDue() throws IOException {
        long since = committer.octetsWritten() - writtenAt;
        boolean damage = damageAtStart && writtenAt == 0;
        if (damage || since > Math.max(OCTETS_BETWEEN, 2 * size)) {
            write();
        }
    }

    void write() throws IOException {
        long[] position;
        long sequence;
        @Nullable Meta[] all;
        synchronized (live.lock) {
            position = journal.settled();
            sequence = journal.sequence();
            // References only; what is made or removed meanwhile stands after the position.
            all = live.index.all().clone();
        }
        long highest = ids.highest();
        long written = committer.octetsWritten();
        Checkpoint.Writer out =
                new Checkpoint.Writer(
                        ground.disk(), ground.journals(), position, sequence, highest);
        try {
            long octets = 0;
            for (int from = 0; from < all.length; from += CHUNK) {
                octets += chunk(all, from, out);
            }
            out.finish();
            writtenAt = written;
            size = octets;
        } catch (IOException e) {
            out.abandon();
            throw e;
        }
    }

    private long chunk(@Nullable Meta[] all, int from, Checkpoint.Writer out) throws IOException {
        Octets entries = new Octets(CHUNK * 80);
        int count = 0;
        synchronized (live.lock) {
            for (int i = from; i < Math.min(all.length, from + CHUNK); i++) {
                Meta m = all[i];
                if (m != null && !m.has(Meta.REMOVED)) {
                    Checkpoint.Writer.encode(m, entries);
                    count++;
                }
            }
        }
        out.put(entries);
        out.counted(count);
        return entries.length();
    }
}
