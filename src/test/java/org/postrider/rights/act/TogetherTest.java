package org.postrider.rights.act;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.Until;
import org.postrider.rights.Answer;
import org.postrider.rights.Appended;
import org.postrider.rights.Content;
import org.postrider.rights.Identity;
import org.postrider.rights.MailboxRules;
import org.postrider.rights.MailboxRules.Lock;
import org.postrider.rights.MailboxRules.Locks;
import org.postrider.rights.Request;
import org.postrider.rights.Request.Batch;
import org.postrider.rights.Request.DeliveryKey;
import org.postrider.rights.Trouble.Kind;
import org.postrider.rights.Wire;
import org.postrider.rights.act.Mailbox.Staged;
import org.postrider.rights.system.Act;
import org.postrider.rights.system.Actor;

/// Messages for several mailboxes in one request: each to its own end, whatever becomes of others.
class TogetherTest {
    private static final Identity SOMEBODY = Identity.of("somebody", 0x7ffffff0, 1);
    private static final String HEAD = "From a@b.example  Sun Nov 29 10:00:00 2026\nTo: ";
    private static final String BODY = "Subject: x\n\nbody\n\n";

    @TempDir private Path directory;
    private final Turns turns = new Turns();

    private String path(String name) {
        return directory.resolve(name).toString();
    }

    private Request.Append box(String name, long limit) {
        Locks locks =
                new Locks(
                        List.of(Lock.FCNTL, Lock.DOTLOCK),
                        20,
                        Duration.ofSeconds(60),
                        Duration.ofSeconds(500));
        MailboxRules rules = new MailboxRules(MailboxRules.Place.OWN, locks, limit, false);
        return new Request.Append(SOMEBODY, path(name), rules);
    }

    private static Batch.One one(Request.Put put, int number) {
        return new Batch.One(put, List.of(), HEAD + number + "\n", 0);
    }

    private static String text(int number) {
        return HEAD + number + "\n" + BODY;
    }

    private Records records() throws Act {
        return Records.open(path("records"));
    }

    private static Actor nobodys(Request.Put put, boolean looks) {
        return Actor.SELF;
    }

    private List<Answer<Appended>> put(List<Batch.One> all, Together.Opening opening) throws Act {
        byte[] body = BODY.getBytes(StandardCharsets.ISO_8859_1);
        try (Records records = records()) {
            return new Together(records, turns, new AtomicLong())
                    .put(new Batch(all, List.of(body.length)), body, opening)
                    .all();
        }
    }

    private static String said(Answer<Appended> answer) {
        return switch (answer) {
            case Answer.Done<Appended> d -> "done " + d.value().before();
            case Answer.Refused<Appended> r -> r.trouble().kind().toString();
        };
    }

    private String content(String name) throws IOException {
        return Files.readString(directory.resolve(name), StandardCharsets.ISO_8859_1);
    }

    private List<String> names() throws IOException {
        try (var all = Files.list(directory)) {
            return all.map(p -> p.getFileName().toString()).sorted().toList();
        }
    }

    /// After a kill, mixed with what is new.
    @Test
    void whatWasDoneBeforeIsNotDoneAgainAmongOthers() throws Exception {
        List<Batch.One> all = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Request.Append box = box("box", 0);
            DeliveryKey key = DeliveryKey.of("box m" + i);
            DeliveryKey other = DeliveryKey.of("M m" + i);
            all.add(one(new Request.Append(SOMEBODY, box.path(), box.rules(), key), i));
            all.add(one(new Request.Maildir(SOMEBODY, path("M") + "/", "h", other), i));
        }
        List<Batch.One> first = all.subList(0, 4);
        for (List<Batch.One> batch : List.of(first, all, all)) {
            for (Answer<Appended> answer : put(batch, TogetherTest::nobodys)) {
                assertTrue(said(answer).startsWith("done "), said(answer));
            }
        }
        assertEquals(text(0) + text(1) + text(2) + text(3), content("box"));
        try (var files = Files.list(directory.resolve("M/new"))) {
            assertEquals(4, files.count());
        }
    }

    /// Waits for nobody: the delay of the lock is a minute.
    @Test
    void eachIsDoneOrLeftAsItWasWhateverBecomesOfTheOthers() throws Exception {
        Files.createDirectory(directory.resolve("directory"));
        Files.writeString(directory.resolve("full"), "x".repeat(200));
        Files.writeString(directory.resolve("locked.lock"), "1");
        Files.writeString(directory.resolve("has"), "kept");
        Files.createLink(
                directory.resolve("linked2"), Files.createFile(directory.resolve("linked")));
        Files.writeString(directory.resolve("forward"), "");
        Request.Maildir maildir = new Request.Maildir(SOMEBODY, path("Maildir") + "/", "h");
        Request.Maildir none = new Request.Maildir(SOMEBODY, path("full") + "/", "h");
        List<Batch.One> all =
                List.of(
                        one(box("has", 0), 1),
                        one(box("directory", 0), 2),
                        one(box("full", 250), 3),
                        one(box("has", 0), 4),
                        one(box("locked", 0), 5),
                        new Batch.One(box("forwards", 0), List.of(path("forward")), HEAD, 0),
                        one(maildir, 7),
                        one(maildir, 8),
                        one(none, 9),
                        one(box("linked", 0), 10),
                        one(box("new", 0), 11));
        List<String> said = new ArrayList<>();
        put(all, TogetherTest::nobodys).forEach(a -> said.add(said(a)));
        assertEquals(
                List.of(
                        "done 4",
                        "ALONE",
                        "ALONE",
                        "done " + (4 + text(1).length()),
                        "ALONE",
                        "PRESENT",
                        "done 0",
                        "done 0",
                        "ALONE",
                        "ALONE",
                        "done 0"),
                said);
        assertEquals("kept" + text(1) + text(4), content("has"));
        assertEquals("x".repeat(200), content("full"));
        assertEquals("", content("linked"));
        assertEquals(text(11), content("new"));
        List<String> delivered = new ArrayList<>();
        try (var files = Files.list(directory.resolve("Maildir/new"))) {
            for (Path file : files.toList()) {
                delivered.add(Files.readString(file));
            }
        }
        Collections.sort(delivered);
        assertEquals(List.of(text(7), text(8)), delivered);
        try (var temporary = Files.list(directory.resolve("Maildir/tmp"))) {
            assertEquals(0, temporary.count());
        }
        assertEquals(
                List.of(
                        "Maildir",
                        "directory",
                        "forward",
                        "full",
                        "has",
                        "linked",
                        "linked2",
                        "locked.lock",
                        "new",
                        "records"),
                names());
        turnsAreGivenBack("has", "directory", "full", "locked", "linked", "new");
        List<String> left = new ArrayList<>();
        try (Records after = records()) {
            Recovery.of(after, r -> Actor.SELF, left::add);
        }
        assertEquals(List.of(), left);
    }

    private void turnsAreGivenBack(String... names) throws Exception {
        List<String> missing = new ArrayList<>();
        Thread other =
                Thread.ofPlatform()
                        .start(() -> {
                            for (String name : names) {
                                try (Turns.Taken taken = turns.take(path(name))) {
                                    if (taken == null) {
                                        missing.add(name);
                                    }
                                }
                            }
                        });
        other.join();
        assertEquals(List.of(), missing);
    }

    /// Whoever writes to it just now goes on; what is larger than a record goes by itself.
    @Test
    void aMailboxThatIsInUseOrTooMuchForOneRecordIsLeftAlone() throws Exception {
        List<Batch.One> many = new ArrayList<>();
        many.add(one(box("a", 0), 1));
        String large = "x".repeat(50_000) + "\n";
        many.add(new Batch.One(box("b", 0), List.of(), large, 0));
        many.add(new Batch.One(box("b", 0), List.of(), large, 0));
        try (Turns.Taken taken = turns.take(path("a"))) {
            assertTrue(taken != null);
            Thread other =
                    Thread.ofPlatform()
                            .start(() -> {
                                try {
                                    put(many, TogetherTest::nobodys)
                                            .forEach(a -> assertEquals("ALONE", said(a)));
                                } catch (Act e) {
                                    throw new AssertionError(e);
                                }
                            });
            other.join();
        }
        assertEquals(List.of("records"), names());
        assertEquals(
                "done 0",
                said(put(List.of(one(box("a", 0), 1)), TogetherTest::nobodys).getFirst()));
        assertEquals(text(1), content("a"));
    }

    /// Looks whenever rights are taken.
    private static Actor watched(Runnable look) {
        return new Actor() {
            @Override
            public void user() {
                look.run();
            }

            @Override
            public void opener() {
                look.run();
            }

            @Override
            public boolean privileged() {
                return false;
            }
        };
    }

    /// Users' files may be on file systems that keep who asks waiting: nobody's mailbox is locked
    /// meanwhile.
    @Test
    void nobodysMailboxIsLockedWhileUsersFilesAreLookedAtOrWritten() throws Exception {
        List<List<String>> seen = new ArrayList<>();
        Runnable look =
                () -> {
                    try {
                        seen.add(names().stream().filter(n -> n.endsWith(".lock")).toList());
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                };
        Together.Opening opening =
                (put, looks) -> {
                    look.run();
                    return put instanceof Request.Maildir ? watched(look) : Actor.SELF;
                };
        Request.Maildir maildir = new Request.Maildir(SOMEBODY, path("M") + "/", "h");
        List<Batch.One> all =
                List.of(one(box("a", 0), 1), one(maildir, 2), one(box("b", 0), 3), one(maildir, 4));
        put(all, opening).forEach(a -> assertEquals("done 0", said(a)));
        assertTrue(seen.size() >= 6, seen::toString);
        seen.forEach(locks -> assertEquals(List.of(), locks));
        assertEquals(text(1), content("a"));
        assertEquals(text(3), content("b"));
    }

    /// Killed when files were moved to `new` and nobody was told of it: they are there once.
    @Test
    void whatWasMovedWhenItWasKilledIsNotDoneAgain() throws Exception {
        Path kept = directory.resolve("records/under-way");
        List<byte[]> then = new ArrayList<>();
        Runnable look =
                () -> {
                    try (var moved = Files.list(directory.resolve("M/new"))) {
                        if (moved.count() == 3) {
                            then.add(Files.readAllBytes(kept));
                        }
                    } catch (IOException e) {
                        // None is there yet.
                    }
                };
        List<Batch.One> all = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            DeliveryKey key = DeliveryKey.of("m" + i);
            all.add(one(new Request.Maildir(SOMEBODY, path("M") + "/", "h", key), i));
        }
        List<Batch.One> more = new ArrayList<>(all);
        more.add(one(new Request.Maildir(SOMEBODY, path("N") + "/", "h"), 3));
        put(more, (put, looks) -> watched(look));
        Files.write(kept, then.getFirst(), StandardOpenOption.WRITE);
        try (Records next = records()) {
            assertFalse(next.done(DeliveryKey.of("m0")));
            Recovery.of(next, r -> Actor.SELF, w -> assertEquals("", w));
        }
        all.add(one(new Request.Maildir(SOMEBODY, path("M") + "/", "h", DeliveryKey.of("m3")), 3));
        put(all, TogetherTest::nobodys);
        try (var files = Files.list(directory.resolve("M/new"))) {
            assertEquals(4, files.count());
        }
    }

    /// A fault of ours, once a file has its name and before anybody is told: it is there once, and
    /// what had not come so far is undone.
    @Test
    void whatWasMovedWhenAnErrorCameIsNotDoneAgain() throws Exception {
        int[] calls = new int[1];
        Actor fails =
                watched(() -> {
                    calls[0]++;
                    if (calls[0] == 2) {
                        throw new StackOverflowError("planted");
                    }
                });
        List<Batch.One> all = new ArrayList<>();
        for (String name : List.of("M", "N", "O")) {
            DeliveryKey key = DeliveryKey.of(name);
            all.add(one(new Request.Maildir(SOMEBODY, path(name) + "/", "h", key), 1));
        }
        assertThrows(
                StackOverflowError.class,
                () -> put(all, (p, _) -> p.path().endsWith("N/") ? fails : Actor.SELF));
        for (String name : List.of("M", "N", "O")) {
            assertEquals(List.of(), inside(name + "/tmp"), name);
        }
        put(all, TogetherTest::nobodys).forEach(a -> assertEquals("done 0", said(a)));
        for (String name : List.of("M", "N", "O")) {
            assertEquals(1, inside(name + "/new").size(), name);
        }
    }

    /// A fault of ours in the last step of all keeps neither a record nor a mailbox's turn.
    @Test
    void whatEndsInAnErrorGivesBackItsRecordAndItsTurn() throws Exception {
        byte[] body = BODY.getBytes(StandardCharsets.ISO_8859_1);
        Batch batch = new Batch(List.of(one(box("a", 0), 1)), List.of(body.length));
        try (Records records = records()) {
            Together together = new Together(records, turns, new AtomicLong());
            for (int i = 0; i < 130; i++) {
                int[] calls = new int[1];
                Actor fails =
                        watched(() -> {
                            calls[0]++;
                            if (calls[0] == 3) {
                                throw new StackOverflowError("planted");
                            }
                        });
                assertThrows(
                        StackOverflowError.class, () -> together.put(batch, body, (_, _) -> fails));
                Files.delete(directory.resolve("a.lock"));
            }
            assertEquals(
                    "done " + 130 * text(1).length(),
                    said(together.put(batch, body, TogetherTest::nobodys).all().getFirst()));
        }
        turnsAreGivenBack("a");
    }

    /// Wherever on the way to a Maildir it is.
    @Test
    void noErrorKeepsTheRecordOfAMaildir() throws Exception {
        byte[] body = BODY.getBytes(StandardCharsets.ISO_8859_1);
        Request.Maildir maildir = new Request.Maildir(SOMEBODY, path("M") + "/", "h");
        Batch batch = new Batch(List.of(one(maildir, 1)), List.of(body.length));
        try (Records records = records()) {
            Together together = new Together(records, turns, new AtomicLong());
            int errors = 0;
            for (int i = 0; i < 4 * 130; i++) {
                int fails = i % 4 + 1;
                int[] calls = new int[1];
                Actor actor =
                        watched(() -> {
                            calls[0]++;
                            if (calls[0] >= fails) {
                                throw new StackOverflowError("planted");
                            }
                        });
                try {
                    together.put(batch, body, (_, _) -> actor);
                } catch (StackOverflowError e) {
                    errors++;
                }
            }
            assertTrue(errors >= 2 * 130, errors + " errors");
            Answer<Appended> answer =
                    together.put(batch, body, TogetherTest::nobodys).all().getFirst();
            assertEquals("done 0", said(answer));
        }
    }

    /// Others may have filled the mailbox since: it is not refused.
    @Test
    void whatWasDoneIsDoneThoughTheMailboxIsFullNow() throws Exception {
        Request.Append box = box("full", 300);
        Request.Append keyed =
                new Request.Append(SOMEBODY, box.path(), box.rules(), DeliveryKey.of("m"));
        Content content = Content.of(text(1).getBytes(StandardCharsets.ISO_8859_1));
        try (Records records = records()) {
            new Mailbox(keyed, Actor.SELF).append(content, records);
            Files.writeString(
                    directory.resolve("full"), "x".repeat(400), StandardOpenOption.APPEND);
            new Mailbox(keyed, Actor.SELF).append(content, records);
        }
        assertEquals(text(1) + "x".repeat(400), content("full"));
    }

    private List<String> inside(String name) throws IOException {
        try (var all = Files.list(directory.resolve(name))) {
            return all.map(p -> p.getFileName().toString()).toList();
        }
    }

    /// Batches that hold records would wait for each other's.
    @Test
    void nobodyWaitsForRecordsAmongOthers() throws Exception {
        byte[] body = BODY.getBytes(StandardCharsets.ISO_8859_1);
        Request.Maildir asked = new Request.Maildir(SOMEBODY, path("M") + "/", "h");
        List<Staged> held = new ArrayList<>();
        try (Records records = records()) {
            Maildir maildir = new Maildir(asked, Actor.SELF, new AtomicLong(), records);
            for (int i = 0; i < 128; i++) {
                held.add(maildir.stage(Content.of(body), body.length));
            }
            Together together = new Together(records, turns, new AtomicLong());
            Batch batch = new Batch(List.of(one(asked, 1), one(box("a", 0), 2)), List.of(1));
            List<Answer<Appended>> answers =
                    assertTimeoutPreemptively(
                            Until.PATIENCE,
                            () -> together.put(batch, body, TogetherTest::nobodys).all());
            answers.forEach(a -> assertEquals("ALONE", said(a)));
            held.getFirst().close();
            answers = together.put(batch, body, TogetherTest::nobodys).all();
            assertEquals(List.of("done 0", "ALONE"), answers.stream().map(a -> said(a)).toList());
            held.forEach(Staged::close);
        }
        assertEquals(1, inside("M/new").size());
        assertEquals(List.of(), inside("M/tmp"));
    }

    /// Killed between the writing and the forcing: nothing is left of what nobody was told of, not
    /// even of a mailbox that several messages were written to, and what was there stays.
    @Test
    void noPartIsLeftOfThoseThatWereWrittenWhenItWasKilled() throws Exception {
        Files.writeString(directory.resolve("one"), text(0));
        Path kept = directory.resolve("records/under-way");
        byte[][] then = new byte[4][];
        Runnable look =
                () -> {
                    if (then[0] == null) {
                        try {
                            then[0] = Files.readAllBytes(kept);
                            then[1] = Files.readAllBytes(directory.resolve("one"));
                            then[2] = Files.readAllBytes(directory.resolve("three"));
                            assertTrue(Files.exists(directory.resolve("three.lock")));
                            try (var files2 = Files.list(directory.resolve("M/tmp"))) {
                                assertEquals(1, files2.count());
                            }
                        } catch (IOException e) {
                            throw new AssertionError(e);
                        }
                    }
                };
        Together.Opening opening =
                (put, looks) -> put.path().endsWith("last") ? watched(look) : Actor.SELF;
        Request.Maildir maildir = new Request.Maildir(SOMEBODY, path("M") + "/", "h");
        put(
                List.of(
                        one(box("one", 0), 1),
                        one(box("three", 0), 2),
                        one(box("three", 0), 3),
                        one(box("three", 0), 4),
                        one(maildir, 5),
                        one(box("last", 0), 6)),
                opening);
        assertEquals(text(2) + text(3) + text(4), new String(then[2], StandardCharsets.ISO_8859_1));
        Files.write(kept, then[0], StandardOpenOption.WRITE);
        Files.write(directory.resolve("one"), then[1]);
        for (int size : new int[] {then[2].length, text(2).length() + 60, text(2).length(), 7, 0}) {
            Files.write(kept, then[0], StandardOpenOption.WRITE);
            Files.write(directory.resolve("three"), java.util.Arrays.copyOf(then[2], size));
            for (String lock : List.of("one.lock", "three.lock")) {
                Files.createFile(
                        directory.resolve(lock),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("---------")));
            }
            List<String> warnings = new ArrayList<>();
            try (Records next = records()) {
                Recovery.of(next, r -> Actor.SELF, warnings::add);
            }
            assertEquals(text(0), content("one"), warnings::toString);
            assertEquals("", content("three"), size + " " + warnings);
            assertFalse(Files.exists(directory.resolve("three.lock")));
        }
        assertEquals(text(6), content("last"));
    }

    private static byte[] sent(Batch batch) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Wire.request(new DataOutputStream(out), batch);
        return out.toByteArray();
    }

    private static void refused(Batch batch) throws IOException {
        byte[] sent = sent(batch);
        // Nothing follows: it is refused before anybody waits for the bodies.
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(sent));
        IOException e = assertThrows(IOException.class, () -> Wire.request(in));
        assertTrue(List.of("too large", "too many", "no such body").contains(e.getMessage()));
    }

    @Test
    void oneThatIsLargerThanItMayBeIsRefusedBeforeItIsRead() throws Exception {
        Batch.One one = one(box("a", 0), 1);
        Batch right = new Batch(Collections.nCopies(Batch.MOST, one), List.of(Batch.OCTETS - 1, 1));
        assertEquals(
                right, Wire.request(new DataInputStream(new ByteArrayInputStream(sent(right)))));
        refused(new Batch(List.of(one), List.of(Batch.OCTETS, 1)));
        refused(new Batch(List.of(one), List.of(Integer.MAX_VALUE, Integer.MAX_VALUE)));
        refused(new Batch(List.of(one), List.of(-1)));
        refused(new Batch(List.of(one), List.of()));
        refused(new Batch(Collections.nCopies(Batch.MOST + 1, one), List.of(1)));
        Batch.One head = new Batch.One(one.put(), List.of(), "x".repeat(Batch.OCTETS / 2), 0);
        refused(new Batch(List.of(head, head, one), List.of(1)));
        // What comes is not more than was said either.
        assertEquals(
                Kind.CONTENT,
                assertThrows(Act.class, () -> Bodies.read(out -> out.write(new byte[3]), 2))
                        .trouble()
                        .kind());
        assertThrows(Act.class, () -> Bodies.read(out -> out.write(new byte[1]), 2));
    }
}
