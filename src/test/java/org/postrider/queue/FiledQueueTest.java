package org.postrider.queue;

import org.postrider.disk.RealDisk;
import org.postrider.time.Clock;

/// The same of a journal whose messages have their recipients in a file, all that have more than
/// one.
class FiledQueueTest extends JournalQueueTest {
    private static final JournalQueue.Options FILED =
            new JournalQueue.Options(
                    65_536,
                    4_000,
                    1,
                    1 << 20,
                    false,
                    JournalQueue.Limits.ofContents(1 << 20, 1 << 20));

    @Override
    Queue open() {
        return JournalQueue.open(
                new RealDisk(), directory.resolve("q"), FILED, Clock.system(), _ -> {});
    }
}
