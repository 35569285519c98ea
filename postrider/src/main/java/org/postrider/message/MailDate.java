package org.postrider.message;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Date;
import java.util.Locale;
import java.util.TimeZone;
import org.postrider.time.Clock;

/// RFC 5322 dates as Postfix writes them, with a blank before a day of one digit and the short name
/// of the zone at that time: `Fri, 20 Nov 2026 23:01:02 +0000 (UTC)`, `Tue, 1 Dec 2026 …`.
public final class MailDate {
    private static final String[] DAYS = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    private static final String[] MONTHS = {
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
    };
    private static final int HOUR_MINUTES = 60;

    private MailDate() {}

    /// In the zone of this machine.
    public static String of(long wallMillis) {
        return of(wallMillis, Clock.zone());
    }

    static String of(long wallMillis, ZoneId zone) {
        ZonedDateTime t = Instant.ofEpochMilli(wallMillis).atZone(zone);
        StringBuilder out = new StringBuilder(40);
        out.append(DAYS[t.getDayOfWeek().getValue() - 1]);
        out.append(t.getDayOfMonth() < 10 ? ",  " : ", ").append(t.getDayOfMonth());
        out.append(' ').append(MONTHS[t.getMonthValue() - 1]).append(' ').append(t.getYear());
        out.append(' ');
        two(out, t.getHour());
        out.append(':');
        two(out, t.getMinute());
        out.append(':');
        two(out, t.getSecond());
        out.append(' ');
        offset(out, t, true);
        out.append(" (");
        name(out, t);
        return out.append(')').toString();
    }

    /// As tzname(3): letters, or the offset where nobody has a name for it.
    private static void name(StringBuilder out, ZonedDateTime t) {
        TimeZone zone = TimeZone.getTimeZone(t.getZone());
        boolean summer = zone.inDaylightTime(Date.from(t.toInstant()));
        String name = zone.getDisplayName(summer, TimeZone.SHORT, Locale.US);
        if (name.chars().allMatch(Character::isLetter)) {
            out.append(name);
        } else {
            offset(out, t, t.getOffset().getTotalSeconds() / 60 % HOUR_MINUTES != 0);
        }
    }

    private static void offset(StringBuilder out, ZonedDateTime t, boolean minutes) {
        int offset = t.getOffset().getTotalSeconds() / 60;
        out.append(offset < 0 ? '-' : '+');
        two(out, Math.abs(offset) / HOUR_MINUTES);
        if (minutes) {
            two(out, Math.abs(offset) % HOUR_MINUTES);
        }
    }

    private static void two(StringBuilder out, int n) {
        if (n < 10) {
            out.append('0');
        }
        out.append(n);
    }
}
