package org.postrider.anvil;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RatesTest {
    private static final int HOUR = 3_600_000;

    private final HandClock clock = new HandClock(1_800_000_000_123L);
    private final List<String> warnings = new ArrayList<>();

    private Rates rates(int keys) {
        return new Rates(clock, keys, warnings::add);
    }

    private static Rates.Key login(String name) {
        return new Rates.Key(Rates.Kind.LOGIN, name);
    }

    private static Rates.Limit hourly(int most) {
        return new Rates.Limit(most, 3600, Rates.Unit.MESSAGES);
    }

    private static boolean mail(Rates rates, Rates.Key key, Rates.Limit limit) {
        if (rates.take(key, limit, 1, false) > limit.most()) {
            return false;
        }
        rates.keep(key, limit, 1);
        return true;
    }

    @Test
    void theLimitHoldsAndTheNextOneIsRefused() {
        Rates rates = rates(100);
        assertTrue(mail(rates, login("joe"), hourly(2)));
        assertTrue(mail(rates, login("joe"), hourly(2)));
        assertEquals(3, rates.take(login("joe"), hourly(2), 1, false));
        assertEquals(2, rates.count(login("joe"), hourly(2)), "a refusal is not counted");
        assertTrue(mail(rates, login("ann"), hourly(2)));
        Rates.Key sender = new Rates.Key(Rates.Kind.SENDER, "joe");
        assertTrue(mail(rates, sender, hourly(2)), "another kind, another key");
    }

    @Test
    void thereIsRoomWhenItIsSaidAndNoSooner() {
        Random random = new Random(5);
        Rates rates = rates(100);
        Rates.Limit limit = new Rates.Limit(7, 600, Rates.Unit.RECIPIENTS);
        assertEquals(0, rates.untilRoom(login("joe"), limit, 7));
        for (int i = 0; i < 300; i++) {
            int amount = 1 + random.nextInt(9);
            long wait = rates.untilRoom(login("joe"), limit, amount);
            if (wait > 0) {
                clock.go(wait - 1);
                assertEquals(1, rates.untilRoom(login("joe"), limit, amount));
                clock.go(1);
                assertEquals(0, rates.untilRoom(login("joe"), limit, amount));
            }
            rates.take(login("joe"), limit, amount, true);
            assertTrue(rates.untilRoom(login("joe"), limit, 7) > 0, "what is taken counts");
            if (random.nextInt(4) == 0) {
                rates.giveBack(login("joe"), limit, amount);
                assertEquals(0, rates.untilRoom(login("joe"), limit, amount));
            } else {
                rates.keep(login("joe"), limit, amount);
            }
            clock.go(random.nextInt(60_000));
        }
    }

    @Test
    void aCountIsForgottenBetweenOneWindowAndAndATenthMore() {
        for (int at = 0; at < HOUR; at += 7 * 60_000) {
            Rates rates = rates(100);
            clock.go(at);
            assertTrue(mail(rates, login("joe"), hourly(1)));
            clock.go(HOUR - 1);
            assertEquals(1, rates.count(login("joe"), hourly(1)));
            clock.go(1 + HOUR / 10);
            assertEquals(0, rates.count(login("joe"), hourly(1)));
        }
    }

    @Test
    void noWindowOfThatLengthEverHoldsMoreThanTheLimit() {
        for (long seed = 1; seed <= 50; seed++) {
            Random random = new Random(seed);
            Rates rates = rates(100);
            int most = 1 + random.nextInt(30);
            int seconds = 1 + random.nextInt(100);
            Rates.Limit limit = new Rates.Limit(most, seconds, Rates.Unit.MESSAGES);
            Deque<Long> accepted = new ArrayDeque<>();
            int all = 0;
            for (int i = 0; i < 5_000; i++) {
                clock.go(random.nextInt(10) == 0 ? random.nextInt(30_000) : random.nextInt(200));
                if (mail(rates, login("joe"), limit)) {
                    long now = clock.wallMillis();
                    accepted.add(now);
                    all++;
                    while (accepted.getFirst() <= now - seconds * 1000L) {
                        accepted.removeFirst();
                    }
                    assertTrue(accepted.size() <= most, "seed " + seed);
                }
            }
            assertTrue(all > most, "it goes on: seed " + seed);
        }
    }

    @Test
    void windowsOfOneKeyAreIndependentAndUnitsToo() {
        Rates rates = rates(100);
        Rates.Limit minute = new Rates.Limit(1, 60, Rates.Unit.MESSAGES);
        Rates.Limit recipients = new Rates.Limit(9, 60, Rates.Unit.RECIPIENTS);
        assertTrue(mail(rates, login("joe"), minute));
        assertTrue(mail(rates, login("joe"), hourly(5)));
        assertEquals(1, rates.take(login("joe"), recipients, 1, false));
        clock.go(70_000);
        assertEquals(0, rates.count(login("joe"), minute));
        assertEquals(1, rates.count(login("joe"), hourly(5)));
    }

    @Test
    void twoServicesShareTheCountOfAWindowWhateverTheirLimits() {
        Rates rates = rates(100);
        assertTrue(mail(rates, login("joe"), hourly(5)));
        assertTrue(mail(rates, login("joe"), hourly(5)));
        assertEquals(3, rates.take(login("joe"), hourly(2), 1, false));
    }

    @Test
    void whatIsGivenBackIsFreeAgain() {
        Rates rates = rates(100);
        assertEquals(1, rates.take(login("joe"), hourly(1), 1, false));
        assertEquals(
                2, rates.take(login("joe"), hourly(1), 1, false), "taken by a mail on its way");
        rates.giveBack(login("joe"), hourly(1), 1);
        assertTrue(mail(rates, login("joe"), hourly(1)));
    }

    @Test
    void mailThatIsHeldCountsOnOverTheLimit() {
        Rates rates = rates(100);
        for (int i = 1; i <= 5; i++) {
            assertEquals(i, rates.take(login("joe"), hourly(2), 1, true));
            rates.keep(login("joe"), hourly(2), 1);
        }
        assertEquals(5, rates.count(login("joe"), hourly(2)));
    }

    @Test
    void manySessionsTogetherNeverOvershoot() throws InterruptedException {
        Rates rates = rates(100);
        AtomicInteger accepted = new AtomicInteger();
        try (ExecutorService many = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 20_000; i++) {
                int n = i;
                many.execute(() -> {
                    Rates.Key key = login("u" + n % 4);
                    if (rates.take(key, hourly(100), 1, false) <= 100) {
                        if (n % 3 == 0) {
                            rates.giveBack(key, hourly(100), 1);
                        } else {
                            rates.keep(key, hourly(100), 1);
                            accepted.incrementAndGet();
                        }
                    }
                });
            }
        }
        assertEquals(400, accepted.get());
        for (int u = 0; u < 4; u++) {
            assertEquals(100, rates.count(login("u" + u), hourly(100)));
        }
    }

    @Test
    void aFloodOfNewKeysForgetsNobodyAtALimit() {
        Rates rates = rates(1_000);
        for (int i = 0; i < 100; i++) {
            while (mail(rates, login("full" + i), hourly(3))) {
                // up to the limit
            }
        }
        for (int i = 0; i < 50_000; i++) {
            assertTrue(mail(rates, login("new" + i), hourly(3)));
            assertTrue(rates.size() <= 1_000);
        }
        for (int i = 0; i < 100; i++) {
            assertEquals(3, rates.count(login("full" + i), hourly(3)));
        }
        assertEquals(1, warnings.size(), warnings.toString());
        assertTrue(warnings.getFirst().contains("smtpd_rate_limit_keys = 1000"));
    }

    @Test
    void idleKeysGoFirstAndInSilence() {
        Rates rates = rates(1_000);
        for (int i = 0; i < 990; i++) {
            mail(rates, login("old" + i), hourly(3));
        }
        clock.go(HOUR + HOUR / 10);
        for (int i = 0; i < 900; i++) {
            mail(rates, login("new" + i), hourly(30));
        }
        for (int i = 0; i < 900; i++) {
            assertEquals(1, rates.count(login("new" + i), hourly(30)));
        }
        assertEquals(List.of(), warnings);
    }

    @Test
    void whereAllAreAtTheirLimitsTheOldestGo() {
        Rates rates = rates(1_000);
        for (int i = 0; i < 3_000; i++) {
            clock.go(1_000);
            mail(rates, login("k" + i), hourly(1));
            assertTrue(rates.size() <= 1_000);
        }
        // In one slice, here 360 s, all are as old.
        for (int i = 2_400; i < 3_000; i++) {
            assertEquals(1, rates.count(login("k" + i), hourly(1)), "k" + i);
        }
    }

    @Test
    void mailOnItsWayKeepsItsKey() {
        Rates rates = rates(100);
        rates.take(login("slow"), hourly(1), 1, false);
        for (int i = 0; i < 1_000; i++) {
            mail(rates, login("new" + i), hourly(3));
        }
        assertEquals(2, rates.take(login("slow"), hourly(1), 1, false));
    }

    @Test
    void mailOnItsWayToMoreKeysThanThereIsRoomForIsNoTrouble() {
        Rates rates = rates(1_000);
        for (int i = 0; i < 20_000; i++) {
            assertEquals(1, rates.take(login("k" + i), hourly(1), 1, false));
        }
        for (int i = 0; i < 20_000; i++) {
            rates.giveBack(login("k" + i), hourly(1), 1);
        }
        assertEquals(20_000, rates.size());
        for (int i = 0; i < 200; i++) {
            mail(rates, login("n" + i), hourly(1));
        }
        assertTrue(rates.size() <= 1_000, rates.size() + " keys");
    }

    @Test
    void aLongNameIsCutAndStaysApart() {
        Rates rates = rates(100);
        String long1 = "a".repeat(1_900) + "1" + "b".repeat(100);
        String long2 = "a".repeat(1_900) + "2" + "b".repeat(100);
        assertTrue(login(long1).name().length() <= 320);
        assertTrue(mail(rates, login(long1), hourly(1)));
        assertTrue(mail(rates, login(long2), hourly(1)));
        assertEquals(login(long1), login(login(long1).name()), "cut once");
    }
}
