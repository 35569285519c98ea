package org.postrider.threads;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.postrider.Until;
import org.postrider.time.Clock;

/// What is thrown in a thread ends a step, a task or the server, and never a thread in silence.
class SupervisorTest {
    private final List<String> said = Collections.synchronizedList(new ArrayList<>());
    private final CountDownLatch warned = new CountDownLatch(1);
    private final CountDownLatch wellAgain = new CountDownLatch(1);

    private final Alarm alarm =
            new Alarm() {
                @Override
                public void panic(String text, Throwable bug) {
                    said.add("panic " + text + " " + bug.getMessage());
                }

                @Override
                public void warning(String text) {
                    said.add("warning " + text);
                    warned.countDown();
                    if (text.endsWith("goes on again")) {
                        wellAgain.countDown();
                    }
                }

                @Override
                public void end(String reason) {
                    said.add("end " + reason);
                }
            };

    private Supervisor supervisor(Clock clock, Steps steps) {
        Supervisor made = new Supervisor(clock, steps);
        made.alarm(alarm);
        return made;
    }

    private static Row row(Supervisor supervisor, String name) {
        return supervisor.table().stream()
                .filter(r -> r.work().name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aLoopGoesOnAfterAnErrorAndCountsIt() throws Exception {
        Supervisor supervisor = supervisor(Clock.system(), Steps.NONE);
        AtomicInteger steps = new AtomicInteger();
        CountDownLatch third = new CountDownLatch(3);
        Loop loop =
                supervisor
                        .loop(
                                Work.of("feeder", "feeds"),
                                () -> {
                                    third.countDown();
                                    if (steps.incrementAndGet() < 3) {
                                        throw new InternalError("step " + steps);
                                    }
                                    return Loop.UNTIL_WOKEN;
                                })
                        .start();
        assertTrue(third.await(Until.PATIENCE.toSeconds(), TimeUnit.SECONDS), "it does not go on");
        assertEquals(List.of("panic feeder step 1", "panic feeder step 2"), List.copyOf(said));
        assertEquals(2, row(supervisor, "feeder").panics());
        assertEquals(1, row(supervisor, "feeder").threads());
        assertTrue(loop.end(Until.PATIENCE.toMillis()));
        assertEquals(0, row(supervisor, "feeder").threads());
    }

    @Test
    void anAlarmThatFailsDoesNotEndTheLoop() throws Exception {
        Supervisor supervisor = new Supervisor(Clock.system(), Steps.NONE);
        supervisor.alarm(
                new Alarm() {
                    @Override
                    public void panic(String text, Throwable bug) {
                        throw new StackOverflowError("no room to say it");
                    }

                    @Override
                    public void warning(String text) {}

                    @Override
                    public void end(String reason) {}
                });
        CountDownLatch second = new CountDownLatch(2);
        Loop loop =
                supervisor
                        .loop(
                                Work.of("maillog", "writes").onPlatform(),
                                () -> {
                                    second.countDown();
                                    throw new InternalError("expected by the test");
                                })
                        .start();
        assertTrue(second.await(Until.PATIENCE.toSeconds(), TimeUnit.SECONDS));
        assertTrue(loop.end(Until.PATIENCE.toMillis()));
    }

    @Test
    void noWakeIsLostWhileAStepIsUnderWay() throws Exception {
        Supervisor supervisor = supervisor(Clock.system(), Steps.NONE);
        for (int round = 0; round < 2_000; round++) {
            AtomicInteger posted = new AtomicInteger();
            AtomicInteger seen = new AtomicInteger();
            CountDownLatch all = new CountDownLatch(1);
            Loop loop =
                    supervisor.loop(
                            Work.of("looker", "looks"),
                            () -> {
                                seen.set(posted.get());
                                if (seen.get() == 3) {
                                    all.countDown();
                                }
                                return Loop.UNTIL_WOKEN;
                            });
            loop.start();
            for (int i = 0; i < 3; i++) {
                posted.incrementAndGet();
                loop.wake();
            }
            assertTrue(
                    all.await(Until.PATIENCE.toSeconds(), TimeUnit.SECONDS),
                    "a wake was lost in round " + round);
            loop.close();
        }
    }

    @Test
    void aTaskGivesBackWhatItHoldsWhateverIsThrown() throws Exception {
        AtomicInteger strikes = new AtomicInteger();
        Supervisor supervisor =
                supervisor(
                        Clock.system(),
                        name -> {
                            if (strikes.incrementAndGet() == 1) {
                                throw new InternalError("before the task");
                            }
                        });
        Family family = supervisor.family(Work.of("session", "serves").failing("the session ends"));
        CountDownLatch back = new CountDownLatch(3);
        family.start(() -> {}, back::countDown);
        // The strike is the first one's, however busy the machine is.
        Until.seen("the first is through", () -> back.getCount() < 3);
        family.start(
                () -> {
                    throw new LinkageError("in the task");
                },
                back::countDown);
        family.start(() -> {}, back::countDown);
        assertTrue(
                back.await(Until.PATIENCE.toSeconds(), TimeUnit.SECONDS),
                back.getCount() + " places were not given back");
        Until.seen("all have ended", () -> row(supervisor, "session").threads() == 0);
        assertEquals(2, row(supervisor, "session").panics());
    }

    @Test
    void aPoolTellsItsCallerAndGoesOn() throws Exception {
        Supervisor supervisor = supervisor(Clock.system(), Steps.NONE);
        Family family = supervisor.family(Work.of("reader", "reads").onPlatform());
        try (ExecutorService pool = family.pool(1)) {
            for (int i = 0; i < 3; i++) {
                ExecutionException told =
                        assertThrows(
                                ExecutionException.class,
                                () ->
                                        pool.submit(
                                                        (Runnable)
                                                                () -> {
                                                                    throw new InternalError("bad");
                                                                })
                                                .get());
                assertEquals("java.lang.InternalError: bad", told.getMessage());
            }
            assertEquals(1, pool.submit(() -> 1).get());
            assertEquals(3, row(supervisor, "reader").panics());
            assertEquals(1, row(supervisor, "reader").threads());
        }
    }

    @Test
    void aBrokenGuardEndsTheServerOnce() {
        Supervisor supervisor = supervisor(Clock.system(), Steps.NONE);
        Guard guard = supervisor.guard(Work.of("scheduler", "decides"));
        AtomicInteger ran = new AtomicInteger();
        guard.run(ran::incrementAndGet);
        for (int i = 0; i < 2; i++) {
            guard.run(() -> {
                throw new IllegalStateException("half done");
            });
        }
        assertEquals(1, ran.get());
        assertEquals(1, said.stream().filter(s -> s.startsWith("end scheduler failed")).count());
        assertEquals(2, row(supervisor, "scheduler").panics());
    }

    @Test
    void aLoopThatDoesNotGoOnIsNamedWithWhereItIs() throws Exception {
        AtomicLong nanos = new AtomicLong();
        Clock clock =
                new Clock() {
                    @Override
                    public long wallMillis() {
                        return 0;
                    }

                    @Override
                    public long nanos() {
                        return nanos.get();
                    }
                };
        Supervisor supervisor = supervisor(clock, Steps.NONE);
        CountDownLatch stuck = new CountDownLatch(1);
        CountDownLatch free = new CountDownLatch(1);
        Loop loop =
                supervisor
                        .loop(
                                Work.of("pickup", "takes").longest(Duration.ofSeconds(30)),
                                () -> {
                                    stuck.countDown();
                                    free.await();
                                    return 1;
                                })
                        .start();
        Loop patient =
                supervisor
                        .loop(
                                Work.of("listen", "accepts").waiting(),
                                () -> {
                                    free.await();
                                    return Loop.UNTIL_WOKEN;
                                })
                        .start();
        assertTrue(stuck.await(Until.PATIENCE.toSeconds(), TimeUnit.SECONDS));
        nanos.set(Duration.ofSeconds(39).toNanos());
        assertEquals(false, row(supervisor, "pickup").late(), "30 s and 10 s of slack");
        nanos.set(Duration.ofSeconds(75).toNanos());
        assertTrue(row(supervisor, "pickup").late());
        supervisor.watch();
        assertTrue(warned.await(Until.PATIENCE.toSeconds(), TimeUnit.SECONDS));
        assertEquals(1, said.size(), said.toString());
        assertTrue(
                said.getFirst()
                        .startsWith(
                                "warning thread pickup has not gone on for 45 s longer than it"
                                        + " should take; it is at "),
                said.getFirst());
        assertTrue(said.getFirst().contains("SupervisorTest"), said.getFirst());
        free.countDown();
        assertTrue(wellAgain.await(Until.PATIENCE.toSeconds(), TimeUnit.SECONDS));
        loop.close();
        patient.close();
        supervisor.close();
    }

    /// Names that nobody answers hold neither who reads files nor who asks for another name, and
    /// who asks for them is told in time. Each is asked for once at a time.
    @Test
    void aNameThatNobodyAnswersHoldsNobodyElseUp() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        AtomicInteger asked = new AtomicInteger();
        List<String> told = Collections.synchronizedList(new ArrayList<>());
        try (Supervisor supervisor = new Supervisor(Clock.system(), Steps.NONE)) {
            Family family = supervisor.family(Work.of("sessions", "asks"));
            CountDownLatch late = new CountDownLatch(3);
            for (int i = 0; i < 3; i++) {
                family.start(
                        () -> {
                            try {
                                Supervisor.named(
                                        "hangs.example",
                                        () -> {
                                            asked.incrementAndGet();
                                            never.await();
                                            return "never";
                                        },
                                        200);
                            } catch (Exception e) {
                                told.add(String.valueOf(e.getMessage()));
                            }
                        },
                        late::countDown);
            }
            assertTrue(late.await(120, TimeUnit.SECONDS));
            assertEquals(1, asked.get());
            assertEquals(
                    Collections.nCopies(3, "hangs.example: Temporary failure in name resolution"),
                    told);
            CountDownLatch others = new CountDownLatch(2);
            family.start(
                    () ->
                            told.add(
                                    unchecked(() ->
                                            Supervisor.named("b", () -> "b is there", 9_999))),
                    others::countDown);
            family.start(
                    () -> told.add(unchecked(() -> Supervisor.aside(() -> "a file"))),
                    others::countDown);
            assertTrue(others.await(120, TimeUnit.SECONDS));
            assertTrue(told.contains("b is there") && told.contains("a file"), told.toString());
        } finally {
            never.countDown();
        }
    }

    private static String unchecked(java.util.concurrent.Callable<String> task) {
        try {
            return task.call();
        } catch (Exception e) {
            return e.toString();
        }
    }
}
