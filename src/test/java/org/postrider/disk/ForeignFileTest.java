package org.postrider.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.Descriptors;
import org.postrider.Until;

/// What other users put in a directory is opened without being waited for, and is what was opened.
class ForeignFileTest {
    @TempDir Path temp;

    private final Disk disk = new RealDisk();

    private Path fifo(String name) throws Exception {
        Path path = temp.resolve(name);
        assertEquals(0, new ProcessBuilder("mkfifo", path.toString()).start().waitFor());
        return path;
    }

    /// A user with umask 077 submits mail that the server, another user, has to read.
    @Test
    void aFileThatIsMadeHasItsModeWhateverTheUmask() throws Exception {
        Path path = temp.resolve("for-all");
        disk.create(path, "rw-rw-rw-").close();
        assertEquals(
                "rw-rw-rw-", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
    }

    @Test
    void aRegularFileIsReadAndKnown() throws Exception {
        Path path = Files.writeString(temp.resolve("f"), "hello");
        try (ForeignFile f = ForeignFile.open(disk, path)) {
            assertEquals(1, f.links());
            assertEquals(Files.getAttribute(path, "unix:uid"), f.uid());
            ByteBuffer into = ByteBuffer.allocate(10);
            assertEquals(5, f.file().read(into, 0));
            assertEquals("hello", new String(into.array(), 0, 5, StandardCharsets.US_ASCII));
        }
        assertThrows(NoSuchFileException.class, () -> ForeignFile.open(disk, temp.resolve("none")));
    }

    @Test
    void whatIsNoRegularFileIsRefusedAtOnceAndLeavesNothingOpen() throws Exception {
        Path target = Files.writeString(temp.resolve("target"), "secret");
        Path link = Files.createSymbolicLink(temp.resolve("link"), target);
        Path pipe = fifo("pipe");
        assertTimeoutPreemptively(
                Until.PATIENCE,
                () -> {
                    for (Path each : new Path[] {link, pipe, temp}) {
                        assertThrows(
                                ForeignFile.NotRegularException.class,
                                () -> ForeignFile.open(disk, each),
                                each.toString());
                    }
                });
        assertEquals(0, Descriptors.to(temp.toRealPath()));
    }

    /// The race that hung pickup: a file that is looked at and a FIFO by the time it is opened.
    @Test
    void aFileThatBecomesAFifoAndBackIsNeverWaitedFor() throws Exception {
        Path name = temp.resolve("flips");
        Path regular = temp.resolve("regular");
        Path pipe = fifo("pipe2");
        int[] met = {0, 0};
        assertTimeoutPreemptively(
                Until.PATIENCE,
                () -> {
                    for (int i = 0; i < 2_000; i++) {
                        if (i % 2 == 0) {
                            Files.writeString(regular, "x");
                            Files.move(regular, name, StandardCopyOption.REPLACE_EXISTING);
                        } else {
                            Files.deleteIfExists(name);
                            Files.createLink(name, pipe);
                        }
                        try (ForeignFile f = ForeignFile.open(disk, name)) {
                            assertEquals(1, f.links());
                            met[0]++;
                        } catch (ForeignFile.NotRegularException e) {
                            met[1]++;
                        }
                    }
                });
        assertTrue(met[0] == 1_000 && met[1] == 1_000, met[0] + " files, " + met[1] + " FIFOs");
    }
}
