package org.postrider.threads;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// What is counted of the work of one name: it outlives the loops and families that come and go
/// with reloads.
final class Tally {
    final AtomicInteger threads = new AtomicInteger();
    final AtomicLong panics = new AtomicLong();
    volatile boolean begun;
    volatile long lastNanos;
}
