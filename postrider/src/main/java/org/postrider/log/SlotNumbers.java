package org.postrider.log;

import java.util.PriorityQueue;

/// Pseudo-pids for concurrent sessions: the lowest free number above pid_max, so that a slot keeps
/// its number over sessions and no line is taken for another process's. Any thread.
public final class SlotNumbers {
    /// Linux never gives out a pid above this (2^22).
    private static final long ABOVE = 4_194_304;

    private final long base;
    private final PriorityQueue<Long> free = new PriorityQueue<>();
    private long next;

    /// @param service which service counts here, so that two services share no number
    public SlotNumbers(int service) {
        base = ABOVE + service * 1_000_000L;
    }

    public synchronized long take() {
        Long one = free.poll();
        return one != null ? one : base + ++next;
    }

    public synchronized void give(long number) {
        free.add(number);
    }
}
