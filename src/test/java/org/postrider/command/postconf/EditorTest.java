package org.postrider.command.postconf;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.command.Terminal;

/// postconf's edits; the expectations are what the real one did.
class EditorTest {
    private static final String BEFORE =
            "# top\nfoo = 1\n  more\n# inside\n  more2\nbar=x\n\nfoo = 2\n   # odd\nbaz = 9\n";

    @TempDir private Path directory;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @BeforeEach
    void write() throws IOException {
        Files.writeString(directory.resolve("main.cf"), BEFORE);
        Files.writeString(directory.resolve("master.cf"), "");
    }

    private int postconf(String... args) {
        String[] all = new String[args.length + 2];
        all[0] = "-c";
        all[1] = directory.toString();
        System.arraycopy(args, 0, all, 2, args.length);
        Terminal terminal =
                new Terminal(
                        new ByteArrayInputStream(new byte[0]),
                        new PrintStream(out, true, StandardCharsets.ISO_8859_1),
                        new PrintStream(err, true, StandardCharsets.ISO_8859_1),
                        null);
        return new Postconf(terminal).run(all);
    }

    private String file() throws IOException {
        return Files.readString(directory.resolve("main.cf"));
    }

    @Test
    void settingReplacesEachEntryAndAppendsNewOnes() throws IOException {
        Files.setPosixFilePermissions(
                directory.resolve("main.cf"), PosixFilePermissions.fromString("rw-r-----"));
        assertEquals(0, postconf("-e", "foo= new  value ", "zeta=1", "mid = $x"));
        assertEquals(
                "# top\nfoo = new  value\n# inside\nbar=x\n\nfoo = new  value\n   # odd\nbaz = 9\n"
                        + "mid = $x\nzeta = 1\n",
                file());
        assertEquals(
                "postconf: warning: " + directory + "/main.cf: multiple entries for \"foo\"\n",
                err.toString(StandardCharsets.ISO_8859_1));
        assertEquals(
                "rw-r-----",
                PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(directory.resolve("main.cf"))));
    }

    @Test
    void commentingOutAndRemovingTakeContinuationsAlong() throws IOException {
        assertEquals(0, postconf("-#", "foo"));
        assertEquals(
                "# top\n#foo = 1\n#  more\n# inside\n#  more2\nbar=x\n\n#foo = 2\n   # odd\nbaz = 9\n",
                file());
        write();
        assertEquals(0, postconf("-X", "foo"));
        assertEquals("# top\n# inside\nbar=x\n\n   # odd\nbaz = 9\n", file());
    }

    @Test
    void badRequestsChangeNothing() throws IOException {
        assertEquals(1, postconf("-e", "bar"));
        assertEquals(1, postconf("-e", "a b = c"));
        assertEquals(1, postconf("-e", "=c"));
        assertEquals(1, postconf("-e", "#x = c"));
        assertEquals(1, postconf("-X", "a=b"));
        assertEquals(BEFORE, file());
        assertEquals(
                """
                postconf: fatal: missing '=' after attribute name: "bar"
                postconf: fatal: missing '=' after attribute name: "a b = c"
                postconf: fatal: missing attribute name: "=c"
                postconf: fatal: -e, -X, or -# accepts no comment input
                postconf: fatal: specify one of -e, -X
                """,
                err.toString(StandardCharsets.ISO_8859_1));
    }

    @Test
    void unusedAndUndefinedNamesAreWarnedOf() throws IOException {
        Files.writeString(directory.resolve("main.cf"), "a = b\nrelayhost = $gone\n");
        assertEquals(0, postconf("-n", "relayhost"));
        assertEquals("relayhost = $gone\n", out.toString(StandardCharsets.ISO_8859_1));
        assertEquals(
                "postconf: warning: D/main.cf: undefined parameter: gone\npostconf: warning: D/main.cf: unused parameter: a=b\n",
                err.toString(StandardCharsets.ISO_8859_1).replace(directory.toString(), "D"));
    }
}
