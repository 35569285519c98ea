package org.postrider.queue.spool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.postrider.queue.spool.SpoolBench.JOURNAL;
import static org.postrider.queue.spool.SpoolBench.SPOOL;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.postrider.queue.Listing;
import org.postrider.queue.Mark;
import org.postrider.queue.NewMessage;
import org.postrider.queue.QueueId;
import org.postrider.queue.QueuedMessage;
import org.postrider.queue.Transaction;
import org.postrider.queue.files.Journal;
import org.postrider.queue.files.Segment;

/// What one damaged place costs: that message, which is set aside and named, and nothing else.
class DamageTest {
    private final SpoolBench bench = new SpoolBench();

    /// Accepts and removes mail until the journal would have grown far beyond its measure.
    private void traffic() throws IOException {
        for (int i = 0; i < 300; i++) {
            bench.remove(bench.accept("x".repeat(900)));
            bench.spool.upkeep().step();
        }
    }

    private List<Listing> listed() {
        List<Listing> out = new ArrayList<>();
        bench.spool.list(out::add);
        return out;
    }

    @Test
    void aDamagedRecordIsSetAsideAndItsSpaceIsGivenBack() throws IOException {
        QueueId damaged = bench.accept("this is damaged");
        QueueId whole = bench.accept("this is whole");
        bench.defer(damaged);
        bench.defer(whole);
        bench.flip(JOURNAL, "this is damaged");
        traffic();
        assertTrue(bench.journalOctets() < 10 * 12_288, bench.journalOctets() + " octets");
        assertEquals(List.of(damaged.text()), bench.corrupt());
        assertEquals("this is whole", bench.body(whole));
        assertNull(bench.spool.find(damaged));
        assertTrue(
                bench.said.stream().anyMatch(l -> l.contains("corrupt/" + damaged)),
                bench.said::toString);
    }

    @Test
    void aRecordThatCannotBeReadStopsNeitherCompactionNorCheckpoints() throws IOException {
        QueueId lost = bench.accept("cannot be read");
        bench.defer(lost);
        SpoolBench.Place at = bench.find(JOURNAL, "cannot be read");
        bench.disk.unreadable(at.file(), at.offset(), at.offset() + 512);
        traffic();
        bench.clock.millis += 300_000;
        traffic();
        assertTrue(bench.journalOctets() < 10 * 12_288, bench.journalOctets() + " octets");
        assertEquals(List.of(lost.text()), bench.corrupt());
        bench.spool.close();
        assertTrue(bench.disk.list(JOURNAL).contains("checkpoint"));
    }

    @Test
    void aFaultThatPassesCostsNothing() throws IOException {
        QueueId id = bench.accept("hard to read");
        bench.defer(id);
        SpoolBench.Place at = bench.find(JOURNAL, "hard to read");
        bench.disk.unreadable(at.file(), at.offset(), at.offset() + 512);
        assertNull(bench.spool.find(id));
        bench.disk.unreadable(at.file(), 0, 0);
        bench.spool.upkeep().step();
        assertEquals("hard to read", bench.body(id));
        assertEquals(List.of(), bench.corrupt());
    }

    @Test
    void whatLiesInCorruptIsListedWithItsEnvelopeAndDeleted() throws IOException {
        QueueId id = bench.accept("this is damaged");
        bench.defer(id);
        bench.flip(JOURNAL, "this is damaged");
        assertNull(bench.spool.find(id));
        bench.spool.upkeep().step();
        List<Listing> all = listed();
        assertEquals(1, all.size());
        Listing one = all.getFirst();
        assertEquals("corrupt", one.queueName());
        assertEquals(id, one.message().id());
        assertEquals("sender@example.com", one.message().envelope().sender().text());
        assertEquals(2, one.message().envelope().recipients().size());
        assertEquals(List.of(id), bench.spool.ids("corrupt"));
        bench.kill();
        assertEquals(List.of(id), bench.spool.ids("corrupt"));
        assertTrue(bench.spool.remove(id));
        assertFalse(bench.spool.remove(id));
        assertEquals(List.of(), listed());
    }

    /// A listing names what is damaged, whether or not it could be set aside: found while it is
    /// listed, found before, found by a command that only looks.
    @Test
    void whatIsDamagedIsListedBeforeItIsSetAside() throws IOException {
        QueueId id = bench.accept("this is damaged");
        QueueId whole = bench.accept("this is whole");
        bench.defer(id);
        bench.defer(whole);
        bench.flip(JOURNAL, "this is damaged");
        for (int i = 0; i < 2; i++) {
            onlyDamaged(listed(), id);
            assertEquals(List.of(id), bench.spool.ids("corrupt"));
        }
        try (Looking looking = bench.look()) {
            for (int i = 0; i < 2; i++) {
                List<Listing> seen = new ArrayList<>();
                looking.list(seen::add);
                onlyDamaged(seen, id);
                assertEquals(List.of(id), looking.ids("corrupt"));
            }
        }
        bench.reopen();
        onlyDamaged(listed(), id);
        assertEquals(List.of(id.text()), bench.corrupt());
    }

    private static void onlyDamaged(List<Listing> all, QueueId id) {
        assertEquals(2, all.size());
        List<Listing> corrupt =
                all.stream().filter(each -> each.queueName().equals("corrupt")).toList();
        assertEquals(1, corrupt.size());
        assertEquals(id, corrupt.getFirst().message().id());
        assertEquals("sender@example.com", corrupt.getFirst().message().envelope().sender().text());
    }

    /// A record in the part of the journal that no start reads, behind a checkpoint.
    @Test
    void whatIsDamagedBehindACheckpointIsListedByACommandThatOnlyLooks() throws IOException {
        QueueId id = bench.accept("this is damaged");
        bench.defer(id);
        bench.spool.close();
        bench.flip(JOURNAL, "this is damaged");
        try (Looking looking = bench.look()) {
            List<Listing> seen = new ArrayList<>();
            looking.list(seen::add);
            assertEquals(1, seen.size());
            assertEquals("corrupt", seen.getFirst().queueName());
            assertEquals(id, seen.getFirst().message().id());
        }
        bench.reopen();
    }

    @Test
    void theLargeBodyOfADamagedRecordIsKeptBesideIt() throws IOException {
        String body = "y".repeat(9000);
        QueueId id = bench.accept(body);
        bench.defer(id);
        bench.flip(JOURNAL, "X-Id: " + id);
        assertNull(bench.spool.find(id));
        bench.spool.upkeep().step();
        assertEquals(List.of(id.text(), id + ".body"), bench.corrupt());
        assertEquals(9000, bench.disk.length(SPOOL.resolve("corrupt/" + id + ".body")) - 16);
        assertEquals(List.of(id), bench.spool.ids("corrupt"));
        assertTrue(bench.spool.remove(id));
        assertEquals(List.of(), bench.corrupt());
    }

    @Test
    void aMessageDamagedBeforeTheStartCostsItsBatchNothing() throws IOException {
        List<NewMessage> batch = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            batch.add(bench.message(bench.spool.newId(), ("message " + i).getBytes()));
        }
        bench.spool.commit(new Transaction(batch, List.of()));
        QueueId later = bench.accept("later");
        bench.flip(JOURNAL, "message 1");
        bench.kill();
        assertEquals("message 0", bench.body(batch.get(0).id()));
        assertEquals("message 2", bench.body(batch.get(2).id()));
        assertEquals("later", bench.body(later));
        assertEquals(List.of(batch.get(1).id().text()), bench.corrupt());
        // It is said once: a deleted one does not come back by the next start.
        bench.spool.upkeep().step();
        assertTrue(bench.spool.remove(batch.get(1).id()));
        bench.kill();
        assertEquals(List.of(), bench.corrupt());
    }

    @Test
    void aSectorOfASegmentsHeaderMayBeLost() throws IOException {
        QueueId id = bench.accept("under a header");
        bench.disk.flip(bench.find(JOURNAL, "under a header").file(), 64);
        bench.kill();
        assertEquals("under a header", bench.body(id));
    }

    @Test
    void aSegmentWithoutAHeaderIsSetAsideAndNamed() throws IOException {
        bench.accept("under no header");
        var file = bench.find(JOURNAL, "under no header").file();
        bench.disk.flip(file, 64);
        bench.disk.flip(file, 2048 * 8 + 64);
        bench.kill();
        assertEquals(1, bench.corrupt().size());
        assertTrue(bench.corrupt().getFirst().startsWith("segment-" + file.getFileName()));
        bench.find(SPOOL.resolve("corrupt"), "under no header");
        assertEquals(0, bench.spool.size());
    }

    @Test
    void anUnreadableSectorOfTheJournalDoesNotStopTheStart() throws IOException {
        QueueId lost = bench.accept("an unreadable one" + "z".repeat(1000));
        QueueId whole = bench.accept("a readable one");
        SpoolBench.Place at = bench.find(JOURNAL, "an unreadable one");
        bench.disk = bench.disk.afterCrash(org.postrider.disk.FaultyDisk.Fate.ALL, 1);
        bench.disk.unreadable(at.file(), at.offset() + 600, at.offset() + 601);
        bench.reopen();
        assertEquals("a readable one", bench.body(whole));
        assertEquals(List.of(lost.text()), bench.corrupt());
    }

    @Test
    void aHeaderThatCannotBeReadAtFirstCostsNothing() throws IOException {
        QueueId id = bench.accept("under a header read late");
        SpoolBench.Place at = bench.find(JOURNAL, "under a header read late");
        bench.disk = bench.disk.afterCrash(org.postrider.disk.FaultyDisk.Fate.ALL, 1);
        bench.disk.unreadable(at.file(), 0, Segment.HEADER, 8);
        bench.reopen();
        assertEquals("under a header read late", bench.body(id));
        assertEquals(List.of(), bench.corrupt());
    }

    @Test
    void aSegmentWhoseHeaderCannotBeReadIsKept() throws IOException {
        QueueId id = bench.accept("under an unreadable header");
        SpoolBench.Place at = bench.find(JOURNAL, "under an unreadable header");
        bench.disk = bench.disk.afterCrash(org.postrider.disk.FaultyDisk.Fate.ALL, 1);
        bench.disk.unreadable(at.file(), 0, Segment.HEADER);
        bench.reopen();
        bench.find(SPOOL.resolve("corrupt"), "under an unreadable header");
        assertNull(bench.spool.find(id));
    }

    @Test
    void aFaultThatLastsForMinutesCostsNothing() throws IOException {
        QueueId id = bench.accept("hard to read");
        bench.defer(id);
        SpoolBench.Place at = bench.find(JOURNAL, "hard to read");
        bench.disk.unreadable(at.file(), at.offset(), at.offset() + 512);
        assertNull(bench.spool.find(id));
        for (int second = 0; second < 120; second++) {
            bench.clock.millis += 1_000;
            bench.spool.upkeep().step();
        }
        bench.disk.unreadable(at.file(), 0, 0);
        bench.spool.upkeep().step();
        assertEquals("hard to read", bench.body(id));
        assertEquals(List.of(), bench.corrupt());
    }

    @Test
    void anUnreadableLastRecordIsNamed() throws IOException {
        QueueId lost = bench.accept("an unreadable one" + "z".repeat(1000));
        SpoolBench.Place at = bench.find(JOURNAL, "an unreadable one");
        bench.disk = bench.disk.afterCrash(org.postrider.disk.FaultyDisk.Fate.ALL, 1);
        bench.disk.unreadable(at.file(), at.offset() + 600, at.offset() + 601);
        bench.reopen();
        assertEquals(List.of(lost.text()), bench.corrupt());
    }

    /// Accepts mail until a second segment begins.
    ///
    /// @return the last message of the first segment
    private QueueId fillASegment() throws IOException {
        QueueId last = bench.accept("first" + "f".repeat(900));
        String file = bench.record(last).file().toString();
        while (true) {
            QueueId next = bench.accept("next" + "n".repeat(900));
            if (!bench.record(next).file().toString().equals(file)) {
                return last;
            }
            last = next;
        }
    }

    /// Where the record behind this one begins.
    private SpoolBench.Place behind(SpoolBench.Place record) {
        ByteBuffer octets = ByteBuffer.wrap(bench.disk.octets(record.file()));
        int payload = octets.getInt(record.offset() + 4);
        return new SpoolBench.Place(record.file(), record.offset() + Journal.octets(payload));
    }

    private void flip(SpoolBench.Place at, int octet) {
        bench.disk.flip(at.file(), (at.offset() + octet) * 8L);
    }

    /// Another segment follows: it was durable, and its client has his 250.
    @Test
    void theLastBatchOfASegmentHoldsWithoutItsEnd() throws IOException {
        QueueId last = fillASegment();
        flip(behind(bench.record(last)), 16);
        bench.kill();
        assertTrue(bench.body(last).startsWith("next"), "lost");
        assertTrue(bench.said.stream().anyMatch(l -> l.contains("damaged journal")), "not said");
    }

    @Test
    void aDamagedLastRecordOfASegmentIsSetAsideUnderItsId() throws IOException {
        QueueId last = fillASegment();
        SpoolBench.Place at = bench.record(last);
        flip(behind(at), 16);
        flip(at, Segment.RECORD_HEADER + 60);
        bench.kill();
        assertNull(bench.spool.find(last));
        assertTrue(bench.corrupt().contains(last.text()), bench.corrupt()::toString);
        assertTrue(
                bench.said.stream().anyMatch(l -> l.contains("corrupt/" + last)),
                bench.said::toString);
    }

    /// A whole batch whose sectors are gone leaves nothing that looks like a record.
    @Test
    void aLastBatchOfWhichNothingIsLeftIsSaid() throws IOException {
        QueueId last = fillASegment();
        SpoolBench.Place at = bench.record(last);
        bench.disk.flip(at.file(), at.offset(), behind(at).offset() + 32);
        bench.kill();
        assertNull(bench.spool.find(last));
        assertTrue(bench.said.stream().anyMatch(l -> l.contains("damaged journal")), "not said");
        assertEquals(1, bench.corrupt().size());
    }

    /// A notice and the mark it stands for, in the damaged last batch of a segment.
    private record Noticed(QueueId of, NewMessage notice, NewMessage damaged) {}

    private Noticed noticed() throws IOException {
        QueueId of = bench.accept("b".repeat(3000));
        byte[] large = ("this is damaged" + "x".repeat(3000)).getBytes();
        NewMessage damaged = bench.message(bench.spool.newId(), large);
        NewMessage notice = bench.message(bench.spool.newId(), "a notice".getBytes());
        bench.spool.commit(
                new Transaction(List.of(damaged, notice), List.of(new Mark.Done(of, 0))));
        return new Noticed(of, notice, damaged);
    }

    private boolean settled(QueueId id) {
        return java.util.Objects.requireNonNull(bench.spool.find(id)).done(0);
    }

    @Test
    void aNoticeInADamagedLastBatchThatASegmentFollowsCountsWithItsMark() throws IOException {
        Noticed n = noticed();
        QueueId next = bench.accept("n".repeat(3900));
        assertFalse(
                bench.record(next).file().equals(bench.record(n.notice().id()).file()),
                "in one segment");
        bench.flip(JOURNAL, "this is damaged");
        bench.kill();
        assertEquals("a notice", bench.body(n.notice().id()));
        assertTrue(settled(n.of()));
    }

    @Test
    void aNoticeInADamagedBatchThatNothingFollowsIsSetAside() throws IOException {
        Noticed n = noticed();
        bench.flip(JOURNAL, "this is damaged");
        bench.kill();
        assertNull(bench.spool.find(n.notice().id()));
        assertFalse(settled(n.of()));
        assertEquals(List.of(n.damaged().id().text(), n.notice().id().text()), bench.corrupt());
        // What was decided once stays so when another segment follows.
        bench.said.clear();
        bench.accept("after");
        bench.kill();
        assertNull(bench.spool.find(n.notice().id()));
        assertFalse(settled(n.of()), "a mark came back without its notice");
    }

    @Test
    void aTornTailIsNoDamageWhenWritingHasGoneOnBehindIt() throws IOException {
        QueueId before = bench.accept("before");
        QueueId torn = bench.accept("torn");
        flip(behind(bench.record(torn)), 16);
        for (int i = 0; i < 3; i++) {
            bench.kill();
            assertEquals("before", bench.body(before));
            assertNull(bench.spool.find(torn));
            bench.accept("after " + i);
        }
        assertEquals(List.of(), bench.corrupt());
        assertTrue(bench.said.stream().noneMatch(l -> l.contains("damaged")), bench.said::toString);
    }

    @Test
    void theLargeBodyOfARecordFoundDamagedAtStartIsKeptBesideIt() throws IOException {
        QueueId id = bench.accept("y".repeat(9000));
        bench.accept("later");
        bench.flip(JOURNAL, "X-Id: " + id);
        bench.kill();
        assertEquals(List.of(id.text(), id + ".body"), bench.corrupt());
        assertEquals(9000, bench.disk.length(SPOOL.resolve("corrupt/" + id + ".body")) - 16);
    }

    @Test
    void aSegmentWhoseHeaderBecameZerosIsKept() throws IOException {
        fillASegment();
        QueueId last = fillASegment();
        var file = bench.record(last).file();
        byte[] octets = bench.disk.octets(file);
        for (int i = 0; i < Segment.HEADER; i++) {
            for (int bit = 0; bit < 8; bit++) {
                if ((octets[i] & 1 << bit) != 0) {
                    bench.disk.flip(file, i * 8L + bit);
                }
            }
        }
        bench.kill();
        bench.find(SPOOL.resolve("corrupt"), "X-Id: " + last);
        assertTrue(
                bench.said.stream().anyMatch(l -> l.contains("no header")), bench.said::toString);
    }

    @Test
    void aSegmentThatIsGoneIsSaid() throws IOException {
        fillASegment();
        QueueId last = fillASegment();
        bench.disk.delete(bench.record(last).file());
        bench.kill();
        assertTrue(
                bench.said.stream().anyMatch(l -> l.contains("is missing")), bench.said::toString);
    }

    /// The checkpoint knows of them; the replay does not come by the place.
    @Test
    void mailOfASegmentThatIsGoneIsNamed() throws IOException {
        QueueId first = fillASegment();
        QueueId lost = fillASegment();
        QueueId removed = bench.accept("r".repeat(3900));
        QueueId large = bench.accept("y".repeat(9000));
        bench.defer(large);
        var file = bench.record(lost).file();
        bench.spool.close();
        bench.reopen();
        bench.remove(removed);
        bench.disk = bench.disk.afterCrash(org.postrider.disk.FaultyDisk.Fate.ALL, 1);
        bench.disk.delete(file);
        bench.said.clear();
        bench.reopen();
        assertTrue(bench.body(first).length() > 900);
        assertEquals("y".repeat(9000), bench.body(large));
        List<String> named = bench.said.stream().filter(l -> l.contains("lost")).toList();
        assertTrue(named.stream().anyMatch(l -> l.contains(lost.text())), named::toString);
        for (QueueId here : List.of(first, removed, large)) {
            assertTrue(named.stream().noneMatch(l -> l.contains(here.text())), named::toString);
        }
    }

    @Test
    void theLargeBodyOfMailWhoseSegmentIsGoneIsKept() throws IOException {
        fillASegment();
        QueueId large = bench.accept("y".repeat(9000));
        bench.defer(large);
        var file = bench.record(large).file();
        fillASegment();
        bench.spool.close();
        bench.disk = bench.disk.afterCrash(org.postrider.disk.FaultyDisk.Fate.ALL, 1);
        bench.disk.delete(file);
        bench.reopen();
        assertEquals(List.of(large + ".body"), bench.corrupt());
    }

    /// The next segment is not numbered as the one that is gone, of which the checkpoint tells.
    @Test
    void mailAcceptedAfterTheNewestSegmentIsGoneIsNotTakenForWhatStoodThere() throws IOException {
        fillASegment();
        QueueId lost = bench.accept("m".repeat(900));
        bench.defer(lost);
        theNewestSegmentIsGone(lost);
        assertTrue(
                bench.said.stream().anyMatch(l -> l.contains(lost + ": lost")),
                bench.said::toString);
        QueueId after = bench.accept("after");
        bench.kill();
        assertEquals("after", bench.body(after));
        assertNull(bench.spool.find(lost));
    }

    /// Nor where there was no mail in it.
    @Test
    void mailAcceptedAfterAnEmptyNewestSegmentIsGoneIsReadFromItsBeginning() throws IOException {
        fillASegment();
        var file = bench.record(bench.accept("m".repeat(900))).file();
        for (Listing each : listed()) {
            if (bench.record(each.message().id()).file().equals(file)) {
                bench.remove(each.message().id());
            }
        }
        theNewestSegmentIsGone(file);
        QueueId after = bench.accept("after");
        bench.kill();
        assertEquals("after", bench.body(after));
    }

    private void theNewestSegmentIsGone(QueueId in) throws IOException {
        theNewestSegmentIsGone(bench.record(in).file());
    }

    private void theNewestSegmentIsGone(java.nio.file.Path file) throws IOException {
        bench.spool.close();
        bench.disk = bench.disk.afterCrash(org.postrider.disk.FaultyDisk.Fate.ALL, 1);
        bench.disk.delete(file);
        bench.reopen();
    }

    @Test
    void mailOfAnOnlySegmentThatIsGoneIsNamedAndItsLargeBodyKept() throws IOException {
        QueueId small = bench.accept("small");
        QueueId large = bench.accept("y".repeat(9000));
        bench.defer(small);
        bench.defer(large);
        bench.spool.close();
        bench.disk = bench.disk.afterCrash(org.postrider.disk.FaultyDisk.Fate.ALL, 1);
        for (String name : bench.disk.list(JOURNAL)) {
            if (name.endsWith(".seg")) {
                bench.disk.delete(JOURNAL.resolve(name));
            }
        }
        bench.said.clear();
        bench.reopen();
        for (QueueId id : List.of(small, large)) {
            assertTrue(
                    bench.said.stream().anyMatch(l -> l.contains(id + ": lost")),
                    bench.said::toString);
        }
        assertEquals(List.of(large + ".body"), bench.corrupt());
    }

    private String aside(QueueId id) throws IOException {
        QueuedMessage m = java.util.Objects.requireNonNull(bench.spool.setAside(id), id::text);
        try (var in = m.content().body()) {
            return new String(in.readAllBytes(), java.nio.charset.StandardCharsets.ISO_8859_1);
        }
    }

    @Test
    void whatIsSetAsideCanBeReadWithItsContent() throws IOException {
        Noticed n = noticed();
        QueueId large = bench.accept("y".repeat(9000));
        bench.flip(JOURNAL, "this is damaged");
        bench.flip(JOURNAL, "X-Id: " + large);
        bench.kill();
        assertEquals("y".repeat(9000), aside(large));
        assertTrue(aside(n.damaged().id()).endsWith("x".repeat(3000)));
        assertNull(bench.spool.setAside(n.of()), "it is in the queue");
        assertNull(bench.spool.setAside(new QueueId("../checkpoint")));
    }
}
