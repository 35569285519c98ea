package org.postrider.maps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.Until;
import org.postrider.maps.file.FileTable;
import org.postrider.maps.file.TextHash;
import org.postrider.time.Clock;

/// When a table that changed is read anew.
class FileTableTest {
    @TempDir Path temp;

    private Hands clock = new Hands(0);
    private Path file = Path.of("");
    private volatile int reads;

    /// What reading fails with though the file is good; empty for nothing.
    private String broken = "";

    /// Done while a file is read, once what stands in it is known.
    private Reading reading = () -> {};

    private interface Reading {
        void done() throws IOException;
    }

    /// Goes only when told to, from the time on that the file has.
    private static final class Hands implements Clock {
        private final long begun;
        private long millis;

        Hands(long begun) {
            this.begun = begun;
        }

        @Override
        public long wallMillis() {
            return begun + millis;
        }

        @Override
        public long nanos() {
            return millis * 1_000_000;
        }
    }

    @BeforeEach
    void write() throws IOException {
        file = Files.writeString(temp.resolve("t"), "one");
        clock = new Hands(Files.getLastModifiedTime(file).toMillis());
    }

    private FileTable table() {
        return new FileTable(
                "t",
                clock,
                false,
                new FileTable.Source() {
                    @Override
                    public Path file() {
                        return file;
                    }

                    @Override
                    public Table read(Path path) throws IOException {
                        reads++;
                        String value = Files.readString(path);
                        reading.done();
                        if (value.equals("bad")) {
                            throw new IOException("it is bad");
                        }
                        if (!broken.isEmpty()) {
                            throw new IOException(broken);
                        }
                        return new TextHash("t", Map.of("k", value));
                    }
                });
    }

    /// As postmap does it: the new file takes the old one's name.
    private void exchange(String value) throws IOException {
        Path next = Files.writeString(temp.resolve("next"), value);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /// `newaliases && sendmail crew`: the program that asks is started when the new table is there.
    @Test
    void theNextProgramFindsWhatPostmapMade() throws IOException {
        FileTable table = table();
        assertEquals("one", table.lookup("k"));
        exchange("two");
        clock.millis += 51;
        assertEquals("two", table.lookup("k"));
    }

    /// Nothing shows whether it was changed once more since: it is read again, but not at each
    /// look.
    @Test
    void whatChangedAMomentAgoIsReadOnceASecond() throws IOException {
        FileTable table = table();
        for (int i = 0; i < 99; i++) {
            table.lookup("k");
            clock.millis += 51;
        }
        assertTrue(reads >= 3 && reads <= 5, reads + " times in 5 s");
        int before = reads;
        clock.millis += 60_000;
        table.lookup("k");
        assertEquals(before, reads);
    }

    /// One that is bad is not read at each look either; the last good one answers, until it is
    /// mended.
    @Test
    void whatIsBadIsTriedOnceASecond() throws IOException {
        FileTable table = table();
        assertEquals("one", table.lookup("k"));
        exchange("bad");
        for (int i = 0; i < 100; i++) {
            clock.millis += 51;
            assertEquals("one", table.lookup("k"));
        }
        assertTrue(reads >= 5 && reads <= 7, reads + " times in 5 s");
        exchange("three");
        clock.millis += 51;
        assertEquals("three", table.lookup("k"));
    }

    /// What is wrong may be nothing of the file's: it is tried again though that has not changed
    /// for long.
    @Test
    void whatCouldNotBeReadIsTriedAgainThoughNothingChanged() throws IOException {
        for (boolean good : new boolean[] {false, true}) {
            exchange("one");
            FileTable table = table();
            if (good) {
                assertEquals("one", table.lookup("k"));
                exchange("two");
            }
            clock.millis += 60_000;
            broken = "no memory for it";
            for (int i = 0; i < 30; i++) {
                if (good) {
                    assertEquals("one", table.lookup("k"));
                } else {
                    TableException e = assertThrows(TableException.class, () -> table.lookup("k"));
                    assertTrue(e.warnings().toString().contains(broken), e.warnings()::toString);
                }
                clock.millis += 51;
            }
            broken = "";
            clock.millis += 1_001;
            assertEquals(good ? "two" : "one", table.lookup("k"));
        }
    }

    /// What a file was known by before it was read is what counts.
    @Test
    void whatChangesWhileItIsReadIsReadAgain() throws IOException {
        reading =
                () -> {
                    reading = () -> {};
                    exchange("two");
                    clock.millis += 30_000;
                };
        FileTable table = table();
        assertEquals("one", table.lookup("k"));
        clock.millis += 60_000;
        assertEquals("two", table.lookup("k"));
    }

    /// Whoever comes meanwhile waits for what is being read.
    @Test
    void manyWhoAskAtOnceReadItOnce() throws Exception {
        FileTable table = table();
        CountDownLatch goOn = new CountDownLatch(1);
        reading =
                () -> {
                    try {
                        goOn.await();
                    } catch (InterruptedException e) {
                        throw new IOException(e);
                    }
                };
        Queue<String> found = new ConcurrentLinkedQueue<>();
        Thread one = Thread.ofPlatform().start(() -> found.add("" + table.lookup("k")));
        Until.seen("somebody reads it", () -> reads == 1);
        Thread two = Thread.ofPlatform().start(() -> found.add("" + table.lookup("k")));
        Until.seen(
                () -> "the other one is " + two.getState(),
                () -> two.getState() == Thread.State.BLOCKED || reads == 2);
        goOn.countDown();
        one.join();
        two.join();
        assertEquals(1, reads);
        assertEquals(List.of("one", "one"), List.copyOf(found));
    }

    @Test
    void whatWasNeverGoodFailsUntilItIs() throws IOException {
        exchange("bad");
        FileTable table = table();
        assertThrows(TableException.class, () -> table.lookup("k"));
        exchange("two");
        clock.millis += 51;
        assertEquals("two", table.lookup("k"));
    }
}
