package org.postrider.report;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// Days of UTC, by their number since 1970-01-01.
public final class Day {
    public static final long MILLIS = 86_400_000L;
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss'Z'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);
    private static final int DATE = 10;

    private Day() {}

    static long of(long millis) {
        return Math.floorDiv(millis, MILLIS);
    }

    /// Its first second, since 1970.
    public static long begin(long day) {
        return day * MILLIS / 1000;
    }

    /// Its last second.
    public static long end(long day) {
        return begin(day + 1) - 1;
    }

    /// A time as RFC 3339 has it.
    public static String time(long seconds) {
        return TIME.format(Instant.ofEpochSecond(seconds));
    }

    /// Its date.
    public static String date(long day) {
        return time(begin(day)).substring(0, DATE);
    }
}
