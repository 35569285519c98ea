package org.postrider.queue.record;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.postrider.queue.QueueException;
import org.postrider.queue.Recipient;

/// Recipients that stand in a file, in blocks of so many each: the record knows how long each block
/// is and its checksum. Some blocks are kept in memory, those used last. Any thread.
public final class RecipientBlocks extends Recipient.Many {
    /// Recipients of a block.
    public static final int PER_BLOCK = 128;

    /// Blocks in memory: what the queue manager works on at a time fits
    /// (qmgr_message_recipient_limit).
    private static final int MOST_BLOCKS = 160;

    private static final int PER_RECIPIENT = 200;

    /// Where they are read from.
    public interface Source {
        /// @param at octets behind where the first block begins
        byte[] read(long at, int length) throws IOException;
    }

    private static final Source NOWHERE =
            (_, _) -> {
                throw new IOException("recipients are not there");
            };

    private final int count;

    /// Where each block begins, and where the last ends.
    private final long[] at;

    private final int[] sums;
    private final Reading reading;

    /// Guarded by itself, while a block is read too: who else wants it waits for it.
    private final Map<Integer, Recipient[]> kept =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1;

                @Override
                protected boolean removeEldestEntry(Map.Entry<Integer, Recipient[]> eldest) {
                    return size() > reading.most();
                }
            };

    /// How they are read.
    ///
    /// @param most blocks that are kept in memory
    /// @param damaged told where some cannot be read
    private record Reading(Source source, int most, Runnable damaged) {}

    private RecipientBlocks(int count, long[] at, int[] sums, Reading reading) {
        this.count = count;
        this.at = at;
        this.sums = sums;
        this.reading = reading;
    }

    /// Octets of memory that the recipients of one message take at most.
    public static long memory(int recipients) {
        return (long) PER_RECIPIENT * Math.min(recipients, MOST_BLOCKS * PER_BLOCK);
    }

    /// Takes blocks as they are made, to write them one behind the other.
    public interface Sink {
        void write(byte[] octets, int length, long at) throws IOException;
    }

    /// Writes recipients.
    ///
    /// @return what was written, to be read from nowhere yet
    public static RecipientBlocks write(int count, Iterator<Recipient> all, Sink to)
            throws IOException {
        Builder made = new Builder(to);
        List<Recipient> block = new ArrayList<>(PER_BLOCK);
        for (int i = 0; i < count; i++) {
            block.add(all.next());
            if (block.size() == PER_BLOCK || i == count - 1) {
                made.add(block);
                block.clear();
            }
        }
        return made.made(NOWHERE, MOST_BLOCKS);
    }

    /// Writes block after block. One thread.
    public static final class Builder {
        private static final int FIRST = 16;
        private final Sink to;
        private int count;
        private int blocks;
        private long[] at = new long[FIRST];
        private int[] sums = new int[FIRST];

        public Builder(Sink to) {
            this.to = to;
        }

        /// Octets of memory that the place of a block takes.
        public static final int PER_PLACE = 32;

        /// @param block [#PER_BLOCK] recipients; the last one may have fewer
        public void add(List<Recipient> block) throws IOException {
            Octets out = new Octets(64 * PER_BLOCK);
            for (Recipient r : block) {
                EnvelopeCodec.recipient(r, out);
            }
            to.write(out.array(), out.length(), at[blocks]);
            if (blocks + 1 == at.length) {
                at = Arrays.copyOf(at, 2 * at.length);
                sums = Arrays.copyOf(sums, 2 * sums.length);
            }
            sums[blocks] = sum(out.array(), out.length());
            at[blocks + 1] = at[blocks] + out.length();
            blocks++;
            count += block.size();
        }

        /// What was written so far.
        ///
        /// @param most blocks of it that are kept in memory
        public RecipientBlocks made(Source from, int most) {
            return new RecipientBlocks(
                    count,
                    Arrays.copyOf(at, blocks + 1),
                    Arrays.copyOf(sums, blocks),
                    new Reading(from, most, () -> {}));
        }
    }

    private static int blocks(int count) {
        return (count + PER_BLOCK - 1) / PER_BLOCK;
    }

    private static int sum(byte[] octets, int length) {
        CRC32C crc = new CRC32C();
        crc.update(octets, 0, length);
        return (int) crc.getValue();
    }

    /// The same, read from there.
    public RecipientBlocks from(Source where) {
        return new RecipientBlocks(
                count, at, sums, new Reading(where, reading.most(), reading.damaged()));
    }

    /// The same, and somebody is told where some cannot be read.
    public RecipientBlocks damaged(Runnable told) {
        return new RecipientBlocks(
                count, at, sums, new Reading(reading.source(), reading.most(), told));
    }

    /// Octets that the blocks take in their file.
    public long octets() {
        return at[at.length - 1];
    }

    void index(Octets out) {
        out.i32(count);
        for (int b = 0; b < sums.length; b++) {
            out.i32((int) (at[b + 1] - at[b])).i32(sums[b]);
        }
    }

    static RecipientBlocks index(OctetReader in) {
        int count = in.i32();
        if (count < 0 || blocks(count) != in.left() / 8) {
            throw new OctetReader.BadRecordException("bad number of recipients");
        }
        long[] at = new long[blocks(count) + 1];
        int[] sums = new int[blocks(count)];
        for (int b = 0; b < sums.length; b++) {
            at[b + 1] = at[b] + Math.max(0, in.i32());
            sums[b] = in.i32();
        }
        return new RecipientBlocks(count, at, sums, new Reading(NOWHERE, MOST_BLOCKS, () -> {}));
    }

    @Override
    public int size() {
        return count;
    }

    @Override
    public Recipient get(int index) {
        java.util.Objects.checkIndex(index, count);
        int block = index / PER_BLOCK;
        synchronized (kept) {
            Recipient[] all = kept.get(block);
            if (all == null) {
                all = block(block);
                kept.put(block, all);
            }
            return all[index % PER_BLOCK];
        }
    }

    /// Whether all of them can be read.
    ///
    /// @throws IOException where the medium refuses
    public boolean whole() throws IOException {
        for (int b = 0; b < sums.length; b++) {
            if (read(b) == null) {
                return false;
            }
        }
        return true;
    }

    private byte @Nullable [] read(int block) throws IOException {
        int length = (int) (at[block + 1] - at[block]);
        byte[] octets = reading.source().read(at[block], length);
        return octets.length == length && sum(octets, length) == sums[block] ? octets : null;
    }

    private Recipient[] block(int block) {
        try {
            byte[] octets = read(block);
            if (octets == null) {
                throw new IOException("recipients are damaged");
            }
            OctetReader in = new OctetReader(octets, 0, octets.length);
            Recipient[] all = new Recipient[Math.min(PER_BLOCK, count - block * PER_BLOCK)];
            Arrays.setAll(all, _ -> EnvelopeCodec.recipient(in));
            return all;
        } catch (IOException e) {
            reading.damaged().run();
            throw QueueException.of(e);
        } catch (OctetReader.BadRecordException e) {
            reading.damaged().run();
            throw QueueException.of(new IOException("recipients are damaged", e));
        }
    }
}
