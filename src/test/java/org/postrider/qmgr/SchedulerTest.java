package org.postrider.qmgr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.postrider.dsn.Status;

class SchedulerTest {
    private static final long SECOND = 1_000_000_000L;
    private static final Entry.Suspension DOWN =
            new Entry.Suspension(new Status(4, 4, 1), "delivery temporarily suspended: down");

    private final TestLimits limits = new TestLimits();
    private final Deque<Entry> running = new ArrayDeque<>();
    private final List<Entry> suspended = new ArrayList<>();
    private final Scheduler scheduler =
            new Scheduler(
                    new Scheduler.Actions() {
                        @Override
                        public void start(Entry entry) {
                            running.add(entry);
                        }

                        @Override
                        public void suspend(List<Entry> entries) {
                            suspended.addAll(entries);
                        }

                        @Override
                        public void putBack(List<Entry> entries) {
                            throw new AssertionError("no rate is limited here");
                        }

                        @Override
                        public void speed(String transport, String name, String what) {
                            throw new AssertionError("nothing is slowed here");
                        }

                        @Override
                        public void group(Entry entry) {
                            throw new AssertionError("no rate is limited here");
                        }
                    },
                    _ -> limits.make(),
                    () -> {
                        throw new AssertionError("no rate is limited here");
                    });

    static Entry entry(String nexthop) {
        return new Entry(null, "smtp", nexthop, nexthop, new int[] {0});
    }

    private Entry add(String nexthop) {
        Entry e = entry(nexthop);
        scheduler.add(List.of(e), 0);
        return e;
    }

    private List<Entry> addMailing(String nexthop, int entries) {
        List<Entry> all = new ArrayList<>();
        for (int i = 0; i < entries; i++) {
            all.add(entry(nexthop));
        }
        scheduler.add(all, 0);
        return all;
    }

    private void succeed(long now) {
        scheduler.finished(running.remove(), Entry.Verdict.ANSWERED, now);
    }

    private void fail(long now) {
        scheduler.finished(running.remove(), new Entry.Verdict.Unavailable(DOWN), now);
    }

    @Test
    void anIdleDestinationIsServedAtOnce() {
        Entry e = add("a.example");
        assertEquals(e, running.peek());
    }

    @Test
    void noMoreThanTheInitialConcurrencyStartsToANewDestination() {
        addMailing("a.example", 30);
        assertEquals(5, running.size());
    }

    private List<Entry> addGathered(String nexthop, int entries) {
        List<Entry> all = new ArrayList<>();
        for (int i = 0; i < entries; i++) {
            Entry e = entry(nexthop);
            e.gathers = true;
            all.add(e);
            scheduler.add(List.of(e), 0);
        }
        return all;
    }

    @Test
    void whatWaitsForOneRecipientGoesAlongWhereTheAgentWishes() {
        limits.widest = 2;
        List<Entry> all = addGathered("alice", 40);
        // The first two had nobody with them; what came later waits for one of their ends.
        assertEquals(List.of(all.get(0), all.get(1)), List.copyOf(running));
        succeed(0);
        assertEquals(1 + 1 + 14, running.size());
        assertEquals(2, scheduler.busy("smtp", "alice"));
        // Whatever of those ends is no place in the window.
        running.remove(all.get(1));
        running.remove(all.get(2));
        scheduler.finished(all.get(5), Entry.Verdict.ANSWERED, 0);
        running.remove(all.get(5));
        assertEquals(13, running.size());
        assertEquals(2, scheduler.busy("smtp", "alice"));
        // An end within the window is, and those that ended have left room.
        scheduler.finished(all.get(1), Entry.Verdict.ANSWERED, 0);
        assertEquals(13 + 1 + 1, running.size());
        scheduler.finished(all.get(2), Entry.Verdict.ANSWERED, 0);
        while (!running.isEmpty()) {
            succeed(0);
        }
        assertEquals(0, scheduler.busy());
    }

    @Test
    void nothingGoesAlongWhereOthersNeedTheRoomOrEachIsToWait() {
        limits.widest = 2;
        limits.processes = 8;
        addGathered("alice", 30);
        succeed(0);
        assertEquals(4, running.size());
        add("bob");
        assertEquals(5, running.size());
        while (!running.isEmpty()) {
            succeed(0);
        }
        limits.widest = 1;
        limits.initial = 1;
        scheduler.limits(_ -> limits.make());
        addGathered("carol", 5);
        succeed(0);
        assertEquals(1, running.size());
        while (!running.isEmpty()) {
            succeed(0);
        }
        limits.widest = 2;
        limits.destinationDelay = SECOND;
        scheduler.limits(_ -> limits.make());
        addGathered("dora", 5);
        succeed(0);
        assertTrue(running.size() <= 1);
    }

    @Test
    void successWidensTheWindowUpToTheLimit() {
        addMailing("a.example", 500);
        for (int i = 0; i < 200; i++) {
            succeed(i);
            assertTrue(running.size() <= 20, "window");
        }
        assertEquals(20, running.size());
        assertEquals(20, scheduler.window("smtp", "a.example"));
    }

    @Test
    void feedbackOfOneOverConcurrencyWidensOncePerWindow() {
        limits.positive = "1/concurrency";
        addMailing("a.example", 500);
        for (int i = 0; i < 5; i++) {
            succeed(i);
        }
        assertEquals(6, scheduler.window("smtp", "a.example"));
    }

    @Test
    void oneWindowFullOfFailuresKillsTheDestinationAndSuspendsWhatWaits() {
        addMailing("a.example", 30);
        for (int i = 0; i < 4; i++) {
            fail(i);
        }
        assertTrue(scheduler.window("smtp", "a.example") >= 0);
        while (scheduler.window("smtp", "a.example") != 0) {
            fail(10);
        }
        int started = 30 - suspended.size();
        assertTrue(started <= 10, "started " + started);
        assertEquals(DOWN, suspended.getFirst().suspension);
        Entry late = add("a.example");
        assertEquals(late, suspended.getLast());
    }

    @Test
    void aDeadDestinationIsTriedAgainAfterMinimalBackoff() {
        limits.initial = 1;
        add("a.example");
        fail(0);
        assertEquals(0, scheduler.window("smtp", "a.example"));
        Long at = scheduler.nextTimer();
        assertNotNull(at);
        assertEquals(300 * SECOND, at);
        scheduler.tick(at);
        assertNull(scheduler.nextTimer());
        scheduler.add(List.of(entry("a.example")), at);
        assertEquals(1, running.size());
    }

    @Test
    void flushingRevivesDeadDestinations() {
        limits.initial = 1;
        add("a.example");
        fail(0);
        scheduler.reviveAll(1);
        add("a.example");
        assertEquals(1, running.size());
        assertTrue(suspended.isEmpty());
    }

    /// ETRN for one site leaves other dead destinations alone, and its own mail tries once, not
    /// once a message.
    @Test
    void mailThatWasAskedForRevivesItsOwnDestinationOnce() {
        limits.initial = 1;
        limits.widest = 1;
        add("mine.example");
        add("other.example");
        fail(0);
        fail(0);
        scheduler.asked();
        add("other.example");
        assertEquals(1, suspended.size(), "not asked for");
        Entry mine = entry("mine.example");
        mine.asked = true;
        scheduler.add(List.of(mine), 1);
        assertEquals(mine, running.peek());
        fail(2);
        Entry next = entry("mine.example");
        next.asked = true;
        scheduler.add(List.of(next), 3);
        assertTrue(suspended.contains(next), "it died after it was asked for");
    }

    @Test
    void aDeliveryThatGetsThroughRevivesADeadDestination() {
        limits.initial = 2;
        limits.widest = 2;
        addMailing("a.example", 2);
        Entry slow = running.removeLast();
        limits.cohorts = 1;
        scheduler.finished(running.remove(), new Entry.Verdict.Unavailable(DOWN), 0);
        scheduler.finished(slow, Entry.Verdict.ANSWERED, 1);
        add("a.example");
        assertEquals(1, running.size());
    }

    @Test
    void aDeadDestinationNeverDelaysAHealthyOne() {
        limits.initial = 1;
        limits.processes = 2;
        addMailing("dead.example", 1000);
        fail(0);
        assertEquals(999, suspended.size());
        add("healthy.example");
        assertEquals("healthy.example", running.getLast().nexthop);
    }

    @Test
    void destinationsTakeTurnsUnderTheProcessLimit() {
        limits.processes = 1;
        addMailing("a.example", 10);
        addMailing("b.example", 10);
        succeed(0);
        List<String> order = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            order.add(running.element().nexthop);
            succeed(i);
        }
        assertEquals(
                List.of(
                        "a.example",
                        "b.example",
                        "a.example",
                        "b.example",
                        "a.example",
                        "b.example"),
                order);
    }

    @Test
    void theProcessLimitHoldsOverAllDestinations() {
        limits.processes = 7;
        for (int i = 0; i < 50; i++) {
            add("d" + i + ".example");
        }
        assertEquals(7, running.size());
        for (int i = 0; i < 43; i++) {
            succeed(i);
            assertEquals(7, running.size());
        }
    }

    @Test
    void aRateDelayPausesADestinationAndServesItOneByOne() {
        limits.destinationDelay = 2 * SECOND;
        limits.initial = 1;
        limits.widest = 1;
        addMailing("a.example", 3);
        assertEquals(1, running.size());
        succeed(SECOND);
        assertEquals(0, running.size());
        scheduler.tick(3 * SECOND - 1);
        assertEquals(0, running.size());
        scheduler.tick(3 * SECOND);
        assertEquals(1, running.size());
    }

    @Test
    void aTransportRateDelayPausesAllItsDestinations() {
        limits.transportDelay = SECOND;
        limits.processes = 1;
        add("a.example");
        add("b.example");
        succeed(0);
        assertEquals(0, running.size());
        scheduler.tick(SECOND);
        assertEquals("b.example", running.element().nexthop);
    }

    @Test
    void aLetterPassesAMailingToTheSameDestination() {
        limits.initial = 1;
        limits.widest = 1;
        addMailing("a.example", 200);
        Entry letter = add("a.example");
        succeed(0);
        assertEquals(letter, running.element());
    }

    @Test
    void aLetterPassesAMailingToManyDestinations() {
        limits.processes = 1;
        List<Entry> mailing = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            mailing.add(entry("d" + i + ".example"));
        }
        scheduler.add(mailing, 0);
        Entry letter = add("letter.example");
        succeed(0);
        assertEquals(letter, running.element());
    }

    @Test
    void lettersTakeNoMoreThanTheirShareFromAMailing() {
        limits.initial = 1;
        limits.widest = 1;
        List<Entry> mailing = addMailing("a.example", 300);
        for (int i = 0; i < 300; i++) {
            add("a.example");
        }
        int ofMailing = 0;
        for (int i = 0; i < 200; i++) {
            ofMailing += mailing.contains(running.element()) ? 1 : 0;
            succeed(i);
        }
        assertTrue(ofMailing >= 155, "only " + ofMailing + " of 200");
        assertTrue(ofMailing <= 175, "letters do not pass: " + ofMailing);
    }

    @Test
    void pausedNothingStartsAndAfterwardsEverythingDoes() {
        scheduler.pause(true, 0);
        add("a.example");
        assertEquals(0, running.size());
        scheduler.pause(false, 1);
        assertEquals(1, running.size());
    }

    @Test
    void anIdleDestinationIsForgotten() {
        add("a.example");
        succeed(0);
        scheduler.tick(SECOND);
        assertEquals(6, scheduler.window("smtp", "a.example"));
        scheduler.tick(SECOND + 1);
        assertEquals(-1, scheduler.window("smtp", "a.example"));
    }

    @Test
    void onlyDeliveriesThatFollowEachOtherKeepTheirSession() {
        add("a.example");
        assertEquals(false, running.getFirst().more);
        succeed(0);
        add("a.example");
        assertEquals(true, running.getFirst().more);
    }

    @Test
    void narrowerLimitsApplyAfterAReload() {
        addMailing("a.example", 100);
        for (int i = 0; i < 15; i++) {
            succeed(i);
        }
        assertTrue(running.size() > 5);
        limits.widest = 2;
        scheduler.limits(_ -> limits.make());
        while (running.size() > 2) {
            succeed(100);
        }
        succeed(101);
        assertEquals(2, running.size());
    }

    /// As qmgr(8) forgets a destination that is empty and not dead: single mails that fail, one
    /// after the other, do not add up, and each tries.
    @Test
    void failuresOfMailsThatComeOneByOneDoNotAddUp() {
        long now = 0;
        for (int i = 0; i < 30; i++) {
            now += 7 * SECOND / 10;
            scheduler.tick(now);
            scheduler.add(List.of(entry("a.example")), now);
            assertEquals(1, running.size(), "mail " + (i + 1) + " is not tried");
            scheduler.finished(
                    running.remove(), new Entry.Verdict.Unavailable(DOWN), now + SECOND / 100);
        }
        assertTrue(suspended.isEmpty());
        scheduler.add(List.of(entry("a.example")), now + SECOND / 2);
        succeed(now + SECOND / 2);
        assertTrue(suspended.isEmpty());
    }

    /// A cohort that fails while another mail waits still kills the destination.
    @Test
    void failuresWhileMailWaitsAddUp() {
        addMailing("a.example", 20);
        for (int i = 0; i < 5; i++) {
            scheduler.finished(running.remove(), new Entry.Verdict.Unavailable(DOWN), SECOND);
        }
        assertEquals(0, scheduler.window("smtp", "a.example"));
    }

    /// Withdrawn mail, a panic, an agent that said nothing: no word about the destination.
    @Test
    void whatTellsNothingNeitherWidensAWindowNorRevivesADestination() {
        addMailing("a.example", 50);
        for (int i = 0; i < 30; i++) {
            scheduler.finished(running.remove(), Entry.Verdict.UNKNOWN, SECOND);
        }
        assertEquals(5, scheduler.window("smtp", "a.example"));
        assertEquals(5, running.size());
        while (scheduler.window("smtp", "a.example") != 0) {
            fail(SECOND);
        }
        while (!running.isEmpty()) {
            scheduler.finished(running.remove(), Entry.Verdict.UNKNOWN, SECOND);
        }
        assertEquals(0, scheduler.window("smtp", "a.example"));
    }
}
