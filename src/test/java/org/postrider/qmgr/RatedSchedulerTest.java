package org.postrider.qmgr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.postrider.qmgr.RatedWorld.HOUR;
import static org.postrider.qmgr.RatedWorld.MINUTE;
import static org.postrider.qmgr.RatedWorld.SECOND;
import static org.postrider.qmgr.RatedWorld.rate;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postrider.dsn.Status;
import org.postrider.qmgr.rate.Budget;
import org.postrider.qmgr.rate.DestinationRate;
import org.postrider.qmgr.rate.RateTables;

/// Rates of destinations, in simulated time.
class RatedSchedulerTest {
    private static void good(RatedWorld w) {
        assertEquals(List.of(), w.wrong);
        assertEquals(w.accepted, w.delivered);
        assertEquals(0, w.inMemory());
    }

    @Test
    void mailBySecondsIsSpacedEvenly() {
        RatedWorld w = new RatedWorld(1, 1000, 1000);
        for (int i = 0; i < 31; i++) {
            w.mail(0, "a.example", 1, rate("a.example", "10/s"));
        }
        w.run(2 * SECOND);
        assertTrue(w.delivered >= 15 && w.delivered <= 20, w.delivered + " in two seconds");
        w.run(HOUR);
        good(w);
    }

    @Test
    void aDayAndAnHourAndAMinuteHoldAtOnce() {
        RatedWorld w = new RatedWorld(2, 1000, 1000);
        for (int i = 0; i < 200; i++) {
            w.mail(0, "a.example", 1, rate("a.example", "2/s, 10/m, 40/h, 100/d"));
        }
        w.run(50 * SECOND);
        assertEquals(10, w.delivered);
        w.run(40 * MINUTE);
        assertTrue(w.delivered >= 38 && w.delivered <= 40, w.delivered + " in an hour");
        w.run(20 * HOUR);
        assertEquals(100, w.delivered);
        w.run(100 * HOUR);
        good(w);
        assertTrue(
                java.util.Objects.requireNonNull(w.lastDelivered.get("a.example")) < 30 * HOUR,
                "what the limits allow is used");
    }

    @Test
    void aSlowDestinationWithVeryMuchMailStopsNobody() {
        RatedWorld w = new RatedWorld(3, 2000, 1000);
        for (int i = 0; i < 100_000; i++) {
            w.mail(i * 10_000L, "slow.example", 1, rate("slow.example", "10/s"));
        }
        for (int i = 0; i < 600; i++) {
            w.mail(i * SECOND, "free.example", 1);
            w.mail(i * SECOND, "quick.example", 1, rate("quick.example", "20/s"));
        }
        w.run(10 * HOUR);
        good(w);
        assertTrue(w.mostActive <= 1200, w.mostActive + " in memory");
        for (String each : List.of("free.example", "quick.example")) {
            long waited = java.util.Objects.requireNonNull(w.longestWait.get(each));
            assertTrue(waited < SECOND, each + " waited " + waited);
        }
        long end = java.util.Objects.requireNonNull(w.lastDelivered.get("slow.example"));
        assertTrue(end < 10_100 * SECOND, "100000 at 10/s took " + end / SECOND + " s");
    }

    @Test
    void destinationsOfAGroupShareItsLimitAndTakeTurns() {
        RatedWorld w = new RatedWorld(4, 1000, 1000);
        for (int i = 0; i < 300; i++) {
            String to = "d" + i % 3 + ".example";
            w.mail(0, to, 1, rate(to, "30/h"), rate("microsoft", "60/h"));
        }
        w.run(30 * MINUTE);
        assertEquals(60, w.delivered);
        w.run(20 * HOUR);
        good(w);
        long most = 0;
        long least = Long.MAX_VALUE;
        for (long each : w.lastDelivered.values()) {
            most = Math.max(most, each);
            least = Math.min(least, each);
        }
        assertTrue(most - least < HOUR, "one had to wait for the others: " + w.lastDelivered);
    }

    @Test
    void aDeliveryThatFindsNobodyDoesNotCount() {
        RatedWorld w = new RatedWorld(5, 1000, 1000);
        w.unavailablePercent = 50;
        for (int i = 0; i < 100; i++) {
            w.mail(0, "a.example", 1, rate("a.example", "50/h"));
        }
        w.run(12 * HOUR);
        good(w);
        assertTrue(
                java.util.Objects.requireNonNull(w.lastDelivered.get("a.example")) < 4 * HOUR,
                String.valueOf(w.lastDelivered));
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13})
    void noWindowEverHoldsMoreThanItsLimitAndAllMailGoes(long seed) {
        Random random = new Random(seed);
        RatedWorld w = new RatedWorld(seed, 500, 10_000);
        w.unavailablePercent = random.nextInt(20);
        List<DestinationRate> own = new ArrayList<>();
        String[] texts = {
            "5/s", "30/m", "100/h", "1/s, 50/h recipients", "20/10s, 300/d", "200/h recipients, 3/s"
        };
        for (int i = 0; i < 40; i++) {
            own.add(rate("d" + i, texts[random.nextInt(texts.length)]));
        }
        DestinationRate group = rate("group", "2/s, 400/h");
        for (int i = 0; i < 4_000; i++) {
            DestinationRate of = own.get(random.nextInt(own.size()));
            long after = random.nextInt(7200) * SECOND;
            int recipients = 1 + random.nextInt(40);
            if (Integer.parseInt(of.name().substring(1)) < 10) {
                w.mail(after, of.name(), recipients, of, group);
            } else {
                w.mail(after, of.name(), recipients, of);
            }
        }
        w.run(400 * HOUR);
        good(w);
        assertTrue(w.mostActive <= 500, w.mostActive + " in memory");
    }

    /// bench/rates/destinations in small.
    @Test
    void aHundredDestinationsWithAHundredMailsEachOverDays() {
        ManyDestinations.Result r = ManyDestinations.run(100, 100, 1);
        assertEquals(List.of(), r.wrong());
        assertEquals(10_000, r.delivered());
    }

    @Test
    void aDeliveryUnderWayCountsWhereItStartedWhateverTheLimitsBecome() {
        RatedWorld w = new RatedWorld(14, 100, 100);
        long now = w.time.nanos;
        Budget<String> b = new Budget<>("smtp", rate("a.example", "1/h"), () -> w.rates);
        Budget.Charge<String> charge = b.take(1, now);
        assertTrue(b.readyAt(1, now) > now);
        b.rate(rate("a.example", "5/d"));
        b.ended(charge, 1, false);
        b.rate(rate("a.example", "1/h"));
        assertEquals(now, b.readyAt(1, now));
    }

    private static Entry rated(String to, String limit) {
        Entry e = SchedulerTest.entry(to);
        e.rating = new Entry.Rating(new RateTables.Known(List.of(rate(to, limit)), false));
        return e;
    }

    @Test
    void newLimitsCountForMailThatWaitsAlready() {
        RatedWorld w = new RatedWorld(15, 100, 100);
        Asked a = new Asked();
        TestLimits limits = new TestLimits();
        Scheduler s = new Scheduler(a, _ -> limits.make(), () -> w.rates);
        long now = w.time.nanos;
        for (int i = 0; i < 5; i++) {
            s.add(List.of(rated("x.example", "1/s")), now);
        }
        assertEquals(1, a.started.size());
        s.add(List.of(rated("x.example", "100/s")), now);
        int done = 0;
        for (Long at = s.nextTimer(); at != null && at < now + 2 * SECOND; at = s.nextTimer()) {
            s.tick(at);
            for (; done < a.started.size(); done++) {
                s.finished(a.started.get(done), Entry.Verdict.ANSWERED, at);
            }
        }
        assertEquals(6, a.started.size());
    }

    @Test
    void whoeverWaitsForAGroupIsWokenThoughNothingElseHappens() {
        RatedWorld w = new RatedWorld(17, 100, 100);
        for (int i = 0; i < 5; i++) {
            w.mail(0, "d" + i + ".example", 1, rate("group", "1/s"));
        }
        w.run(10 * SECOND);
        good(w);
    }

    @Test
    void mailThatGoesAlongKeepsToTheRate() {
        RatedWorld w = new RatedWorld(18, 100, 100);
        Asked a = new Asked();
        TestLimits limits = new TestLimits();
        Scheduler s = new Scheduler(a, _ -> limits.make(), () -> w.rates);
        long now = w.time.nanos;
        Entry one = rated("x.example", "1/s");
        one.gathers = true;
        s.add(List.of(one, rated("x.example", "1/s")), now);
        assertEquals(List.of(one), a.started);
        s.tick(now + 2 * SECOND);
        assertEquals(2, a.started.size());
    }

    @Test
    void mailGoesOnWhereThatBeforeItIsPutBack() {
        RatedWorld w = new RatedWorld(16, 100, 100);
        Asked a = new Asked();
        TestLimits limits = new TestLimits();
        limits.initial = 1;
        limits.widest = 1;
        Scheduler s = new Scheduler(a, _ -> limits.make(), () -> w.rates);
        long now = w.time.nanos;
        // An hour's only one has gone; then the limit was raised, and later there was none.
        s.add(List.of(rated("x.example", "1/h")), now);
        s.finished(a.started.getFirst(), Entry.Verdict.ANSWERED, now);
        s.add(List.of(rated("x.example", "100/h")), now);
        s.add(List.of(rated("x.example", "100/h")), now);
        Entry free = SchedulerTest.entry("x.example");
        s.add(List.of(free), now);
        s.add(List.of(rated("x.example", "1/h")), now);
        assertEquals(2, a.started.size());
        assertEquals(1, a.putBack.size());
        s.finished(a.started.getLast(), Entry.Verdict.ANSWERED, now);
        assertEquals(2, a.putBack.size());
        assertEquals(free, a.started.getLast());
    }

    // ---- slowing by itself

    @Test
    void aProviderThatAsksForLessGetsLessAndThenMoreAgain() {
        RatedWorld w = new RatedWorld(8, 2000, 1000);
        w.takesPerSecond = 5;
        for (int i = 0; i < 3000; i++) {
            w.mail(
                    i * SECOND / 20,
                    "big.example",
                    1,
                    new DestinationRate("big.example", List.of()));
            w.mail(i * SECOND / 20, "free.example", 1);
        }
        w.run(10 * SECOND);
        assertTrue(
                w.speeds.getFirst().startsWith("big.example slowed to 1/2: 421 4.7.28"),
                w.speeds.toString());
        w.takesPerSecond = 0;
        w.run(20 * HOUR);
        good(w);
        assertEquals("big.example at full speed again", w.speeds.getLast());
        assertEquals(java.util.Map.of(), w.scheduler.slowed());
    }

    @Test
    void theSpeedThatAProviderBearsIsFoundAndFewMailsAreRefused() {
        RatedWorld w = new RatedWorld(9, 2000, 1000);
        w.takesPerSecond = 5;
        for (int i = 0; i < 20_000; i++) {
            w.mail(0, "big.example", 1, new DestinationRate("big.example", List.of()));
        }
        w.run(100 * HOUR);
        good(w);
        assertTrue(w.throttled < 1_000, w.throttled + " of 20000 refused");
        long end = java.util.Objects.requireNonNull(w.lastDelivered.get("big.example"));
        assertTrue(end < 3 * 20_000 / 5 * SECOND, "took " + end / SECOND + " s");
    }

    @Test
    void theAdministratorMakesADestinationFastAgain() {
        RatedWorld w = new RatedWorld(10, 2000, 1000);
        w.takesPerSecond = 1;
        for (int i = 0; i < 500; i++) {
            w.mail(0, "big.example", 1, new DestinationRate("big.example", List.of()));
        }
        w.run(20 * SECOND);
        assertEquals(java.util.Set.of("smtp:big.example"), w.scheduler.slowed().keySet());
        w.takesPerSecond = 0;
        w.scheduler.fullSpeed("big.example", w.time.nanos);
        assertEquals(java.util.Map.of(), w.scheduler.slowed());
        assertEquals("big.example at full speed again, by the administrator", w.speeds.getLast());
        w.run(10 * HOUR);
        good(w);
    }

    // ---- groups that must be asked for

    private static final class Asked implements Scheduler.Actions {
        final List<Entry> asked = new ArrayList<>();
        final List<Entry> started = new ArrayList<>();
        final List<Entry> suspended = new ArrayList<>();
        final List<Entry> putBack = new ArrayList<>();

        @Override
        public void start(Entry entry) {
            started.add(entry);
        }

        @Override
        public void suspend(List<Entry> entries) {
            suspended.addAll(entries);
        }

        @Override
        public void putBack(List<Entry> entries) {
            putBack.addAll(entries);
        }

        @Override
        public void speed(String transport, String name, String what) {
            throw new AssertionError("nothing is slowed here");
        }

        @Override
        public void group(Entry entry) {
            asked.add(entry);
        }
    }

    private static Entry ungrouped(String to) {
        Entry e = SchedulerTest.entry(to);
        e.rating = new Entry.Rating(new RateTables.Known(List.of(), true));
        return e;
    }

    @Test
    void aDestinationIsAskedForItsGroupOnceAndWaits() {
        RatedWorld w = new RatedWorld(6, 100, 100);
        Asked a = new Asked();
        TestLimits limits = new TestLimits();
        Scheduler s = new Scheduler(a, _ -> limits.make(), () -> w.rates);
        long now = w.time.nanos;
        for (int i = 0; i < 3; i++) {
            s.add(List.of(ungrouped("x.example")), now);
        }
        s.add(List.of(SchedulerTest.entry("other.example")), now);
        assertEquals(1, a.asked.size());
        assertEquals(1, a.started.size(), "another destination goes on");
        s.grouped(a.asked.getFirst(), List.of(rate("microsoft", "2/30m")), null, now);
        assertEquals(3, a.started.size());
        assertEquals(1, a.putBack.size());
        Entry late = a.putBack.getFirst();
        assertTrue(rating(late.rating).due - now >= 15 * MINUTE);
    }

    private static Entry.Rating rating(Entry.@org.jspecify.annotations.Nullable Rating r) {
        assertNotNull(r);
        return r;
    }

    @Test
    void whatCannotBeGroupedIsNotTried() {
        Asked a = new Asked();
        RatedWorld w = new RatedWorld(7, 100, 100);
        TestLimits limits = new TestLimits();
        Scheduler s = new Scheduler(a, _ -> limits.make(), () -> w.rates);
        long now = w.time.nanos;
        s.add(List.of(ungrouped("x.example")), now);
        s.grouped(
                a.asked.getFirst(),
                List.of(),
                new Entry.Suspension(new Status(4, 3, 0), "why"),
                now);
        assertEquals(1, a.suspended.size());
        assertEquals(List.of(), a.started);
        s.add(List.of(ungrouped("x.example")), now);
        assertEquals(2, a.asked.size(), "the next mail asks again");
        s.grouped(a.asked.getLast(), List.of(), null, now);
        assertEquals(1, a.started.size());
    }
}
