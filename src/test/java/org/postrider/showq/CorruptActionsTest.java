package org.postrider.showq;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.disk.RealDisk;
import org.postrider.pickup.Maildrop;
import org.postrider.queue.JournalQueue;
import org.postrider.queue.Queue;
import org.postrider.time.Clock;

/// `postsuper -d` and the corrupt queue.
class CorruptActionsTest {
    @TempDir Path temp = Path.of("");

    @Test
    void whatLiesInCorruptIsDeletedByIdByQueueAndWithAll() throws IOException {
        JournalQueue.Options options =
                new JournalQueue.Options(
                        65536,
                        4000,
                        1 << 20,
                        false,
                        JournalQueue.Limits.ofContents(1 << 20, 1 << 20));
        try (Queue spool =
                JournalQueue.open(new RealDisk(), temp, options, Clock.system(), w -> {})) {
            QueueActions actions =
                    new QueueActions(
                            spool,
                            new Maildrop(new RealDisk(), temp),
                            new RequeueList(new RealDisk(), temp));
            for (List<String> words :
                    List.of(List.of("ABC123"), List.of("ALL"), List.of("ALL", "corrupt"))) {
                Files.createFile(temp.resolve("corrupt/ABC123"));
                Files.createFile(temp.resolve("corrupt/ABC123.body"));
                List<String> lines = new ArrayList<>();
                int count =
                        words.getFirst().equals("ALL")
                                ? actions.actOnAll(
                                        QueueAction.DELETE,
                                        words.subList(1, words.size()),
                                        lines::add)
                                : actions.act(QueueAction.DELETE, words, lines::add);
                assertEquals(1, count, words::toString);
                assertEquals(List.of("ABC123: removed"), lines);
                try (var left = Files.list(temp.resolve("corrupt"))) {
                    assertEquals(0, left.count());
                }
            }
            assertEquals(0, actions.act(QueueAction.DELETE, List.of("../pid/spool.lock"), l -> {}));
            assertEquals(true, Files.exists(temp.resolve("pid/spool.lock")));
        }
    }
}
