package org.postrider.queue.spool;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postrider.disk.FaultyDisk;
import org.postrider.queue.QueueException;
import org.postrider.queue.QueueId;

/// A queue that cannot be opened keeps neither its lock nor a file: the next try finds it free.
class OpeningTest {
    private final SpoolBench bench = new SpoolBench();
    private QueueId id = new QueueId("none");
    private FaultyDisk left = bench.disk;

    /// Several segments, a damaged record, and a body that nothing refers to.
    @BeforeEach
    void left() throws IOException {
        id = bench.accept("whole");
        for (int i = 0; i < 12; i++) {
            bench.accept("x".repeat(1500));
        }
        bench.accept("damaged");
        QueueId large = bench.accept("z".repeat(9000));
        bench.accept("last");
        bench.flip(SpoolBench.JOURNAL, "damaged");
        bench.flip(SpoolBench.JOURNAL, "X-Id: " + large);
        left = bench.disk;
        bench.content("y".repeat(9000).getBytes());
    }

    private FaultyDisk after() {
        bench.disk = left.afterCrash(FaultyDisk.Fate.ALL, 1);
        return bench.disk;
    }

    @Test
    void aDiskThatRefusesACallOfTheOpeningLeavesNothingTaken() throws IOException {
        FaultyDisk dry = after();
        long before = dry.calls();
        bench.reopen();
        long calls = dry.calls() - before;
        int refused = 0;
        for (long at = 1; at <= calls; at++) {
            FaultyDisk disk = after();
            disk.failAt(disk.calls() + at, disk.calls() + at + 1, "Input/output error");
            try {
                bench.reopen();
                assertTrue(kept(), "a body is gone after the failure of call " + at);
                continue;
            } catch (QueueException e) {
                refused++;
            }
            assertEquals(0, disk.openFiles(), "files open after the failure of call " + at);
            bench.reopen();
            assertEquals("whole", bench.body(id));
            assertTrue(kept(), "a body is gone after the failure of call " + at);
        }
        assertTrue(refused > 0, "no call of " + calls + " was refused");
    }

    @Test
    void anErrorWhileSegmentsAreOpenedLeavesNothingTaken() throws IOException {
        for (long reads : new long[] {0, 1, 5}) {
            FaultyDisk disk = after();
            disk.readsThrow(new InternalError("expected by the test"), reads);
            assertThrows(InternalError.class, bench::reopen);
            assertEquals(0, disk.openFiles(), "files open after an error behind " + reads);
            disk.readsThrow(null);
            bench.reopen();
            assertEquals("whole", bench.body(id));
        }
    }

    /// The large body of the damaged message is where it was, or set aside.
    private boolean kept() {
        for (String directory : List.of("body", "corrupt")) {
            Path in = SpoolBench.SPOOL.resolve(directory);
            for (String name : bench.disk.list(in)) {
                String octets = new String(bench.disk.octets(in.resolve(name)), UTF_8);
                if (octets.endsWith("z".repeat(9000))) {
                    return true;
                }
            }
        }
        return false;
    }
}
