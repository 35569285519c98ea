package org.postrider.command.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.Needs;
import org.postrider.command.Terminal;

/// What postmap does that Postfix's, with its Berkeley DB, does not.
class PostmapTest {
    @TempDir Path directory;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @BeforeEach
    void write() throws IOException {
        Files.writeString(directory.resolve("main.cf"), "");
        Files.writeString(directory.resolve("t"), "k new\n");
    }

    private int postmap(String... args) {
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
        int status = new Postmap("postmap", terminal).run(all);
        terminal.out().flush();
        terminal.err().flush();
        return status;
    }

    /// A `t.db` of another Postfix stays; it is said that it answers no longer, and it does not.
    @Test
    void aBerkeleyIndexLeftBesideTheNewOneIsNamed() throws IOException {
        Path table = directory.resolve("t");
        Path db = Files.writeString(directory.resolve("t.db"), "another Postfix's");
        assertEquals(0, postmap("hash:" + table));
        String said = err.toString(StandardCharsets.ISO_8859_1);
        assertEquals(
                "postmap: warning: "
                        + db
                        + " is left as it was and answers no longer: "
                        + table
                        + ".cdb is written and read instead; remove "
                        + db
                        + "\n",
                said);
        assertEquals("another Postfix's", Files.readString(db));
        assertEquals(0, postmap("-q", "k", "hash:" + table));
        assertEquals("new\n", out.toString(StandardCharsets.ISO_8859_1));
    }

    /// In Postfix's words, which say that it is the index and not its source.
    @Test
    void anIndexThatCannotBeMadeOrPutInItsPlaceIsNamed() throws IOException {
        Needs.library("liblmdb.so.0");
        String table = directory.resolve("t").toString();
        Files.createDirectory(directory.resolve("t.cdb"));
        assertEquals(1, postmap("cdb:" + table));
        String longest = Files.copy(Path.of(table), directory.resolve("l".repeat(251))).toString();
        for (String type : List.of("cdb", "lmdb")) {
            assertEquals(1, postmap(type + ":" + longest));
        }
        String said = "postmap: fatal: open database " + longest + ".%s: File name too long\n";
        assertEquals(
                "postmap: fatal: rename database from "
                        + (table + ".cdb.tmp to " + table + ".cdb: Is a directory\n")
                        + (said.formatted("cdb.tmp") + said.formatted("lmdb")),
                err.toString(StandardCharsets.ISO_8859_1));
    }

    @Test
    void nothingIsSaidWhereNoneIsLeft() {
        assertEquals(0, postmap("hash:" + directory.resolve("t")));
        assertEquals("", err.toString(StandardCharsets.ISO_8859_1));
        assertTrue(Files.exists(directory.resolve("t.cdb")));
    }
}
