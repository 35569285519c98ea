package org.postrider.threads;

import java.time.Duration;

/// What a thread is for.
///
/// @param name as in `postfix status -v` and in the log
/// @param does a sentence
/// @param fails what becomes of it when something is thrown
/// @param platform a thread of the system, for work that would hold a carrier (files, native calls)
/// @param longestNanos how long a step may take before the log names it; [#UNBOUNDED] if a step
///   waits for the outside world
public record Work(String name, String does, String fails, boolean platform, long longestNanos) {
    /// A step that may wait for ever.
    public static final long UNBOUNDED = Long.MAX_VALUE;

    private static final long LONGEST_NANOS = 60_000_000_000L;
    private static final String GOES_ON = "goes on";

    /// Work on a virtual thread.
    public static Work of(String name, String does) {
        return new Work(name, does, GOES_ON, false, LONGEST_NANOS);
    }

    /// On a thread of the system.
    public Work onPlatform() {
        return new Work(name, does, fails, true, longestNanos);
    }

    /// Its steps wait for others: no step is too long.
    public Work waiting() {
        return new Work(name, does, fails, platform, UNBOUNDED);
    }

    /// A step may take so long.
    public Work longest(Duration time) {
        return new Work(name, does, fails, platform, time.toNanos());
    }

    /// What a Throwable ends, in a few words: `the session ends`.
    public Work failing(String what) {
        return new Work(name, does, what, platform, longestNanos);
    }
}
