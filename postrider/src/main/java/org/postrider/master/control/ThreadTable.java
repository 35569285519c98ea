package org.postrider.master.control;

import java.util.List;
import java.util.Locale;
import org.postrider.threads.Row;

/// The thread table as `postfix status -v` prints it.
final class ThreadTable {
    private static final long SECOND = 1_000_000_000L;
    private static final long MINUTE = 60 * SECOND;
    private static final long HOUR = 60 * MINUTE;

    private ThreadTable() {}

    static void show(List<Row> rows, StringBuilder out) {
        int name = "thread".length();
        int fails = "when it fails".length();
        for (Row row : rows) {
            name = Math.max(name, row.work().name().length());
            fails = Math.max(fails, row.work().fails().length());
        }
        String line = "%-" + name + "s  %7s  %9s  %6s  %-" + fails + "s  %s%n";
        out.append(
                format(
                        line,
                        "thread",
                        "running",
                        "last step",
                        "panics",
                        "when it fails",
                        "what it does"));
        for (Row row : rows) {
            out.append(
                    format(
                            line,
                            row.work().name(),
                            row.threads(),
                            age(row.ageNanos()) + (row.late() ? "!" : ""),
                            row.panics(),
                            row.work().fails(),
                            row.work().does()));
        }
    }

    private static String format(String line, Object... parts) {
        return String.format(Locale.ROOT, line, parts);
    }

    private static String age(long nanos) {
        if (nanos < 0) {
            return "-";
        }
        if (nanos < MINUTE) {
            return format("%.1fs", nanos / (double) SECOND);
        }
        return nanos < HOUR ? nanos / MINUTE + "m" : nanos / HOUR + "h";
    }
}
