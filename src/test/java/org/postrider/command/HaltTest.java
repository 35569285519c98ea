package org.postrider.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A command that halts has said all, with its status, and leaves nothing behind.
class HaltTest {
    private static final int LINES = 20_000;

    @TempDir Path directory;

    private record Ended(int status, String out) {}

    @BeforeEach
    void configuration() throws IOException {
        Files.writeString(directory.resolve("main.cf"), "compatibility_level = 3.6\n");
        Files.createDirectory(directory.resolve("tmp"));
    }

    private Ended run(String input, String... words) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
        line.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
        line.add("-Djava.io.tmpdir=" + directory.resolve("tmp"));
        line.add("--enable-native-access=ALL-UNNAMED");
        line.addAll(List.of("-cp", System.getProperty("java.class.path")));
        line.add("org.postrider.command.Main");
        line.addAll(List.of(words));
        Path in = Files.writeString(directory.resolve("in"), input);
        Process p =
                new ProcessBuilder(line)
                        .redirectInput(in.toFile())
                        .redirectErrorStream(true)
                        .start();
        String out = new String(p.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        return new Ended(p.waitFor(), out);
    }

    private Ended postmap(String input, String... words) throws Exception {
        List<String> all = new ArrayList<>(List.of("postmap", "-c", directory.toString()));
        all.addAll(List.of(words));
        return run(input, all.toArray(String[]::new));
    }

    /// A pipe holds 64 kB.
    @Test
    void allIsSaidIntoAPipe() throws Exception {
        StringBuilder keys = new StringBuilder();
        StringBuilder answers = new StringBuilder();
        for (int i = 0; i < LINES; i++) {
            keys.append("key").append(i).append('\n');
            answers.append("key").append(i).append("\tyes\n");
        }
        assertEquals(
                new Ended(0, answers.toString()),
                postmap(keys.toString(), "-q", "-", "static:yes"));
        Path page = Path.of("postrider-command/src/main/resources/org/postrider/command/help");
        assertEquals(
                new Ended(0, Files.readString(page.resolve("postmap.txt"))),
                run("", "postmap", "--help"));
    }

    /// Who goes away before the end keeps nobody, and a full disk is no crash.
    @Test
    void aReaderThatGoesAwayEndsIt() throws Exception {
        ProcessBuilder builder =
                new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "org.postrider.command.Main",
                        "postmap",
                        "-c",
                        directory.toString(),
                        "-q",
                        "-",
                        "static:yes");
        Process p = builder.start();
        p.getInputStream().close();
        try (OutputStream in = p.getOutputStream()) {
            in.write("key\n".repeat(LINES).getBytes(StandardCharsets.US_ASCII));
        }
        assertEquals("", new String(p.getErrorStream().readAllBytes(), StandardCharsets.US_ASCII));
        assertEquals(0, p.waitFor());
    }

    @Test
    void theStatusIsKept() throws Exception {
        assertEquals(new Ended(1, ""), postmap("", "-q", "nobody", "inline:{a=b}"));
        assertEquals(new Ended(64, ""), run("", "rehearse"));
        assertEquals(64, run("", "nosuchcommand").status());
    }

    /// The driver of SQLite has its library, a megabyte, deleted at an exit of Java's.
    @Test
    void noTemporaryFileIsLeft() throws Exception {
        Path file = directory.resolve("t.db");
        database(file);
        Path table = directory.resolve("t.cf");
        Files.writeString(table, "dbpath = " + file + "\nquery = SELECT v FROM t WHERE k = '%s'\n");
        String good = "sqlite:" + table;
        assertEquals(new Ended(0, "b\n"), postmap("", "-q", "a", good));
        assertEquals(new Ended(0, "a\tb\na\tb\n"), postmap("a\na\n", "-q", "-", good));
        Files.writeString(table, "dbpath = /nowhere/t.db\nquery = SELECT '%s'\n");
        assertEquals(1, postmap("", "-q", "a", good).status());
        try (Stream<Path> left = Files.list(directory.resolve("tmp"))) {
            assertEquals(List.of(), left.toList());
        }
    }

    private static void database(Path file) throws SQLException {
        try (Connection made = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement s = made.createStatement()) {
            s.execute("CREATE TABLE t (k TEXT, v TEXT)");
            s.execute("INSERT INTO t VALUES ('a', 'b')");
        }
    }
}
