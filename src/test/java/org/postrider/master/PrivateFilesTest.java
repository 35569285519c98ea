package org.postrider.master;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.disk.Disk;
import org.postrider.disk.RealDisk;
import org.postrider.log.Events;
import org.postrider.log.LogFiles;
import org.postrider.log.LogTag;
import org.postrider.time.Clock;

/// What the server makes is its owner's; what was left open is closed. `scenarios/others` asks as
/// another user.
class PrivateFilesTest {
    @TempDir Path temp = Path.of("");

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    private static void open(Path path, String mode) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }

    @Test
    void filesAndDirectoriesOfTheQueueAreTheirOwners() throws IOException {
        Disk disk = new RealDisk();
        Path directory = temp.resolve("a/b");
        disk.makeDirectory(directory);
        assertEquals("rwx------", mode(directory));
        try (Disk.File file = disk.open(directory.resolve("f"))) {
            file.write(ByteBuffer.wrap(new byte[1]), 0);
        }
        assertEquals("rw-------", mode(directory.resolve("f")));
        try (AutoCloseable lock = disk.tryLock(directory.resolve("lock"))) {
            assertEquals("rw-------", mode(directory.resolve("lock")));
            assertTrue(lock != null);
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    @Test
    void whatOthersCouldOpenIsNarrowedOnce() throws IOException {
        Disk disk = new RealDisk();
        Path directory = Files.createDirectory(temp.resolve("d"));
        open(directory, "rwxr-xr-x");
        assertTrue(disk.narrow(directory));
        assertEquals("rwx------", mode(directory));
        assertFalse(disk.narrow(directory));
    }

    @Test
    void theServersDirectoriesHaveTheirModesAndWhatIsWiderIsSaid() throws IOException {
        Path queue = temp.resolve("queue");
        Path data = temp.resolve("data");
        assertEquals(List.of(), Directories.make(queue, data));
        assertEquals("rwxr-xr-x", mode(queue));
        assertEquals("rwx------", mode(data));
        assertEquals("rwx------", mode(queue.resolve("private")));
        assertEquals("rwxr-xr-x", mode(queue.resolve("public")));
        assertEquals("rwx-wx-wx", mode(queue.resolve("maildrop")));
        open(queue, "rwxrwxrwx");
        open(data, "rwxr-x---");
        List<String> said = Directories.make(queue, data);
        assertEquals(2, said.size(), said::toString);
        assertEquals("rwxr-xr-x", mode(queue));
        assertEquals("rwx------", mode(data));
        assertEquals(List.of(), Directories.make(queue, data));
    }

    @Test
    void aMailLogHasTheModeThatIsAskedFor() throws IOException {
        for (String[] each :
                new String[][] {
                    {"0600", "rw-------"}, {"640", "rw-r-----"}, {"0644", "rw-r--r--"}
                }) {
            Path file = temp.resolve("log" + each[0]);
            try (Events log = log(file, each[0])) {
                log.info(new LogTag("postfix/x", 1), "line");
            }
            assertEquals(each[1], mode(file));
        }
        assertThrows(IllegalArgumentException.class, () -> log(temp.resolve("x"), "0666"));
    }

    private static Events log(Path file, String mode) {
        return LogFiles.mail(Clock.system(), file, mode);
    }

    @Test
    void checkNamesWhatLiesInCorrupt() throws IOException {
        Path conf = Files.createDirectory(temp.resolve("etc"));
        Files.writeString(
                conf.resolve("main.cf"),
                "queue_directory = "
                        + temp.resolve("spool")
                        + "\ndata_directory = "
                        + temp.resolve("d2")
                        + "\nmyhostname = mx.example.com\n");
        Files.writeString(conf.resolve("master.cf"), "");
        assertFalse(Server.check(conf).toString().contains("damaged and not delivered"));
        Path corrupt = Files.createDirectories(temp.resolve("spool/corrupt"));
        for (int i = 0; i < 7; i++) {
            Files.createFile(corrupt.resolve("ABC" + i));
        }
        String said = Server.check(conf).toString();
        assertTrue(
                said.contains("damaged and not delivered: ABC0, ABC1, ABC2, ABC3, ABC4 and 2 more"),
                said);
    }
}
