package org.postrider.anvil;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// The largest counts since the last report, with who and when (anvil(8)'s statistics). Any thread;
/// a count that is no new peak costs one volatile read.
final class Peaks {
    /// In the order of the report.
    enum What {
        CONNECTION_RATE("connection rate"),
        CONNECTION_COUNT("connection count"),
        MESSAGE_RATE("message rate"),
        RECIPIENT_RATE("recipient rate"),
        TLS_RATE("newtls rate"),
        AUTH_RATE("auth rate"),
        CACHE_SIZE("cache size");

        private final String text;

        What(String text) {
            this.text = text;
        }
    }

    private record Peak(int value, Anvil.@Nullable Who who, long unitSeconds, long wallMillis) {}

    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("MMM d HH:mm:ss", Locale.ROOT);
    private static final int DAY_AT = 4;
    private static final int DAY_WIDTH = 2;

    private final AtomicReferenceArray<@Nullable Peak> peaks =
            new AtomicReferenceArray<>(What.values().length);

    /// Null `who` for the whole table.
    void saw(What what, int value, Anvil.@Nullable Who who, long unitNanos, long wallMillis) {
        Peak mine = null;
        while (true) {
            Peak known = peaks.get(what.ordinal());
            if (known != null && known.value >= value) {
                return;
            }
            if (mine == null) {
                mine = new Peak(value, who, unitNanos / 1_000_000_000L, wallMillis);
            }
            if (peaks.compareAndSet(what.ordinal(), known, mine)) {
                return;
            }
        }
    }

    /// The lines of the report, as anvil(8) logs them; all begins anew behind it.
    ///
    /// @return empty where nothing was counted
    List<String> report(ZoneId zone) {
        List<String> out = new ArrayList<>();
        for (What what : What.values()) {
            Peak peak = peaks.getAndSet(what.ordinal(), null);
            if (peak == null) {
                continue;
            }
            StringBuilder line = new StringBuilder("statistics: max ");
            line.append(what.text).append(' ').append(peak.value);
            if (what.text.endsWith("rate")) {
                line.append('/').append(peak.unitSeconds).append('s');
            }
            if (peak.who != null) {
                line.append(" for (").append(peak.who.service()).append(':');
                line.append(peak.who.client()).append(')');
            }
            out.add(line.append(" at ").append(stamp(peak.wallMillis, zone)).toString());
        }
        return out;
    }

    /// `Nov 1 07:50:22`, as ctime(3) has it.
    private static String stamp(long wallMillis, ZoneId zone) {
        String text = STAMP.format(Instant.ofEpochMilli(wallMillis).atZone(zone));
        boolean narrow = text.charAt(DAY_AT + DAY_WIDTH - 1) == ' ';
        return narrow ? text.substring(0, DAY_AT) + ' ' + text.substring(DAY_AT) : text;
    }
}
