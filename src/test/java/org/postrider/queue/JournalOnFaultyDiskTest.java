package org.postrider.queue;

import java.nio.file.Path;
import org.postrider.disk.FaultyDisk;
import org.postrider.time.Clock;

/// The journal on a disk that keeps only what was forced: each start follows a loss of power.
class JournalOnFaultyDiskTest extends RefusingContract {
    private FaultyDisk disk = new FaultyDisk();

    @Override
    Queue open() {
        return JournalQueue.open(
                disk, Path.of("/spool"), JournalQueueTest.OPTIONS, Clock.system(), _ -> {});
    }

    @Override
    Queue again(Queue before) {
        FaultyDisk left = disk.afterCrash(FaultyDisk.Fate.NONE, 1);
        before.close();
        disk = left;
        return open();
    }

    @Override
    void full(boolean now) {
        disk.failAt(now ? 0 : Long.MAX_VALUE, Long.MAX_VALUE, "No space left on device");
    }
}
