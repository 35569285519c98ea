package org.postrider.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the Debian package's prerm writes down of the mail that is left: a purge deletes the queue
/// only where that is none.
class PackageRemovalTest {
    @TempDir Path root = Path.of("");
    private Path left = root;

    @BeforeEach
    void write() throws IOException {
        left = root.resolve("lib/left");
        script("postfix", "echo the mail system is not running");
        script("invoke-rc.d", "");
        script("postconf", "cat where");
        script("postqueue", "[ $1 != -j ] || cat mail; exec test ! -e \"broken$1\"");
        String text = Files.readString(Path.of("packaging/deb/prerm"));
        text = text.replace("/usr/sbin/", root + "/");
        // The installed program's masters, which it would end, are none of this test's.
        text = text.replace("/usr/lib/postrider", root + "/program");
        text = text.replace("/var/lib/postrider", root + "/lib");
        text = text.replace("/run/systemd/system", root + "/none");
        Files.writeString(script("prerm", ""), text);
        Files.writeString(root.resolve("where"), "/var/spool/postfix\n");
        Files.createFile(root.resolve("mail"));
    }

    private Path script(String name, String text) throws IOException {
        Path file = Files.writeString(root.resolve(name), "#!/bin/sh\n" + text + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        return file;
    }

    /// @return what it says
    private String removed() throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder("./prerm", "remove").redirectErrorStream(true);
        builder.directory(root.toFile());
        builder.environment().put("PATH", root + ":/usr/bin:/bin");
        Process process = builder.start();
        process.getOutputStream().close();
        String said =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        assertEquals(0, process.waitFor(), said);
        return said;
    }

    @Test
    void mailIsCounted() throws Exception {
        assertEquals("", removed());
        assertEquals("0\n", Files.readString(left));
        Files.writeString(root.resolve("mail"), "{one}\n{two}\n");
        assertTrue(removed().contains("messages left in its queue"));
        assertEquals("2\n", Files.readString(left));
    }

    /// Whether the listing breaks off at once or later, or cannot be asked for at all.
    @Test
    void aListThatBreaksOffIsNotOneOfNothing() throws Exception {
        Files.createFile(root.resolve("broken-j"));
        assertTrue(removed().contains("messages left in its queue"));
        assertNotEquals("0\n", Files.readString(left));
        Files.createFile(root.resolve("broken-p"));
        removed();
        assertFalse(Files.exists(left));
    }

    /// That of another directory says nothing of the one that a purge deletes.
    @Test
    void theCountOfAnotherQueueDoesNotCount() throws Exception {
        removed();
        assertTrue(Files.exists(left));
        Files.writeString(root.resolve("where"), "/srv/queue\n");
        removed();
        assertFalse(Files.exists(left));
    }
}
