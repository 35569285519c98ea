package org.postrider.tlsrpt;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A report of a day that is over. The loop's thread alone.
final class Due {
    /// RFC 8460 3: tried again for 24 hours.
    static final long MOST_MILLIS = 86_400_000L;

    private static final long FIRST_MILLIS = 900_000L;
    private static final long LONGEST_MILLIS = 14_400_000L;

    final long day;
    final String domain;
    final String id;
    final Tally tally;

    /// Where it still has to go; null where the domain was not asked yet.
    @Nullable List<String> places;

    long nextMillis;
    long firstMillis;
    int tries;

    /// A task has it.
    boolean away;

    Due(
            long day,
            String domain,
            String id,
            Tally tally,
            @Nullable List<String> places,
            long atMillis) {
        this.day = day;
        this.domain = domain;
        this.id = id;
        this.tally = tally;
        this.places = places;
        nextMillis = atMillis;
        firstMillis = atMillis;
    }

    /// It went nowhere, or not everywhere.
    ///
    /// @return false where it was tried long enough
    boolean again(long nowMillis) {
        long pause = Math.min(LONGEST_MILLIS, FIRST_MILLIS << Math.min(tries, 4));
        tries++;
        nextMillis = nowMillis + pause;
        return nextMillis <= firstMillis + MOST_MILLIS;
    }
}
