package org.postrider.message;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;

/// RFC 5322 dates as Postfix writes them: `Fri, 20 Nov 2026 23:01:02 +0000 (UTC)`.
public final class MailDate {
    private static final String[] DAYS = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    private static final String[] MONTHS = {
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
    };

    private MailDate() {}

    public static String of(long wallMillis) {
        ZonedDateTime t = Instant.ofEpochMilli(wallMillis).atZone(ZoneId.systemDefault());
        int offset = t.getOffset().getTotalSeconds() / 60;
        int minutes = Math.abs(offset);
        StringBuilder out = new StringBuilder(40);
        out.append(DAYS[t.getDayOfWeek().getValue() - 1]).append(", ");
        two(out, t.getDayOfMonth());
        out.append(' ').append(MONTHS[t.getMonthValue() - 1]).append(' ').append(t.getYear());
        out.append(' ');
        two(out, t.getHour());
        out.append(':');
        two(out, t.getMinute());
        out.append(':');
        two(out, t.getSecond());
        out.append(offset < 0 ? " -" : " +");
        two(out, minutes / 60);
        two(out, minutes % 60);
        String zone =
                t.getZone().getDisplayName(java.time.format.TextStyle.SHORT, java.util.Locale.ROOT);
        String name = t.getOffset().getTotalSeconds() == 0 ? "UTC" : zone;
        return out.append(" (").append(name).append(')').toString();
    }

    private static void two(StringBuilder out, int n) {
        if (n < 10) {
            out.append('0');
        }
        out.append(n);
    }
}
