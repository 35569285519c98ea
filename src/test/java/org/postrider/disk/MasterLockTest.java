package org.postrider.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.Needs;
import org.postrider.Until;

/// The lock that keeps two mail systems from one queue.
class MasterLockTest {
    @TempDir Path directory;

    @Test
    void oneHoldsIt() throws IOException {
        Path file = directory.resolve("master.pid");
        try (MasterLock lock = MasterLock.take(file, 4711)) {
            assertNotNull(lock);
            assertEquals(" ".repeat(28) + "4711\n", Files.readString(file));
            assertNull(MasterLock.take(file, 4712));
            assertEquals(" ".repeat(28) + "4711\n", Files.readString(file));
            assertTrue(MasterLock.held(file));
        }
        assertEquals(false, MasterLock.held(file));
        try (MasterLock again = MasterLock.take(file, 4712)) {
            assertNotNull(again);
        }
    }

    /// util-linux's flock(1) takes what Postfix's master takes.
    @Test
    void anotherProgramsLockIsSeen() throws Exception {
        String flock = Needs.program("flock").toString();
        Path file = directory.resolve("master.pid");
        Process other =
                new ProcessBuilder(flock, "-x", file.toString(), "sh", "-c", "echo taken; read x")
                        .start();
        assertEquals('t', other.getInputStream().read());
        assertNull(MasterLock.take(file));
        other.getOutputStream().close();
        assertEquals(1, other.waitFor(), "read at the end of its input");
        try (MasterLock lock = MasterLock.take(file)) {
            assertNotNull(lock);
            Process late = new ProcessBuilder(flock, "-n", file.toString(), "true").start();
            assertEquals(1, late.waitFor());
        }
    }

    /// The kernel's list of locks, which is read before anything is tried.
    @Test
    void theSystemsListOfLocksNamesWhoHoldsItAndNobodyElse() throws Exception {
        String flock = Needs.program("flock").toString();
        Path file = Files.createFile(directory.resolve("master.pid"));
        Path other = Files.createFile(directory.resolve("other"));
        Path link = Files.createSymbolicLink(directory.resolve("link"), file);
        assertFalse(MasterLock.listed(file));
        Process shared =
                new ProcessBuilder(flock, "-s", file.toString(), "sh", "-c", "echo taken; read x")
                        .start();
        assertEquals('t', shared.getInputStream().read());
        assertFalse(MasterLock.listed(file), "a lock that is shared keeps nobody from looking");
        Process waiting = new ProcessBuilder(flock, "-x", file.toString(), "true").start();
        String lock = ":" + Files.getAttribute(file, "unix:ino") + " ";
        Until.seen(
                "nobody waits for it",
                () ->
                        Files.readAllLines(Path.of("/proc/locks")).stream()
                                .anyMatch(line -> line.contains("-> ") && line.contains(lock)));
        assertFalse(MasterLock.listed(file), "who waits for it has it not");
        assertFalse(MasterLock.held(file));
        shared.getOutputStream().close();
        shared.waitFor();
        assertEquals(0, waiting.waitFor());
        try (MasterLock taken = MasterLock.take(file)) {
            assertNotNull(taken);
            assertTrue(MasterLock.listed(file));
            assertFalse(MasterLock.listed(other));
            assertFalse(MasterLock.listed(link), "a link has no lock");
            assertFalse(MasterLock.listed(directory.resolve("none")));
        }
        assertFalse(MasterLock.listed(file));
    }

    /// Asked of the process that the file names, which no list of all locks is read for.
    @Test
    void theProcessThatIsNamedOrItsChildHasIt() throws Exception {
        Needs.program("flock");
        Path file = Files.createFile(directory.resolve("master.pid"));
        Path other = Files.createFile(directory.resolve("other"));
        String child = "flock -o -x \"$1\" sh -c 'echo taken; read x'; true";
        Process parent = new ProcessBuilder("sh", "-c", child, "sh", file.toString()).start();
        assertEquals('t', parent.getInputStream().read());
        assertFalse(MasterLock.namedByHolder(file), "it names nobody");
        for (Path each : List.of(file, other)) {
            Files.writeString(each, "%32d\n".formatted(parent.pid()));
        }
        assertTrue(MasterLock.namedByHolder(file));
        assertFalse(MasterLock.namedByHolder(other), "another file's lock");
        long holder = parent.children().findFirst().orElseThrow().pid();
        Files.writeString(file, "%32d\n".formatted(holder));
        assertTrue(MasterLock.namedByHolder(file));
        for (String wrong : List.of("1", "../" + holder, "-1", "9".repeat(60))) {
            Files.writeString(file, wrong);
            assertFalse(MasterLock.namedByHolder(file), wrong);
        }
        Files.writeString(file, "%32d\n".formatted(holder));
        parent.getOutputStream().close();
        assertEquals(0, parent.waitFor());
        assertFalse(MasterLock.namedByHolder(file));
    }

    /// `postfix status` while `postfix start` begins.
    @Test
    void whoOnlyLooksKeepsNobodyFromTakingIt() throws Exception {
        Path file = directory.resolve("master.pid");
        AtomicInteger looks = new AtomicInteger();
        AtomicBoolean over = new AtomicBoolean();
        Thread looking =
                Thread.ofPlatform()
                        .start(() -> {
                            while (!over.get()) {
                                looks.addAndGet(seen(file));
                            }
                        });
        // The other may begin when these are long over.
        for (int i = 0; i < 300 || looks.get() <= 100; i++) {
            try (MasterLock lock = MasterLock.take(file, i)) {
                assertNotNull(lock, "try " + i + " after " + looks + " looks");
            }
        }
        over.set(true);
        looking.join();
    }

    private static int seen(Path file) {
        try {
            MasterLock.held(file);
            return 1;
        } catch (IOException e) {
            return 0;
        }
    }

    /// Whoever can open the file can lock it.
    @Test
    void nobodyElseCanOpenIt() throws IOException {
        Path file = Files.createFile(directory.resolve("master.pid"));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        try (MasterLock lock = MasterLock.take(file)) {
            assertNotNull(lock);
            assertEquals(
                    "rw-------",
                    PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        }
    }

    @Test
    void aLinkIsNotFollowed() throws IOException {
        Path link = directory.resolve("master.pid");
        Files.createSymbolicLink(link, directory.resolve("elsewhere"));
        IOException e = assertThrows(IOException.class, () -> MasterLock.take(link));
        assertEquals(link + ": Too many levels of symbolic links", e.getMessage());
    }
}
