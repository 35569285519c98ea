package org.postrider.maps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.maps.file.FileTable;
import org.postrider.maps.file.TextHash;
import org.postrider.time.Clock;

/// When a table that changed is read anew.
class FileTableTest {
    @TempDir Path temp;

    private final Hands clock = new Hands();
    private Path file = Path.of("");
    private int reads;

    /// Goes only when told to, from the machine's time on: files have that.
    private static final class Hands implements Clock {
        private final long begun = System.currentTimeMillis();
        private long millis;

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
                        if (value.equals("bad")) {
                            throw new IOException("it is bad");
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
