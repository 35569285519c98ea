package org.postrider.maps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postrider.Needs;
import org.postrider.Until;
import org.postrider.maps.file.IndexFiles;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;

/// Index files go to and fro between the distribution's postmap and ours, and damaged ones are said
/// to be so.
class IndexFilesTest {
    private static final Path POSTMAP = Path.of("/usr/sbin/postmap");

    @TempDir Path temp;

    private static Map<String, String> entries(int count) {
        Random random = new Random(count);
        Map<String, String> out = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            out.put("user" + i + "@example.com", "box" + random.nextInt() + " more text");
        }
        out.put("large@example.com", "x".repeat(10_000));
        return out;
    }

    private Path source(Map<String, String> entries) throws IOException {
        Path source = temp.resolve("t");
        StringBuilder text = new StringBuilder();
        entries.forEach((k, v) -> text.append(k).append('\t').append(v).append('\n'));
        Files.writeString(source, text, StandardCharsets.ISO_8859_1);
        Files.setLastModifiedTime(source, java.nio.file.attribute.FileTime.fromMillis(0));
        Files.writeString(temp.resolve("main.cf"), "");
        return source;
    }

    /// Root makes tables in directories of others, who may put something else in their place.
    @Test
    void whatIsPutInTheNewFilesPlaceIsNotOpenedToAnybody() throws IOException {
        Path source = Files.writeString(temp.resolve("aliases"), "a: b\n");
        Files.setPosixFilePermissions(source, PosixFilePermissions.fromString("rw-rw-rw-"));
        Path secret =
                Files.createFile(
                        temp.resolve("secret"),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")));
        Path link = Files.createSymbolicLink(temp.resolve("link"), secret);
        assertThrows(IOException.class, () -> IndexWriter.rights(link, source));
        assertThrows(
                IOException.class,
                () -> IndexWriter.rights(Files.createLink(temp.resolve("name"), secret), source));
        assertEquals(
                "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(secret)));
        // Nor is one given away that has the mode already.
        Path open = Files.copy(source, temp.resolve("open"), StandardCopyOption.COPY_ATTRIBUTES);
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-r--r--"));
        Path name = Files.createLink(temp.resolve("another"), open);
        assertThrows(IOException.class, () -> IndexWriter.rights(name, source));
    }

    /// Whatever the process's umask is: what can be given when the file is made, and what cannot.
    @Test
    void theIndexOfASourceThatWasClosedIsClosed() throws IOException {
        Path source = Files.writeString(temp.resolve("passwords"), "a: secret\n");
        Path index = temp.resolve("passwords.cdb");
        IndexWriter writer = new IndexWriter("cdb", source, 0);
        Files.setPosixFilePermissions(source, PosixFilePermissions.fromString("rw-r--r--"));
        writer.create(List.of(Map.entry("a", "secret")), true);
        Files.setPosixFilePermissions(source, PosixFilePermissions.fromString("rw-------"));
        writer.create(List.of(Map.entry("a", "secret")), true);
        assertEquals(
                "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(index)));
        // Whoever opens the source and not its index (postmap -p) leaves that as it is.
        Files.setPosixFilePermissions(source, PosixFilePermissions.fromString("rw-r--r--"));
        writer.create(List.of(Map.entry("a", "secret")), false);
        assertEquals(
                "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(index)));
        writer.create(List.of(Map.entry("a", "secret")), true);
        assertEquals(
                "rw-r--r--", PosixFilePermissions.toString(Files.getPosixFilePermissions(index)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rw-------",
                "rw-r--r--",
                "rw-r-----",
                "rw----r--",
                "rwxr-xr-x",
                "rw-rw-rw-",
                "rw-rw----",
                "r--r--r--",
                "rw-rw-r--"
            })
    void theIndexHasItsSourcesReadRights(String rights) throws IOException {
        Path source = Files.writeString(temp.resolve("aliases"), "a: b\n");
        Files.setPosixFilePermissions(source, PosixFilePermissions.fromString(rights));
        IndexWriter writer = new IndexWriter("cdb", source, 0);
        // Postfix's umask for it is 022 and what the source has not.
        String wanted = "rw-" + rights.substring(3).replace('x', '-').replace('w', '-');
        boolean groupIsOneOfAll = wanted.charAt(3) == wanted.charAt(6);
        assertEquals(
                groupIsOneOfAll ? wanted : "rw-------",
                PosixFilePermissions.toString(IndexWriter.first(source)),
                "until it has its group");
        for (int i = 0; i < 2; i++) {
            writer.create(List.of(Map.entry("a", "b")), true);
            assertEquals(
                    wanted,
                    PosixFilePermissions.toString(Files.getPosixFilePermissions(writer.file())));
        }
    }

    private String postmap(String... args) throws IOException, InterruptedException {
        Needs.program(POSTMAP.toString());
        List<String> command = new ArrayList<>(List.of(POSTMAP.toString(), "-c", temp.toString()));
        command.addAll(List.of(args));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int status = process.waitFor();
        assumeTrue(
                !out.contains("unsupported dictionary type"),
                "the distribution's postmap has not this type: " + String.join(" ", args));
        assertEquals(0, status, out);
        return out;
    }

    private static Table open(String name) {
        return new TableDirectory(Clock.system(), "hash").open(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"hash", "btree", "cdb", "lmdb"})
    void whatPostfixWroteIsFound(String type) throws IOException, InterruptedException {
        for (int count : new int[] {1, 20_000}) {
            Map<String, String> entries = entries(count);
            Path source = source(entries);
            postmap(type + ":" + source);
            Files.delete(source);
            Table table = open(type + ":" + source);
            for (Map.Entry<String, String> e : entries.entrySet()) {
                assertEquals(e.getValue(), table.lookup(e.getKey()), e.getKey());
            }
            assertEquals(null, table.lookup("nobody@example.com"));
            Map<String, String> listed = new TreeMap<>();
            ((Listed) table).each(listed::put);
            assertEquals(entries, listed);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"cdb", "lmdb"})
    void whatWeWroteIsFoundByPostfix(String type) throws IOException, InterruptedException {
        Needs.program(POSTMAP.toString());
        if (type.equals("lmdb")) {
            Needs.library("liblmdb.so.0");
        }
        Map<String, String> entries = entries(5_000);
        Path source = source(entries);
        IndexWriter writer = new IndexWriter(type, source, 16 << 10);
        writer.create(List.copyOf(entries.entrySet()), true);
        Path keys = temp.resolve("keys");
        Files.write(keys, entries.keySet());
        Process process =
                new ProcessBuilder(
                                POSTMAP.toString(),
                                "-c",
                                temp.toString(),
                                "-q",
                                "-",
                                type + ":" + source)
                        .redirectInput(keys.toFile())
                        .start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor());
        Map<String, String> answered = new TreeMap<>();
        for (String line : out.split("\n", -1)) {
            int tab = line.indexOf('\t');
            if (tab > 0) {
                answered.put(line.substring(0, tab), line.substring(tab + 1));
            }
        }
        assertEquals(entries, answered);
    }

    /// `postmap -N` and `-n`: as Postfix reads and writes them.
    @ParameterizedTest
    @CsvSource({"cdb, true", "cdb, false", "lmdb, true", "lmdb, false"})
    void anIndexHasAnOctetZeroBehindEachOrNot(String type, boolean zero) throws IOException {
        if (type.equals("lmdb")) {
            Needs.library("liblmdb.so.0");
        }
        Path source = source(Map.of());
        IndexWriter writer = new IndexWriter(type, source, 1 << 20);
        writer.end(zero);
        writer.create(List.of(Map.entry("thekey", "thevalue")), true);
        String file = new String(Files.readAllBytes(writer.file()), StandardCharsets.ISO_8859_1);
        // The pages of lmdb have octets 0 behind an entry of odd length anyway.
        assertEquals(zero, file.contains("thekey\0thevalue\0"), type);
        assertEquals(!zero, file.contains("thekeythevalue"), type);
        assertEquals("thevalue", open(type + ":" + source).lookup("thekey"));
        if (type.equals("lmdb")) {
            IndexWriter any = new IndexWriter(type, source, 1 << 20);
            assertEquals(1, any.delete(List.of("thekey")), "whatever it has behind it");
            assertEquals(0, any.delete(List.of("thekey")));
        }
    }

    /// By cp, rsync --inplace or a full disk. No Error, no crash of the process, and no "not
    /// found".
    @ParameterizedTest
    @ValueSource(strings = {"cdb", "lmdb"})
    void aFileThatIsCutShortInPlaceFailsLookUpsUntilItIsWhole(String type) throws IOException {
        if (type.equals("lmdb")) {
            Needs.library("liblmdb.so.0");
        }
        Map<String, String> entries = entries(5_000);
        Path source = source(entries);
        IndexWriter writer = new IndexWriter(type, source, 16 << 10);
        writer.create(List.copyOf(entries.entrySet()), true);
        Path index = IndexFiles.beside(source, type);
        byte[] good = Files.readAllBytes(index);
        int failed = 0;
        for (int length : new int[] {0, 100, 3_000, 8_192, good.length / 2}) {
            Files.write(index, good);
            Table open = open(type + ":" + source);
            if (type.equals("cdb")) {
                assertEquals(entries.get("user7@example.com"), open.lookup("user7@example.com"));
            }
            Files.write(index, java.util.Arrays.copyOf(good, length));
            for (String key : entries.keySet()) {
                try {
                    assertEquals(entries.get(key), open.lookup(key));
                } catch (TableException e) {
                    failed++;
                }
            }
            Files.write(index, good);
            assertEquals(
                    entries.get("user7@example.com"),
                    open(type + ":" + source).lookup("user7@example.com"));
        }
        assertTrue(failed > 10_000, "only " + failed + " look-ups failed");
    }

    @Test
    void aHashTableIsReadFromTheNewestOfItsFiles() throws IOException {
        Path source = source(Map.of("a", "text"));
        String name = "hash:" + source;
        assertEquals("text", open(name).lookup("a"));
        new IndexWriter("cdb", source, 0).create(List.of(Map.entry("a", "index")), true);
        assertEquals("index", open(name).lookup("A"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"hash", "btree", "cdb", "lmdb"})
    void damagedFilesAreSaidToBeSoOrAnswer(String type) throws IOException, InterruptedException {
        Path source = source(entries(300));
        postmap(type + ":" + source);
        Path index = IndexFiles.beside(source, type.endsWith("db") ? type : "db");
        byte[] good = Files.readAllBytes(index);
        Random random = new Random(42);
        int failed = 0;
        int rounds = type.equals("lmdb") ? 0 : 2_000;
        for (int i = 0; i < rounds; i++) {
            byte[] bad = good.clone();
            int cut = bad.length;
            if (random.nextBoolean()) {
                cut = random.nextInt(bad.length);
            } else {
                for (int n = random.nextInt(1, 20); n > 0; n--) {
                    bad[random.nextInt(bad.length)] = (byte) random.nextInt();
                }
            }
            Path file = temp.resolve("bad");
            Path badIndex = IndexFiles.beside(file, type.endsWith("db") ? type : "db");
            Files.deleteIfExists(badIndex);
            Files.write(badIndex, java.util.Arrays.copyOf(bad, cut));
            failed += assertTimeout(Until.PATIENCE, () -> asked(type + ":" + file));
        }
        assertTrue(rounds == 0 || failed > rounds / 10, failed + " of " + rounds);
        // liblmdb trusts its file (as in Postfix): only what is no lmdb file at all is tried.
        Path none = temp.resolve("none");
        Files.writeString(IndexFiles.beside(none, type.endsWith("db") ? type : "db"), "no index");
        assertEquals(1, asked(type + ":" + none));
    }

    /// 1 where the table says that it cannot answer.
    private static int asked(String name) {
        try {
            Table table = open(name);
            for (int i = 0; i < 20; i++) {
                table.lookup("user" + i + "@example.com");
            }
            ((Listed) table).each((k, v) -> {});
            return 0;
        } catch (TableException e) {
            return 1;
        }
    }

    @Test
    void lookupsGoOnWhileTheTableIsRebuilt() throws IOException {
        Path source = temp.resolve("t");
        IndexWriter writer = new IndexWriter("cdb", source, 0);
        writer.create(List.of(Map.entry("k", "0"), Map.entry("other", "0")), false);
        long[] now = {0};
        Clock clock =
                new Clock() {
                    @Override
                    public long wallMillis() {
                        return 0;
                    }

                    @Override
                    public long nanos() {
                        return now[0] += 2_000_000_000L;
                    }
                };
        Table table = new TableDirectory(clock, "hash").open("cdb:" + source);
        int changes = 0;
        String last = "";
        for (int i = 1; i <= 300; i++) {
            String value = Integer.toString(i);
            writer.create(List.of(Map.entry("k", value), Map.entry("other", value)), false);
            String found = String.valueOf(table.lookup("k"));
            assertEquals(value, found);
            changes += found.equals(last) ? 0 : 1;
            last = found;
        }
        assertEquals(300, changes);
    }

    /// `hash:t` with a `t.db` beside a newer `t`: the index answers, as Postfix's does, and it is
    /// said which file is behind.
    @ParameterizedTest
    @ValueSource(strings = {"hash", "btree", "cdb"})
    void anIndexBehindItsSourceAnswersAndIsNamed(String type) throws Exception {
        Path source = source(Map.of("k", "old"));
        if (type.equals("cdb")) {
            new IndexWriter("cdb", source, 0).create(List.of(Map.entry("k", "old")), true);
        } else {
            postmap(type + ":" + source);
        }
        Path index = IndexFiles.beside(source, type.equals("cdb") ? "cdb" : "db");
        long now = System.currentTimeMillis();
        Files.writeString(source, "k new\n");
        List<String> none = warnings(type + ":" + source);
        assertEquals(List.of(), none, "one that is being made is not behind");
        Files.setLastModifiedTime(index, FileTime.fromMillis(now - 200_000));
        assertEquals(
                List.of("database " + index + " is older than source file " + source),
                warnings(type + ":" + source));
    }

    /// What is said while a table is opened and asked; it answers as its index does.
    private static List<String> warnings(String name) {
        List<String> said = new ArrayList<>();
        Table table =
                new TableDirectory(
                                new Opening(
                                        Clock.system(), Supervisor.alone(), _ -> null, said::add))
                        .open(name);
        assertEquals("old", table.lookup("k"));
        assertEquals("old", table.lookup("k"));
        return said;
    }

    /// Its opening would wait for another end for ever.
    @ParameterizedTest
    @ValueSource(strings = {"hash db", "btree db", "cdb cdb", "lmdb lmdb"})
    void anIndexThatIsNoRegularFileIsRefused(String typeAndEnding) throws Exception {
        Needs.program("mkfifo");
        String[] words = typeAndEnding.split(" ");
        if (words[0].equals("lmdb")) {
            Needs.library("liblmdb.so.0");
        }
        Path source = source(Map.of("a", "b"));
        Path index = IndexFiles.beside(source, words[1]);
        assertEquals(0, new ProcessBuilder("mkfifo", index.toString()).start().waitFor());
        TableException e =
                assertTimeoutPreemptively(
                        Until.PATIENCE,
                        () ->
                                assertThrows(
                                        TableException.class,
                                        () -> open(words[0] + ":" + source).lookup("a")));
        assertTrue(e.toString().contains("Not a regular file"), e::toString);
    }
}
