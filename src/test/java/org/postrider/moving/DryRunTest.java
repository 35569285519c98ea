package org.postrider.moving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postrider.command.Terminal;
import org.postrider.command.move.Postmove;
import org.postrider.disk.MasterLock;
import org.postrider.disk.RealDisk;
import org.postrider.queue.Queue;

/// `postmove -n` says what would be moved and writes nothing, neither file nor line of a log.
class DryRunTest extends Moves {
    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private Path ours = Path.of("");
    private Path theirs = Path.of("");

    @BeforeEach
    void write() throws IOException {
        ours = directory.resolve("ours");
        theirs = theirs(directory);
        Files.writeString(
                directory.resolve("main.cf"),
                """
                compatibility_level = 3.11
                queue_directory = %1$s/ours
                data_directory = %1$s/data
                maillog_file = %1$s/log
                maillog_file_prefixes = %1$s
                """
                        .formatted(directory));
        Files.createFile(directory.resolve("log"));
    }

    private int move(String... words) {
        PrintStream err = new PrintStream(said, true, StandardCharsets.ISO_8859_1);
        Terminal t = new Terminal(new ByteArrayInputStream(new byte[0]), err, err, null);
        List<String> all = new ArrayList<>(List.of("-c", directory.toString()));
        all.addAll(List.of(words));
        all.add(theirs.toString());
        return new Postmove(t).run(all.toArray(new String[0]));
    }

    private String said() {
        return said.toString(StandardCharsets.ISO_8859_1);
    }

    /// Everything below the directory: mode, time and octets of each name.
    private List<String> all() throws IOException {
        List<String> out = new ArrayList<>();
        try (Stream<Path> names = Files.walk(directory)) {
            for (Path each : names.sorted().toList()) {
                Object mode = Files.getAttribute(each, "unix:mode", LinkOption.NOFOLLOW_LINKS);
                String text =
                        Files.isRegularFile(each)
                                ? Files.readString(each, StandardCharsets.ISO_8859_1)
                                : "";
                out.add(each + " " + mode + " " + Files.getLastModifiedTime(each) + " " + text);
            }
        }
        return out;
    }

    /// A large body has no file for a while either, nor has what is left a line in the log.
    @Test
    void ofAnImport() throws IOException {
        Path before = directory.resolve("before");
        try (Queue queue = open(new RealDisk(), before)) {
            fill(queue);
        }
        exportAll(new RealDisk(), before, theirs);
        Files.writeString(theirs.resolve("incoming/ABCDEF"), "none of Postfix's");
        Files.setPosixFilePermissions(
                theirs.resolve("incoming/ABCDEF"),
                java.nio.file.attribute.PosixFilePermissions.fromString("rwx------"));
        List<String> there = all();
        assertEquals(1, move("-n", "import"), this::said);
        assertTrue(said().contains("Would be imported: " + MESSAGES + " messages ("), this::said);
        assertTrue(said().contains("incoming/ABCDEF: left where it is: "), this::said);
        assertEquals(there, all());
        assertFalse(Files.exists(ours));
    }

    @Test
    void ofAnExport() throws IOException {
        assertEquals(0, move("--dry-run", "export"), this::said);
        assertTrue(said().contains("Would be exported: 0 messages; left: 0"), this::said);
        assertFalse(Files.exists(ours));
        try (Queue queue = open(new RealDisk(), ours)) {
            fill(queue);
        }
        List<String> there = all();
        assertEquals(0, move("--dry-run", "export"), this::said);
        assertTrue(said().contains("Would be exported: " + MESSAGES + " messages ("), this::said);
        assertEquals(there, all());
        try (Queue queue = open(new RealDisk(), ours)) {
            assertEquals(MESSAGES, queue.size());
        }
    }

    /// A submission whose name is taken is named, as it would be left.
    @Test
    void ofASubmissionWhoseNameIsTaken() throws IOException {
        for (Path queue : List.of(ours, theirs)) {
            Path there = Files.createDirectories(queue.resolve("maildrop")).resolve("ABCDEF");
            Files.writeString(there, queue.toString());
            Files.setPosixFilePermissions(
                    there, java.nio.file.attribute.PosixFilePermissions.fromString("rwxr--r--"));
        }
        List<String> there = all();
        assertEquals(1, move("-n", "import"), this::said);
        assertTrue(said().contains("maildrop/ABCDEF: left where it is: "), this::said);
        assertEquals(there, all());
    }

    /// What it says is what would be: nothing, while a mail system has the queue.
    @Test
    void ofAQueueThatIsInUse() throws IOException {
        Path pid = Files.createDirectory(theirs.resolve("pid")).resolve("master.pid");
        try (MasterLock lock = MasterLock.take(pid, 4711)) {
            assertTrue(lock != null);
            assertEquals(1, move("-n", "import"), this::said);
            assertTrue(said().contains("a mail system runs here (PID 4711)"), this::said);
        }
        assertEquals(0, move("-n", "import"), this::said);
    }
}
