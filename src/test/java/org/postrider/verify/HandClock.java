package org.postrider.verify;

import org.postrider.time.Clock;

/// A clock that goes only when told to.
final class HandClock implements Clock {
    private volatile long seconds = 1_795_000_000L;

    void go(long bySeconds) {
        seconds += bySeconds;
    }

    long seconds() {
        return seconds;
    }

    @Override
    public long wallMillis() {
        return seconds * 1000;
    }

    @Override
    public long nanos() {
        return System.nanoTime();
    }
}
