package org.postrider.threads;

/// One line of the thread table.
///
/// @param threads running now
/// @param ageNanos since the last step or task began; negative if there was none
/// @param panics Throwables so far
/// @param late it should have gone on long ago
public record Row(Work work, int threads, long ageNanos, long panics, boolean late) {}
