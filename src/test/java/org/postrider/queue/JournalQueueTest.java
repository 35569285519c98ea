package org.postrider.queue;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.disk.RealDisk;
import org.postrider.time.Clock;

/// The journal in a directory, stopped and started in good order.
class JournalQueueTest extends QueueContract {
    static final JournalQueue.Options OPTIONS =
            new JournalQueue.Options(
                    65_536,
                    4_000,
                    1 << 20,
                    false,
                    JournalQueue.Limits.ofContents(1 << 20, 1 << 20));

    @TempDir Path directory;

    @Override
    Queue open() {
        return JournalQueue.open(
                new RealDisk(), directory.resolve("q"), OPTIONS, Clock.system(), _ -> {});
    }

    @Override
    Queue again(Queue before) {
        before.close();
        return open();
    }
}
