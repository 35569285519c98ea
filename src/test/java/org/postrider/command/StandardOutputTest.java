package org.postrider.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Commands whose output cannot be written, and whose directory is gone: the real programs are
/// started. What is expected was seen of Postfix 3.7's postqueue, mailq and sendmail.
class StandardOutputTest {
    @TempDir Path directory;

    @BeforeEach
    void configuration() throws IOException {
        Files.createDirectories(directory.resolve("q/maildrop"));
        Files.writeString(directory.resolve("master.cf"), "");
        Files.writeString(directory.resolve("x.mc"), "define(`SMART_HOST', `x.example')\n");
        Files.writeString(
                directory.resolve("main.cf"), "queue_directory = " + directory.resolve("q") + "\n");
    }

    @ParameterizedTest
    @CsvSource({
        "postqueue -c DIR -p, postqueue, 69",
        "mailq -C DIR, postqueue, 69",
        "sendmail -C DIR -bp, postqueue, 69",
        "qshape -c DIR, qshape, 1",
        "postconf -c DIR -d, postconf, 1",
        "postconvert -n DIR/x.mc, postconvert, 1",
    })
    void whatAFullDiskDoesNotTakeIsNoSuccess(String command, String says, int status)
            throws Exception {
        assumeTrue(
                status == 1 || "root".equals(System.getProperty("user.name")),
                "not root, whose alone other configuration directories are");
        Ran ran = run("bin/postrider " + command + " >/dev/full");
        assertTrue(
                ran.said.endsWith(says + ": fatal: output write error: No space left on device\n"),
                ran.said);
        assertEquals(status, ran.status, ran.said);
    }

    @ParameterizedTest
    @ValueSource(strings = {"postconf -c DIR -d", "postconf -c DIR -m"})
    void aReaderThatHasHadEnoughIsNoFailure(String command) throws Exception {
        Ran ran = run("{ bin/postrider " + command + " 2>DIR/said; echo $? >DIR/status; } | true");
        assertEquals("", Files.readString(directory.resolve("said")), ran.said);
        assertEquals("0\n", Files.readString(directory.resolve("status")));
    }

    @ParameterizedTest
    @CsvSource({
        "postconf -c DIR -h mail_name, Postfix",
        "postconf -c DIR -h queue_directory, DIR/q"
    })
    void aDirectoryThatIsRemovedMattersToNoCommand(String command, String says) throws Exception {
        Ran ran =
                run(
                        "B=$PWD/bin; mkdir DIR/gone; cd DIR/gone; rmdir ../gone; exec $B/postrider "
                                + command);
        assertTrue(ran.said.endsWith(says.replace("DIR", directory.toString()) + "\n"), ran.said);
        assertEquals(0, ran.status, ran.said);
    }

    private record Ran(String said, int status) {}

    private Ran run(String script) throws Exception {
        Process p =
                new ProcessBuilder("/bin/sh", "-c", script.replace("DIR", directory.toString()))
                        .redirectErrorStream(true)
                        .start();
        p.getOutputStream().close();
        String said = new String(p.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        return new Ran(said, p.waitFor());
    }
}
