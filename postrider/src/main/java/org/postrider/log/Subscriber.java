package org.postrider.log;

/// Is handed everything that happens, in the order in which each thread tells it.
///
/// Called by the thread that something happens to, by many at once: it takes what it needs and
/// returns. What waits for a disk, a network or a lock that is held there does so on a thread of
/// its own, after a bounded buffer (`LineBuffer` is one). What it throws costs mail nothing: the
/// others are told of it.
public interface Subscriber extends AutoCloseable {
    void take(Occurrence occurrence);

    /// Nothing is handed over any more: what is left is written.
    @Override
    default void close() {}
}
