package org.postrider.rights.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The time of files.
class ClockTest {
    @TempDir Path dir;

    /// A lock that was made just after a second began, and whose file bears the second before, is
    /// known as one's own.
    @Test
    void aFileMayBearTheSecondBeforeTheOneItWasMadeIn() {
        assertEquals(99, Clock.fileSeconds(Instant.ofEpochSecond(100, 3_000_000)));
        assertEquals(100, Clock.fileSeconds(Instant.ofEpochSecond(100, 10_000_000)));
        assertEquals(100, Clock.fileSeconds(Instant.ofEpochSecond(100, 999_999_999)));
    }

    /// Whatever the kernel's clock for files is, it is not further behind.
    @Test
    void filesAreNotOlderThanThat() throws Exception {
        for (int i = 0; i < 300; i++) {
            long earliest = Clock.fileSeconds(Clock.now());
            Path file = Files.createFile(dir.resolve("f" + i));
            FileTime changed = (FileTime) Files.getAttribute(file, "unix:ctime");
            assertTrue(changed.toInstant().getEpochSecond() >= earliest, changed + " " + earliest);
        }
    }
}
