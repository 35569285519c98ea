package org.postrider.queue.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;
import org.postrider.disk.Disk;
import org.postrider.memory.NoMemoryException;
import org.postrider.queue.QueueException;
import org.postrider.queue.Recipient;
import org.postrider.queue.record.RecipientBlocks;

/// Collects recipients in memory; from the threshold on all of them go to a file of their own, but
/// for those of the last block, which is not full. The file is not forced: what becomes durable is
/// written anew behind the body ([RecipientFile]).
public final class RecipientSpool implements Recipient.Writer {
    /// They are read one after the other.
    private static final int BLOCKS_READ = 2;

    private final Bodies bodies;
    private final RecipientFile.Reads reads;
    private final int threshold;
    private final LongPredicate takes;

    /// Those that are in no file.
    private final List<Recipient> held = new ArrayList<>();

    private long octets;
    private long charged;
    private int size;

    /// Why not all of them are there.
    private @Nullable IOException failure;

    private Bodies.@Nullable Body taken;
    private Disk.@Nullable File file;
    private RecipientBlocks.@Nullable Builder written;

    /// @param threshold so many are kept in memory
    /// @param takes asked for octets of memory before they are used
    public RecipientSpool(
            Bodies bodies, RecipientFile.Reads reads, int threshold, LongPredicate takes) {
        this.bodies = bodies;
        this.reads = reads;
        this.threshold = threshold;
        this.takes = takes;
    }

    @Override
    public boolean hasRoom(Recipient one) {
        long places = (long) size / RecipientBlocks.PER_BLOCK * RecipientBlocks.Builder.PER_PLACE;
        long more = octets + places + one.memory() - charged;
        if (more > 0 && !takes.test(more)) {
            return false;
        }
        charged += Math.max(0, more);
        return true;
    }

    @Override
    public void add(Recipient one) throws IOException {
        if (!hasRoom(one)) {
            throw new NoMemoryException("more than " + size + " recipients");
        }
        held.add(one);
        octets += one.memory();
        size++;
        if (size > threshold && held.size() >= RecipientBlocks.PER_BLOCK) {
            try {
                spill();
            } catch (IOException e) {
                failure = e;
                throw e;
            }
        }
    }

    private void spill() throws IOException {
        RecipientBlocks.Builder to = written;
        if (to == null) {
            Bodies.Body body = bodies.take();
            taken = body;
            Disk.File opened = bodies.openToWrite(body);
            file = opened;
            to =
                    new RecipientBlocks.Builder((from, length, at) ->
                            opened.write(ByteBuffer.wrap(from, 0, length), at));
            written = to;
        }
        int full = held.size() / RecipientBlocks.PER_BLOCK * RecipientBlocks.PER_BLOCK;
        for (int at = 0; at < full; at += RecipientBlocks.PER_BLOCK) {
            to.add(held.subList(at, at + RecipientBlocks.PER_BLOCK));
        }
        held.subList(0, full).clear();
        octets = held.stream().mapToLong(Recipient::memory).sum();
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public List<Recipient> all() {
        IOException failed = failure;
        if (failed != null) {
            throw QueueException.of(failed);
        }
        Bodies.Body body = taken;
        RecipientBlocks.Builder before = written;
        if (body == null || before == null) {
            return held;
        }
        RecipientBlocks filed =
                before.made(RecipientFile.source(bodies, body, 0, reads), BLOCKS_READ);
        List<Recipient> rest = List.copyOf(held);
        return new Recipient.Many() {
            @Override
            public Recipient get(int at) {
                return at < filed.size() ? filed.get(at) : rest.get(at - filed.size());
            }

            @Override
            public int size() {
                return filed.size() + rest.size();
            }
        };
    }

    @Override
    public void close() {
        Bodies.Body body = taken;
        taken = null;
        if (body == null) {
            return;
        }
        bodies.abandon(body);
        try (Disk.File out = file) {
            // Only closed: nothing of it counts.
        } catch (IOException e) {
            // nothing is lost by it
        }
    }
}
