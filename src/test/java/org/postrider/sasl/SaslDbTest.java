package org.postrider.sasl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.time.Clock;

/// Cyrus's user database: what its own programs wrote is read, what we write they read and change.
class SaslDbTest {
    @TempDir Path directory;

    private static Map<SaslDb.Entry, String> users(int count, Random random) {
        Map<SaslDb.Entry, String> out = new HashMap<>();
        for (int i = 0; i < count; i++) {
            out.put(
                    new SaslDb.Entry("user" + random.nextInt(), "realm" + i % 7, "userPassword"),
                    "ä" + "x".repeat(random.nextInt(300)));
        }
        return out;
    }

    @Test
    void whatIsWrittenIsRead() throws IOException {
        Path file = directory.resolve("db");
        for (int count : new int[] {0, 1, 2, 30, 1000, 20_000}) {
            Map<SaslDb.Entry, String> users = users(count, new Random(count));
            Files.write(file, SaslDb.file(users));
            assertEquals(users, new HashMap<>(SaslDb.read(file)), count + " users");
        }
    }

    @Test
    void whatDoesNotFitIsRefused() {
        Map<SaslDb.Entry, String> one =
                Map.of(new SaslDb.Entry("u", "r", "userPassword"), "x".repeat(1024));
        assertThrows(IllegalArgumentException.class, () -> SaslDb.file(one));
    }

    @Test
    void damagedFilesAreSaidToBeSo() throws IOException {
        byte[] whole = SaslDb.file(users(300, new Random(1)));
        Path file = directory.resolve("db");
        Random random = new Random(2);
        int damaged = 0;
        for (int i = 0; i < 1000; i++) {
            byte[] bad = whole.clone();
            for (int k = 0; k <= random.nextInt(8); k++) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt();
            }
            Files.write(file, bad);
            try {
                SaslDb.read(file);
            } catch (IOException e) {
                damaged++;
            }
        }
        assertTrue(damaged > 0, "none of 1,000 was noticed");
    }

    @Test
    void aChangedFileIsReadAgain() throws IOException {
        Path file = directory.resolve("db");
        SaslDb db = new SaslDb(List.of(directory.resolve("none"), file), Clock.system());
        Login alice = Login.of("alice", "r", "host");
        assertEquals(null, db.password(alice));
        Files.write(
                file, SaslDb.file(Map.of(new SaslDb.Entry("alice", "r", "userPassword"), "one")));
        assertEquals("one", db.password(alice));
        // Of the same size, in the same file, and within one step of the file system's clock.
        for (int i = 100; i < 600; i++) {
            String password = "p" + i;
            Files.write(
                    file,
                    SaslDb.file(Map.of(new SaslDb.Entry("alice", "r", "userPassword"), password)));
            assertEquals(password, db.password(alice));
        }
        Files.write(
                file,
                SaslDb.file(Map.of(new SaslDb.Entry("alice", "r", "userPassword"), "another")));
        assertEquals("another", db.password(alice));
        assertTrue(db.verify(alice, "another"));
        assertEquals(false, db.verify(alice, "one"));
        assertEquals(false, db.verify(Login.of("nobody", "r", "host"), "\0"));
    }

    private static Path cyrus(String program) {
        Path path = Path.of("/usr/sbin", program);
        if (!Files.isExecutable(path)) {
            System.out.println("sasldb: 2 tests skipped: no " + program);
        }
        assumeTrue(Files.isExecutable(path), "no " + program);
        return path;
    }

    private static String run(String input, String... words) throws Exception {
        Process p = new ProcessBuilder(words).redirectErrorStream(true).start();
        p.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
        p.getOutputStream().close();
        String out = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, p.waitFor(), String.join(" ", words) + ": " + out);
        return out;
    }

    @Test
    void cyrusReadsAndChangesWhatWeWrite() throws Exception {
        String list = cyrus("sasldblistusers2").toString();
        String change = cyrus("saslpasswd2").toString();
        String file = directory.resolve("db").toString();
        for (int count : new int[] {1, 40, 3000}) {
            Map<SaslDb.Entry, String> users = users(count, new Random(count));
            Files.write(Path.of(file), SaslDb.file(users));
            List<String> wanted = new ArrayList<>();
            users.keySet().forEach(e -> wanted.add(e.user() + "@" + e.realm() + ": userPassword"));
            List<String> listed = new ArrayList<>(run("", list, "-f", file).lines().toList());
            wanted.sort(null);
            listed.sort(null);
            assertEquals(wanted, listed, count + " users");
            for (int i = 0; i < 20; i++) {
                run("new" + i, change, "-p", "-c", "-f", file, "-u", "realm", "added" + i);
            }
            SaslDb.Entry gone = users.keySet().iterator().next();
            run("", change, "-d", "-f", file, "-u", gone.realm(), gone.user());
            Map<SaslDb.Entry, String> now = SaslDb.read(Path.of(file));
            assertEquals(count + 19, now.size());
            assertEquals("new7", now.get(new SaslDb.Entry("added7", "realm", "userPassword")));
        }
    }

    @Test
    void whatCyrusWroteIsRead() throws Exception {
        String change = cyrus("saslpasswd2").toString();
        String file = directory.resolve("db").toString();
        for (int i = 0; i < 60; i++) {
            run("pass word " + i, change, "-p", "-c", "-f", file, "-u", "r" + i % 3, "user" + i);
        }
        SaslDb db = new SaslDb(List.of(Path.of(file)), Clock.system());
        for (int i = 0; i < 60; i++) {
            assertEquals("pass word " + i, db.password(Login.of("user" + i, "r" + i % 3, "h")));
        }
    }
}
