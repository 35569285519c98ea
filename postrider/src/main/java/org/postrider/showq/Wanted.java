package org.postrider.showq;

/// Which messages are looked for, and when: ages are counted to one moment, however long it takes.
public record Wanted(Filter filter, long nowMillis) {
    public boolean matches(QueueEntry entry) {
        return filter.matches(entry, nowMillis);
    }
}
