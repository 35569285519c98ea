package org.postrider.master.listen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.postrider.time.Clock;

class StressTest {
    private final AtomicLong nanos = new AtomicLong();
    private final AtomicInteger told = new AtomicInteger();
    private final Stress stress =
            new Stress(
                    new Clock() {
                        @Override
                        public long wallMillis() {
                            return nanos.get() / 1_000_000;
                        }

                        @Override
                        public long nanos() {
                            return nanos.get();
                        }
                    });

    private boolean begin() {
        return stress.begin(3, told::incrementAndGet);
    }

    @Test
    void theLastPlaceMakesSessionsBriefForAThousandSeconds() {
        assertFalse(begin());
        assertFalse(begin());
        assertTrue(begin());
        stress.end();
        stress.end();
        assertTrue(begin());
        nanos.addAndGet(999_000_000_000L);
        stress.end();
        assertTrue(begin());
        nanos.addAndGet(2_000_000_000L);
        stress.end();
        assertFalse(begin());
        assertEquals(1, told.get());
    }

    @Test
    void itIsToldOncePerThousandSeconds() {
        for (int i = 0; i < 3; i++) {
            begin();
        }
        for (int i = 0; i < 500; i++) {
            stress.end();
            begin();
            nanos.addAndGet(5_000_000_000L);
        }
        assertEquals(3, told.get());
    }

    @Test
    void withoutALimitThereIsNone() {
        for (int i = 0; i < 1000; i++) {
            assertFalse(stress.begin(0, told::incrementAndGet));
        }
        assertEquals(0, told.get());
    }

    @Test
    void theLogSaysWhichServiceAndWhatHelps() {
        List<String> said = new ArrayList<>();
        Stress.explain("smtp", "25", 100, said::add);
        assertEquals(
                "service \"smtp\" (25) has reached its process limit \"100\": new clients may"
                        + " experience noticeable delays",
                said.getFirst());
        assertEquals(3, said.size());
    }
}
