package org.postrider.queue.index;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.postrider.queue.files.Journal;
import org.postrider.queue.files.Segment;

/// Reads a segment through one buffer.
final class Window {
    /// One record as read.
    record Record(int type, long sequence, byte[] payload, int offset, int next) {}

    private final Segment segment;
    private final int limit;
    private byte[] octets = new byte[1 << 20];
    private int start;
    private int length;

    Window(Segment segment, int limit) {
        this.segment = segment;
        this.limit = limit;
    }

    private boolean has(int at, int count) {
        if (at >= start && at + count <= start + length) {
            return true;
        }
        if (at + count > limit) {
            return false;
        }
        if (count > octets.length) {
            octets = new byte[count];
        }
        start = at;
        length = 0;
        int room = Math.min(octets.length, limit - at);
        ByteBuffer b = ByteBuffer.wrap(octets, 0, room);
        try {
            while (b.hasRemaining()) {
                int n = segment.file.read(b, at + length);
                if (n < 0) {
                    break;
                }
                length += n;
            }
        } catch (IOException e) {
            // What the medium refuses is damage; the rest is read on.
            length = segment.salvage(octets, 0, room, at);
        }
        return count <= length;
    }

    @Nullable Record record(int at) {
        if (!has(at, Segment.RECORD_HEADER)) {
            return null;
        }
        ByteBuffer b = ByteBuffer.wrap(octets, at - start, Segment.RECORD_HEADER);
        Segment.Key key = segment.key;
        if (b.getInt() != key.magic()) {
            return null;
        }
        int payload = b.getInt();
        int sum = b.getInt();
        int word = b.getInt();
        int type = word >>> 24;
        long sequence = b.getLong();
        if (word != key.typeWord(type)
                || payload < 0
                || payload > limit - at - Segment.RECORD_HEADER
                || !has(at, Segment.RECORD_HEADER + payload)) {
            return null;
        }
        int from = at - start + Segment.RECORD_HEADER;
        ByteBuffer body = ByteBuffer.wrap(octets, from, payload);
        if (sum != Segment.checksum(key, segment.generation, sequence, type, body)) {
            return null;
        }
        return new Record(
                type,
                sequence,
                Arrays.copyOfRange(octets, from, from + payload),
                at,
                at + Journal.octets(payload));
    }

    /// Where a damaged record says that it ends; -1 where it cannot be one of a message.
    int claimedEnd(int at, int to) {
        if (!has(at, Segment.RECORD_HEADER)) {
            return -1;
        }
        ByteBuffer b = ByteBuffer.wrap(octets, at - start, Segment.RECORD_HEADER);
        int magic = b.getInt();
        int payload = b.getInt();
        b.getInt();
        boolean message =
                magic == segment.key.magic() && b.getInt() == segment.key.typeWord(Journal.MESSAGE);
        return !message || payload < 0 || payload > to - at - Segment.RECORD_HEADER
                ? -1
                : at + Journal.octets(payload);
    }

    /// Where the next whole record behind a bad place begins, if a batch end follows it; -1 where
    /// none does.
    int batchBehind(int bad) {
        return behind(bad, true);
    }

    /// Where the next whole record behind a bad place begins; -1 where there is none.
    int recordBehind(int bad) {
        return behind(bad, false);
    }

    private int behind(int bad, boolean withEnd) {
        int resume = -1;
        for (int at = bad + 8 & ~7; at + Segment.RECORD_HEADER <= limit; at += 8) {
            Record r = record(at);
            if (r == null) {
                continue;
            }
            if (resume < 0) {
                resume = at;
            }
            if (!withEnd || r.type() == Journal.BATCH_END) {
                return resume;
            }
            at = r.next() - 8;
        }
        return -1;
    }
}
