package org.postrider.anvil;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.ZoneId;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.postrider.time.Clock;

class AnvilTest {
    private static final long UNIT = 60_000_000_000L;

    private final long[] now = {1};
    private final long[] wall = {0};
    private final Anvil anvil =
            new Anvil(
                    new Clock() {
                        @Override
                        public long wallMillis() {
                            return wall[0];
                        }

                        @Override
                        public long nanos() {
                            return now[0];
                        }
                    });

    private static Anvil.Who who(String client) {
        return new Anvil.Who("smtp", client);
    }

    @Test
    void connectionsAndRatesAreCountedByServiceAndClient() {
        assertEquals(new Anvil.Connected(1, 1), anvil.connect(who("a"), UNIT));
        assertEquals(new Anvil.Connected(2, 2), anvil.connect(who("a"), UNIT));
        assertEquals(new Anvil.Connected(1, 1), anvil.connect(who("b"), UNIT));
        assertEquals(
                new Anvil.Connected(1, 1), anvil.connect(new Anvil.Who("submission", "a"), UNIT));
        anvil.disconnect(who("a"));
        assertEquals(new Anvil.Connected(2, 3), anvil.connect(who("a"), UNIT));
        assertEquals(1, anvil.count(who("a"), Anvil.Event.MESSAGE, UNIT));
        assertEquals(2, anvil.count(who("a"), Anvil.Event.MESSAGE, UNIT));
        assertEquals(1, anvil.count(who("a"), Anvil.Event.RECIPIENT, UNIT));
        assertEquals(2, anvil.rate(who("a"), Anvil.Event.MESSAGE, UNIT));
        assertEquals(0, anvil.rate(who("nobody"), Anvil.Event.MESSAGE, UNIT));
    }

    @Test
    void ratesBeginAnewWithTheNextUnitAndConnectionsStay() {
        anvil.connect(who("a"), UNIT);
        anvil.count(who("a"), Anvil.Event.MESSAGE, UNIT);
        now[0] += UNIT + 1;
        assertEquals(1, anvil.count(who("a"), Anvil.Event.MESSAGE, UNIT));
        assertEquals(new Anvil.Connected(2, 1), anvil.connect(who("a"), UNIT));
    }

    @Test
    void whoIsGoneIsForgotten() {
        for (int i = 0; i < 10_000; i++) {
            anvil.connect(who("c" + i), UNIT);
            anvil.disconnect(who("c" + i));
        }
        assertEquals(10_000, anvil.size());
        now[0] += UNIT + 1;
        anvil.connect(who("later"), UNIT);
        assertEquals(1, anvil.size());
    }

    @Test
    void manyThreadsLoseNoCount() throws InterruptedException {
        try (ExecutorService many = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 1_000; i++) {
                many.execute(() -> {
                    anvil.connect(who("a"), UNIT);
                    anvil.count(who("a"), Anvil.Event.RECIPIENT, UNIT);
                    anvil.disconnect(who("a"));
                });
            }
        }
        assertEquals(1_000, anvil.rate(who("a"), Anvil.Event.RECIPIENT, UNIT));
        assertEquals(new Anvil.Connected(1, 1_001), anvil.connect(who("a"), UNIT));
        assertTrue(anvil.size() == 1);
    }

    private static final ZoneId UTC = ZoneId.of("UTC");

    @Test
    void statisticsAreThePeaksSinceTheLastReportInPostfixsWords() {
        wall[0] = 1_793_750_405_000L;
        anvil.connect(who("a"), UNIT);
        anvil.connect(who("b"), UNIT);
        anvil.connect(who("a"), UNIT);
        wall[0] += 3_000;
        anvil.count(who("b"), Anvil.Event.RECIPIENT, UNIT);
        anvil.count(who("b"), Anvil.Event.TLS_SESSION, UNIT);
        anvil.count(who("b"), Anvil.Event.AUTH, UNIT);
        assertEquals(
                List.of(
                        "statistics: max connection rate 2/60s for (smtp:a) at Nov  4 00:00:05",
                        "statistics: max connection count 2 for (smtp:a) at Nov  4 00:00:05",
                        "statistics: max recipient rate 1/60s for (smtp:b) at Nov  4 00:00:08",
                        "statistics: max newtls rate 1/60s for (smtp:b) at Nov  4 00:00:08",
                        "statistics: max auth rate 1/60s for (smtp:b) at Nov  4 00:00:08",
                        "statistics: max cache size 2 at Nov  4 00:00:05"),
                anvil.report(UTC));
        assertEquals(List.of(), anvil.report(UTC), "each report begins anew");
        wall[0] += 13L * 86_400_000;
        anvil.count(who("b"), Anvil.Event.MESSAGE, UNIT);
        assertEquals(
                List.of("statistics: max message rate 1/60s for (smtp:b) at Nov 17 00:00:08"),
                anvil.report(UTC));
    }

    @Test
    void aPeakOfManyThreadsIsTheHighest() throws InterruptedException {
        try (ExecutorService many = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 2_000; i++) {
                many.execute(() -> anvil.count(who("a"), Anvil.Event.MESSAGE, UNIT));
            }
        }
        assertTrue(anvil.report(UTC).getFirst().contains("max message rate 2000/60s"));
    }
}
