package org.postrider.queue.spool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.postrider.queue.spool.SpoolBench.JOURNAL;
import static org.postrider.queue.spool.SpoolBench.SPOOL;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.postrider.message.Facts;
import org.postrider.queue.Mark;
import org.postrider.queue.QueueException;
import org.postrider.queue.QueueId;
import org.postrider.queue.QueuedMessage;
import org.postrider.queue.files.Journal;
import org.postrider.queue.files.Segment;
import org.postrider.queue.index.Meta;
import org.postrider.queue.record.MarkCodec;
import org.postrider.queue.record.MessageRecord;
import org.postrider.queue.record.Octets;
import org.postrider.queue.record.QueueIds;

/// Nothing that a stranger writes, or that stood in a place before, is taken for a record or a
/// body.
class ForgeryTest {
    private final SpoolBench bench = new SpoolBench();

    /// Records as a stranger can make them: right in all but the segment's key.
    private static byte[] records(long generation, long number, List<byte[]> payloads, int type) {
        ByteBuffer out = ByteBuffer.allocate(64 << 10);
        long sequence = number;
        for (byte[] payload : payloads) {
            record(out, generation, sequence++, type, payload);
        }
        record(out, generation, sequence, Journal.BATCH_END, new byte[8]);
        byte[] all = new byte[out.position()];
        out.flip().get(all);
        return all;
    }

    private static void record(
            ByteBuffer out, long generation, long sequence, int type, byte[] payload) {
        Segment.Key key = Segment.Key.OLD;
        int start = out.position();
        out.putInt(key.magic())
                .putInt(payload.length)
                .putInt(Segment.checksum(key, generation, sequence, type, ByteBuffer.wrap(payload)))
                .putInt(key.typeWord(type))
                .putLong(sequence)
                .put(payload);
        out.position(start + Journal.octets(payload.length));
    }

    private static byte[] removed(QueueId id) {
        Octets out = new Octets(32);
        MarkCodec.write(
                new Mark.Removed(id),
                java.util.Objects.requireNonNull(QueueIds.number(id.text())),
                0,
                out);
        return java.util.Arrays.copyOf(out.array(), out.length());
    }

    @Test
    void aBodyCannotRemoveAnothersMail() throws IOException {
        QueueId victim = bench.accept("somebody else's mail");
        var body = new java.io.ByteArrayOutputStream();
        body.writeBytes("a forged journal".getBytes());
        for (int shift = 0; shift < 8; shift++) {
            for (long generation = 1; generation < 5; generation++) {
                body.writeBytes(records(generation, 5, List.of(removed(victim)), Journal.MARK));
            }
            body.write(0);
        }
        QueueId attacker = bench.accept(body.toByteArray());
        assertTrue(body.size() < SpoolBench.THRESHOLD, "the body must lie in the journal");
        // The head of its record is lost, so that recovery looks for what follows it.
        SpoolBench.Place at = bench.record(attacker);
        for (int i = 0; i < Segment.RECORD_HEADER; i++) {
            bench.disk.flip(at.file(), (at.offset() + i) * 8L);
        }
        bench.accept("and one more");
        bench.kill();
        assertEquals("somebody else's mail", bench.body(victim));
        assertTrue(bench.corrupt().size() > 0, "the damage was seen");
    }

    @Test
    void eachUseOfASegmentHasItsOwnKey() {
        var random = new java.security.SecureRandom();
        Segment.Key one = Segment.Key.of(random);
        Segment.Key two = Segment.Key.of(random);
        assertNotEquals(one.salt(), two.salt());
        assertNotEquals(one.magic(), two.magic());
        byte[] payload = {1, 2, 3};
        assertNotEquals(
                Segment.checksum(one, 1, 1, 1, ByteBuffer.wrap(payload)),
                Segment.checksum(two, 1, 1, 1, ByteBuffer.wrap(payload)));
    }

    /// A journal of the version before there were keys: read, and moved to where there are.
    @Test
    void aJournalWithoutKeysIsReadAndMovedOn() throws IOException {
        bench.spool.close();
        bench.disk = new org.postrider.disk.FaultyDisk();
        QueueId id = new QueueId("196FFB68A00B8");
        Octets head = new Octets(512);
        byte[] header = "X-Old: yes\r\n".getBytes();
        byte[] body = "an old message".getBytes();
        new MessageRecord(
                        java.util.Objects.requireNonNull(QueueIds.number(id.text())),
                        new MessageRecord.State(0, 0, new BitSet(), List.of()),
                        SpoolBench.envelope(id),
                        new MessageRecord.Stored(
                                new Facts(26, 26, 14, false, false, false, false, 0),
                                header,
                                body.length,
                                null,
                                body))
                .writeHead(head);
        head.bytes(body, 0, body.length);
        ByteBuffer segment = ByteBuffer.allocate(12_288);
        segment.putInt(0x504f5354).putLong(1).putLong(1).putLong(0).putInt(0);
        var crc = new java.util.zip.CRC32C();
        crc.update(segment.array(), 0, 32);
        segment.putInt((int) crc.getValue());
        segment.position(Segment.HEADER);
        segment.put(
                records(
                        1,
                        1,
                        List.of(java.util.Arrays.copyOf(head.array(), head.length())),
                        Journal.MESSAGE));
        try (var file = bench.disk.open(JOURNAL.resolve("00000000.seg"))) {
            file.write(segment.clear(), 0);
            file.force();
        }
        bench.disk.forceDirectory(JOURNAL);
        bench.reopen();
        assertEquals("an old message", bench.body(id));
        bench.accept("a new one");
        for (int i = 0; i < 3; i++) {
            bench.spool.upkeep().step();
            bench.accept("and another");
        }
        assertEquals("an old message", bench.body(id));
        long number = java.util.Objects.requireNonNull(QueueIds.number(id.text()));
        synchronized (bench.spool.parts().live.lock) {
            Meta m = java.util.Objects.requireNonNull(bench.spool.parts().live.index.find(number));
            assertFalse(m.segment.key.old(), "it still lies where there is no key");
        }
        bench.kill();
        assertEquals("an old message", bench.body(id));
    }

    @Test
    void aMessageThatComesBackHasNoOthersBody() throws IOException {
        QueueId first = bench.accept("a".repeat(6000));
        bench.remove(first);
        bench.spool.upkeep().step();
        QueueId second = bench.accept("b".repeat(5000));
        assertEquals(1, bench.disk.list(SPOOL.resolve("body")).size(), "the file is used again");
        loseTheMarkThatRemoved(first);
        bench.kill();
        assertEquals("b".repeat(5000), bench.body(second));
        assertNull(bench.spool.find(first), "it has no body any more");
        bench.spool.upkeep().step();
        assertTrue(bench.spool.ids("corrupt").contains(first));
        assertEquals("b".repeat(5000), bench.body(second));
        bench.remove(second);
    }

    @Test
    void aBodyWhoseOwnerIsGoneIsNobodysElse() throws IOException {
        QueueId first = bench.accept("a".repeat(6000));
        bench.remove(first);
        bench.spool.upkeep().step();
        QueueId second = bench.accept("b".repeat(5000));
        bench.remove(second);
        loseTheMarkThatRemoved(first);
        bench.kill();
        QueuedMessage back = bench.spool.find(first);
        assertThrows(QueueException.class, () -> bench.body(first), "another's body");
        assertTrue(back != null && !back.removed());
        bench.spool.upkeep().step();
        assertNull(bench.spool.find(first));
        assertTrue(bench.spool.ids("corrupt").contains(first));
    }

    /// One octet of the mark is damaged, and no checkpoint knows of it.
    private void loseTheMarkThatRemoved(QueueId id) {
        byte[] mark = removed(id);
        SpoolBench.Place at =
                bench.find(JOURNAL, new String(mark, java.nio.charset.StandardCharsets.ISO_8859_1));
        bench.disk.flip(at.file(), at.offset() * 8L);
    }
}
