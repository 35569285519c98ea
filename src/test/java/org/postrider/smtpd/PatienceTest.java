package org.postrider.smtpd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.postrider.smtpd.input.Patience;
import org.postrider.time.Clock;

/// The arithmetic of smtpd_per_request_deadline and smtpd_min_data_rate; the same over the socket
/// stands in session.case.
class PatienceTest {
    /// Time that passes when a test says so.
    private static final class Hands implements Clock {
        private long nanos;

        @Override
        public long wallMillis() {
            return nanos / 1_000_000;
        }

        @Override
        public long nanos() {
            return nanos;
        }

        void pass(long millis) {
            nanos += millis * 1_000_000;
        }
    }

    private final Hands clock = new Hands();

    private long read(Patience p, long takes, int octets) {
        long before = p.millis();
        clock.pass(takes);
        p.spent(octets);
        return before;
    }

    @Test
    void withoutADeadlineEveryReadHasTheWholeTime() {
        Patience p = new Patience(new Patience.Terms(3000, false, 500), clock);
        p.request();
        assertEquals(3000, read(p, 2999, 1));
        assertEquals(3000, read(p, 2999, 1));
        assertEquals(3000, p.millis());
    }

    @Test
    void aRequestHasOneTimeForAllItsReads() {
        Patience p = new Patience(new Patience.Terms(3000, true, 500), clock);
        p.request();
        assertEquals(3000, read(p, 2000, 10));
        clock.pass(60_000); // our own work is not the client's time
        assertEquals(1000, read(p, 900, 10));
        assertEquals(100, read(p, 500, 10));
        assertEquals(1, p.millis());
        p.request();
        assertEquals(3000, p.millis());
    }

    @Test
    void contentBuysTimeAtTheMinimalRateAndNoMoreThanTheWhole() {
        Patience p = new Patience(new Patience.Terms(3000, true, 500), clock);
        p.content();
        assertEquals(3000, read(p, 2000, 500)); // 500 octets: 1 second
        assertEquals(2000, read(p, 1500, 250));
        assertEquals(1000, read(p, 100, 1 << 20));
        assertEquals(3000, p.millis());
    }
}
