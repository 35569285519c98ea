package org.postrider.anvil;

import org.postrider.time.Clock;

/// A clock that goes only when told to; both times go together.
final class HandClock implements Clock {
    private volatile long millis;

    HandClock(long wallMillis) {
        millis = wallMillis;
    }

    void go(long byMillis) {
        millis += byMillis;
    }

    @Override
    public long wallMillis() {
        return millis;
    }

    @Override
    public long nanos() {
        return millis * 1_000_000;
    }
}
