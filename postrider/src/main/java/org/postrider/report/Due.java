package org.postrider.report;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A report of a day that is over. The loop's thread alone; what does not change, any thread.
///
/// @param <R> a result that it counts
public final class Due<R> {
    /// Tried again for 24 hours (RFC 8460 3).
    static final long MOST_MILLIS = 86_400_000L;

    private static final long FIRST_MILLIS = 900_000L;
    private static final long LONGEST_MILLIS = 14_400_000L;

    private final long day;
    private final String domain;
    private final String id;
    private final Tally<R> tally;

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
            Tally<R> tally,
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

    /// Since 1970-01-01.
    public long day() {
        return day;
    }

    /// Whom it is for.
    public String domain() {
        return domain;
    }

    /// No other report's; letters, digits and a dot.
    public String id() {
        return id;
    }

    public Tally<R> tally() {
        return tally;
    }

    /// How much memory it takes.
    long octets() {
        List<String> open = places;
        return domain.length() + tally.octets() + (open == null ? 0 : Ledger.octets(open));
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
