package org.postrider.report;

import java.nio.file.Path;
import java.util.List;
import org.postrider.disk.Disk;
import org.postrider.disk.RealDisk;
import org.postrider.time.Clock;

/// A reporter whose steps a test takes.
public final class Bench<R> {
    private final Reporter<R> reporter;

    public Bench(
            Disk disk,
            Path directory,
            Kind<R> kind,
            long most,
            Reporter.Outside outside,
            Clock clock) {
        reporter =
                new Reporter<>(
                        new LedgerFile<>(disk, directory, kind, outside.log().warnings()),
                        kind,
                        most,
                        outside,
                        clock);
    }

    public void begin() {
        reporter.begin(null);
    }

    public void took(String domain, R result) {
        reporter.took(domain, result);
    }

    public long step() {
        return reporter.step();
    }

    public void save() {
        reporter.save();
    }

    public int waiting() {
        return reporter.waiting();
    }

    public long octets() {
        return reporter.octets();
    }

    /// Leaves a report in a data_directory that is due now.
    public static <R> void left(
            Path directory, Kind<R> kind, String domain, Tally<R> tally, List<String> places) {
        long now = System.currentTimeMillis();
        new LedgerFile<>(new RealDisk(), directory, kind, w -> {})
                .save(
                        new Ledger<>(kind, 1 << 20),
                        List.of(new Due<>(Day.of(now) - 1, domain, "1.abc", tally, places, now)));
    }
}
