package org.postrider.tlsrpt;

import java.nio.file.Path;
import java.util.List;
import org.postrider.disk.RealDisk;
import org.postrider.tlsrpt.TlsResult.Policy;

/// Leaves a report in a data_directory that is due now.
public final class Yesterday {
    private Yesterday() {}

    public static void left(Path directory, String domain, String place) {
        long now = System.currentTimeMillis();
        Tally tally = new Tally();
        tally.restored(Policy.none(domain)).kept = 7;
        new LedgerFile(new RealDisk(), directory, w -> {})
                .save(
                        new Ledger(1 << 20),
                        List.of(
                                new Due(
                                        now / Json.DAY_MILLIS - 1,
                                        domain,
                                        "1.abc",
                                        tally,
                                        List.of(place),
                                        now)));
    }
}
