package org.postrider.queue.spool;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.queue.files.Journal;
import org.postrider.queue.files.Segment;
import org.postrider.queue.index.Meta;
import org.postrider.queue.record.MessageRecord;

/// Moves live records out of the oldest segment, so that it can be written over. The upkeep thread
/// only.
final class Compaction {
    private static final int COPY_OCTETS = 512 << 10;

    private final Views views;
    private final LiveMessages live;
    private final Journal journal;
    private final Committer committer;
    private final Damaged damaged;
    private final Ground ground;
    private long moved;

    Compaction(Views views, Journal journal, Committer committer, Damaged damaged, Ground ground) {
        this.views = views;
        this.live = views.live();
        this.journal = journal;
        this.committer = committer;
        this.damaged = damaged;
        this.ground = ground;
    }

    /// Moves the oldest segment's live records to the end while the journal is larger than twice
    /// what lives in it and four segments; a segment a call, in bounded commits.
    void step() throws IOException {
        Pending step = new Pending();
        int octets = 0;
        for (Meta m : inOldest()) {
            RecordReader.Loaded loaded = readable(m);
            if (loaded == null) {
                damaged.found(m);
                continue;
            }
            step.copies.add(new Pending.Copy(m, withReasons(loaded), loaded.at()));
            moved++;
            octets += m.length;
            if (octets > COPY_OCTETS) {
                committer.commit(step);
                step = new Pending();
                octets = 0;
            }
        }
        if (!step.copies.isEmpty()) {
            committer.commit(step);
        }
    }

    /// What lives in the oldest segment, where that has to be freed.
    private List<Meta> inOldest() {
        synchronized (live.lock) {
            long limit = 2 * live.octets() + 4L * journal.segmentSize();
            Segment oldest = journal.oldest();
            if (oldest == null || journal.isCurrent(oldest)) {
                return List.of();
            }
            // Records without a key are moved to where they have one.
            if (journal.octetsOnDisk() <= limit && !oldest.key.old()) {
                return List.of();
            }
            List<Meta> there = new ArrayList<>();
            for (@Nullable Meta m : live.index.all()) {
                if (m != null && m.segment == oldest && !m.has(Meta.CORRUPT)) {
                    there.add(m);
                }
            }
            return there;
        }
    }

    /// Records of messages that were put to where they are moved to.
    long moved() {
        return moved;
    }

    private RecordReader.@Nullable Loaded readable(Meta m) {
        try {
            return views.read(m, true);
        } catch (IOException e) {
            ground.warn(views.id(m) + ": " + e.getMessage());
            return null;
        }
    }

    private static MessageRecord withReasons(RecordReader.Loaded loaded) {
        MessageRecord r = loaded.record();
        MessageRecord.State s = r.state();
        return r.with(
                new MessageRecord.State(s.flags(), s.dueMillis(), s.done(), loaded.reasons()));
    }
}
