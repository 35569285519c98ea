package org.postrider.tlsrpt;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.postrider.dns.SystemResolver;
import org.postrider.report.Bench;
import org.postrider.report.House;
import org.postrider.time.Clock;
import org.postrider.tlsrpt.TlsResult.Policy;

/// Leaves a report in a data_directory that is due now.
public final class Yesterday {
    private Yesterday() {}

    public static void left(Path directory, String domain, String place) {
        TlsTally tally = new TlsTally();
        tally.restored(Policy.none(domain)).kept = 7;
        TlsReports kind =
                new TlsReports(
                        new SystemResolver(Path.of("none"), 53, Clock.system()),
                        (letter, to) -> {
                            throw new IOException("nowhere");
                        },
                        (to, zipped) -> 0,
                        () -> new House("", "", ""));
        Bench.left(directory, kind, domain, tally, List.of(place));
    }
}
