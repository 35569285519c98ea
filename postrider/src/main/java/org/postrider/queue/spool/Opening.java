package org.postrider.queue.spool;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.postrider.disk.Disk;
import org.postrider.queue.JournalQueue;
import org.postrider.queue.QueueException;
import org.postrider.queue.QueuedMessage;
import org.postrider.queue.files.Bodies;
import org.postrider.queue.files.CorruptQueue;
import org.postrider.queue.files.Journal;
import org.postrider.queue.files.OwnersOnly;
import org.postrider.queue.index.DamageFound;
import org.postrider.queue.index.Recovery;
import org.postrider.queue.record.QueueIds;
import org.postrider.threads.Supervisor;

/// Takes a queue directory, reads what lies there, and holds the parts that a spool is made of. One
/// thread.
final class Opening {
    private static final long LEAST_SEGMENT = 65_536;

    /// What a segment may take of the room that there is.
    private static final int SHARE = 8;

    private static final String LOCK = "pid/spool.lock";

    final Ground ground;
    final JournalQueue.Options options;
    final AutoCloseable owner;
    final QueueMemory memory;
    final QueueIds ids;
    final Bodies bodies;
    final LiveMessages live;
    final CorruptQueue corrupt;
    final Damaged damaged;
    final RecordReader records;
    final Views views;
    final Journal journal;
    final boolean damageFound;

    /// What is damaged and could not be set aside, as this may only look.
    List<QueuedMessage> damagedHere = List.of();

    private Opening(
            Ground ground,
            JournalQueue.Options options,
            AutoCloseable owner,
            boolean toRead,
            Supervisor threads)
            throws IOException {
        this.ground = ground;
        this.options = options;
        this.owner = owner;
        memory = new QueueMemory(options.limits());
        ids = new QueueIds(ground.clock(), options.longIds());
        bodies = new Bodies(ground.disk(), ground.bodies(), options.spareBodies());
        live = new LiveMessages(bodies, memory, ground.clock());
        corrupt = new CorruptQueue(ground.disk(), ground.corrupt());
        damaged = new Damaged(live, corrupt, bodies, ground);
        records = new RecordReader(bodies, threads);
        views = new Views(live, records, damaged, ids, memory, ground);
        journal = new Journal(ground.disk(), ground.journals(), segmentOctets(toRead));
        boolean good = false;
        try {
            damageFound = recover(toRead);
            good = true;
        } finally {
            if (!good) {
                closeFiles();
            }
        }
    }

    /// Where there is little room: not more than a share of it, so that the journal's few segments
    /// leave some for mail.
    private int segmentOctets(boolean toRead) throws IOException {
        long room = ground.disk().freeBytes(ground.directory());
        for (String name : ground.disk().list(ground.journals())) {
            try (Disk.File file = ground.disk().openToRead(ground.journals().resolve(name))) {
                room += file.size();
            }
        }
        long share = Math.max(LEAST_SEGMENT, room / SHARE & -LEAST_SEGMENT);
        if (toRead || share >= options.segmentOctets()) {
            return options.segmentOctets();
        }
        ground.warn(
                ground.directory()
                        + " has room for "
                        + (room >> 20)
                        + " MB: segments of the journal have "
                        + (share >> 10)
                        + " kB and not postrider_segment_size");
        return (int) share;
    }

    private void closeFiles() {
        records.close();
        journal.close();
    }

    /// Lets go of files, threads and the lock.
    void close() {
        try {
            closeFiles();
        } finally {
            giveBack(owner, ground);
        }
    }

    private static void giveBack(AutoCloseable owner, Ground ground) {
        try {
            owner.close();
        } catch (Exception e) {
            ground.warn("close: " + e.getMessage());
        }
    }

    /// @param toRead nothing is repaired, cut, compacted or made
    /// @throws QueueException CLOSED where another process has it, FAULT where it cannot be read
    static Opening of(
            Ground ground, JournalQueue.Options options, boolean toRead, Supervisor threads) {
        Path directory = ground.directory();
        try {
            AutoCloseable owner = locked(ground);
            boolean good = false;
            try {
                if (!toRead) {
                    makeDirectories(ground);
                }
                Opening made = new Opening(ground, options, owner, toRead, threads);
                good = true;
                return made;
            } finally {
                if (!good) {
                    giveBack(owner, ground);
                }
            }
        } catch (IOException e) {
            throw new QueueException(
                    QueueException.Kind.FAULT,
                    "open queue " + directory + ": " + e.getMessage(),
                    e);
        }
    }

    private static AutoCloseable locked(Ground ground) throws IOException {
        Disk disk = ground.disk();
        Path lock = ground.directory().resolve(LOCK);
        disk.makeDirectory(ground.directory().resolve("pid"));
        OwnersOnly.make(disk, lock, ground.warnings());
        AutoCloseable owner = disk.tryLock(lock);
        if (owner == null) {
            throw new QueueException(
                    QueueException.Kind.CLOSED,
                    "queue directory " + ground.directory() + " is in use by another process",
                    new IOException("locked"));
        }
        return owner;
    }

    private static void makeDirectories(Ground ground) throws IOException {
        for (Path each : List.of(ground.journals(), ground.bodies(), ground.corrupt())) {
            ground.disk().makeDirectory(each);
            OwnersOnly.makeAll(ground.disk(), each, ground.warnings());
        }
        ground.disk().forceDirectory(ground.directory());
    }

    /// @return whether there was damage
    private boolean recover(boolean toRead) throws IOException {
        Consumer<String> warnings = ground.warnings();
        DamageFound found =
                new DamageFound(
                        corrupt, ids, live.index, bodies, toRead ? null : ground.clock(), warnings);
        Recovery recovery = new Recovery(ground.disk(), ground.journals(), live.index, found);
        recovery.run(!toRead, warnings);
        journal.recovered(
                recovery.live(),
                recovery.free(),
                recovery.highestGeneration(),
                recovery.highestSequence(),
                recovery.highestFile());
        ids.seen(recovery.highestId());
        long now = ground.clock().wallMillis();
        live.found(now);
        if (!toRead) {
            found.keepBodies();
            bodies.deleteUnclaimed(now);
        }
        damagedHere = found.toList();
        return found.any();
    }
}
