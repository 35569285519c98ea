package org.postrider.rights.act;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.Until;
import org.postrider.rights.Content;
import org.postrider.rights.Identity;
import org.postrider.rights.MailboxRules;
import org.postrider.rights.MailboxRules.Lock;
import org.postrider.rights.MailboxRules.Locks;
import org.postrider.rights.Request;
import org.postrider.rights.Request.DeliveryKey;
import org.postrider.rights.Trouble;
import org.postrider.rights.system.Act;
import org.postrider.rights.system.Actor;
import org.postrider.rights.system.Posix;

/// What a process that is killed leaves behind at each step of a delivery, and what the next one
/// makes of it. The steps are those of a real delivery, looked at from within; the kill itself is
/// HelperTest's.
class RecoveryTest {
    private static final Identity SOMEBODY = Identity.of("somebody", 0x7ffffff0, 1);

    @TempDir private Path directory;
    private final List<String> warnings = new ArrayList<>();
    private List<Lock> kinds = List.of(Lock.FCNTL, Lock.DOTLOCK);

    private Path box() {
        return directory.resolve("box");
    }

    private Path lock() {
        return directory.resolve("box.lock");
    }

    private Path kept() {
        return directory.resolve("records/under-way");
    }

    private Records records() throws Act {
        return Records.open(directory.resolve("records").toString());
    }

    private Request.Append request() {
        Locks locks = new Locks(kinds, 3, Duration.ofMillis(10), Duration.ofSeconds(500));
        return new Request.Append(
                SOMEBODY,
                box().toString(),
                new MailboxRules(MailboxRules.Place.OWN, locks, 0, false));
    }

    /// What is on the disk at one moment: of the mailbox only how long it is, since it only grows.
    private record Moment(byte[] records, long size, boolean locked, boolean written) {}

    private Moment moment(boolean written) {
        try {
            return new Moment(
                    firsts(),
                    Files.exists(box()) ? Files.size(box()) : 0,
                    Files.exists(lock()),
                    written);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /// All records, and the part of the first one, which is the one that a test has.
    private byte[] firsts() throws IOException {
        try (var in = Files.newInputStream(kept())) {
            return in.readNBytes(129 * (8 << 10) + (64 << 10));
        }
    }

    private void firsts(byte[] octets) throws IOException {
        try (var out = Files.newByteChannel(kept(), StandardOpenOption.WRITE)) {
            assertEquals(octets.length, out.write(ByteBuffer.wrap(octets)));
        }
    }

    /// As if the process had been killed then.
    private void back(Moment to, byte[] mailbox) throws IOException {
        firsts(to.records());
        Files.write(box(), mailbox);
        Files.deleteIfExists(lock());
        if (to.locked()) {
            Files.createFile(
                    lock(),
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("---------")));
        }
    }

    private void recover() throws Act {
        warnings.clear();
        try (Records next = records()) {
            Recovery.of(next, r -> Actor.SELF, warnings::add);
        }
        try (Records next = records()) {
            assertEquals(List.of(), next.left());
        }
    }

    /// A delivery to its end, with what was to be seen before it, at each step, and behind it.
    private List<Moment> deliver(byte[] message, Random random) throws Act {
        List<Moment> moments = new ArrayList<>();
        AtomicBoolean whole = new AtomicBoolean();
        Content content =
                out -> {
                    for (int at = 0; at < message.length; ) {
                        int part = Math.min(message.length - at, 1 + random.nextInt(90_000));
                        out.write(message, at, part);
                        at += part;
                        moments.add(moment(false));
                    }
                    out.flush();
                    moments.add(moment(false));
                    whole.set(true);
                };
        Actor watches =
                new Actor() {
                    @Override
                    public void user() {
                        moments.add(moment(whole.get()));
                    }

                    @Override
                    public void opener() {
                        moments.add(moment(whole.get()));
                    }

                    @Override
                    public boolean privileged() {
                        return false;
                    }
                };
        try (Records dead = records()) {
            new Mailbox(request(), watches).append(content, dead);
        }
        return moments;
    }

    private static byte[] message(Random random) {
        StringBuilder text = new StringBuilder("From a@b.example  Sun Nov 29 10:00:00 2026\n");
        text.append("X-Number: ").append(random.nextInt()).append('\n');
        int lines = random.nextInt(random.nextBoolean() ? 20 : 6000);
        for (int i = 0; i < lines; i++) {
            text.append("a line, sent From here\n\n>From x Mon Jan  1 00:00:00 2026\n");
        }
        return text.append("\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] joined(byte[] a, byte[] b) {
        byte[] out = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, out, a.length, b.length);
        return out;
    }

    /// What is stored there goes into mailboxes: a file that has a name elsewhere, or is none, is
    /// another's too, and is neither written nor mapped.
    @Test
    void aFileThatIsNotItsAloneIsRefused() throws IOException, Act {
        records().close();
        Path other = directory.resolve("other");
        Files.createLink(other, kept());
        Act two = assertThrows(Act.class, this::records);
        assertTrue(two.trouble().text().endsWith("under-way is not this process's own"));
        Files.delete(other);
        records().close();
        Files.move(kept(), other);
        Files.createSymbolicLink(kept(), other);
        assertThrows(Act.class, this::records);
        Files.delete(kept());
        Files.createDirectory(kept());
        assertThrows(Act.class, this::records);
        Files.delete(kept());
        records().close();
    }

    @Test
    void atWhateverStepItWasKilledNoPartIsLeft() throws IOException, Act {
        int cut = 0;
        for (int seed = 1; seed <= 12; seed++) {
            Random random = new Random(seed);
            byte[] before = random.nextInt(4) == 0 ? new byte[0] : message(random);
            Files.write(box(), before);
            List<Moment> moments = deliver(message(random), random);
            byte[] after = Files.readAllBytes(box());
            Moment last = moments.removeLast();
            long least = before.length;
            for (Moment then : moments) {
                // What is recorded is so before the write that it is about has begun.
                long between = least + (long) (random.nextDouble() * (then.size() - least));
                for (long size : new long[] {least, between, then.size()}) {
                    back(then, Arrays.copyOf(after, (int) size));
                    recover();
                    String what = "seed " + seed + ", " + moments.indexOf(then) + ", " + size;
                    byte[] is = Files.readAllBytes(box());
                    byte[] right = then.written() ? Arrays.copyOf(after, (int) size) : before;
                    assertTrue(Arrays.equals(right, is), what + " " + warnings);
                    assertFalse(Files.exists(lock()), what);
                    cut += is.length < size ? 1 : 0;
                    assertEquals(is.length < size ? 1 : 0, warnings.size(), what);
                }
                least = then.size();
            }
            back(last, after);
            recover();
            assertEquals(after.length, Files.size(box()));
        }
        assertTrue(cut > 50, "only " + cut);
    }

    /// The moment in which all of a message is in the file and not yet forced, and the mailbox
    /// then.
    private Moment torn(byte[] before, byte[] message) throws IOException, Act {
        Files.write(box(), before);
        List<Moment> moments = deliver(message, new Random(1));
        moments.removeIf(m -> m.written());
        return moments.getLast();
    }

    private static byte[] octets(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /// What is found behind a delivery that was killed: all that may be somebody else's stays.
    private void stays(byte[] mailbox, String why) throws IOException, Act {
        Moment then = torn(octets("From z\n\nold\n\n"), message(new Random(5)));
        back(then, mailbox);
        recover();
        assertTrue(Arrays.equals(mailbox, Files.readAllBytes(box())), why);
        assertEquals(
                List.of(
                        box()
                                + ": a process was killed while it delivered to this file, which"
                                + " may hold part of a message at its end: "
                                + why),
                warnings);
        assertFalse(Files.exists(lock()));
    }

    @Test
    void whatOthersWroteStays() throws IOException, Act {
        byte[] old = octets("From z\n\nold\n\n");
        byte[] message = message(new Random(5));
        byte[] part = Arrays.copyOf(message, message.length / 2);
        byte[] all = joined(old, message);
        String other = "From x@y.example  Sun Nov  1 01:02:03 2026\n\nother\n";
        stays(octets("From z\n"), "the file is shorter than it was");
        stays(joined(all, octets("x")), "the file has grown");
        String others = "others have written to the file";
        stays(joined(old, octets("x")), others);
        stays(joined(joined(old, part), octets("\n\n" + other)), others);
        stays(joined(joined(old, part), octets("half a line" + other)), others);
        stays(joined(old, octets(other)), others);
    }

    @Test
    void whatOthersWroteIsSeenBetweenTwoPartsToo() throws IOException, Act {
        byte[] message = Arrays.copyOf(message(new Random(5)), 150_000);
        Arrays.fill(message, 1024, message.length, (byte) 'x');
        for (int i = 1; i < 80; i++) {
            Moment then = torn(new byte[0], message);
            byte[] part = Arrays.copyOf(message, (64 << 10) - i);
            String other = "From x@y.example  Sun Nov  1 01:02:03 2026\n\nother\n";
            byte[] mixed = joined(part, octets(i % 2 == 0 ? other : "\n" + other));
            back(then, mixed);
            recover();
            assertTrue(Arrays.equals(mixed, Files.readAllBytes(box())), "at " + i);
        }
    }

    @Test
    void anotherFileUnderTheNameStays() throws IOException, Act {
        byte[] message = message(new Random(5));
        Moment then = torn(new byte[0], message);
        Files.copy(box(), directory.resolve("copy"));
        Files.move(box(), directory.resolve("old"));
        Files.move(directory.resolve("copy"), box());
        back(then, message);
        recover();
        assertTrue(Arrays.equals(message, Files.readAllBytes(box())));
        assertTrue(warnings.getFirst().endsWith("the file was exchanged"), warnings.toString());
        // It may have gone elsewhere with what is in it.
        back(then, message);
        Files.delete(box());
        recover();
        assertTrue(
                warnings.getFirst().endsWith("cannot open file: No such file or directory"),
                warnings.toString());
        assertFalse(Files.exists(box()));
        assertFalse(Files.exists(lock()));
    }

    /// Whatever it is, and wherever ours broke off: a program that appends to a file need not write
    /// messages, and one of ours may end in the middle of an address.
    @Test
    void octetsOfOthersBehindOursStayWhateverTheyAre() throws IOException, Act {
        byte[] message = Arrays.copyOf(message(new Random(5)), 150_000);
        Arrays.fill(message, 1024, message.length, (byte) 'x');
        message[1999] = '>';
        message[139_999] = '>';
        String mail = "From x@y.example  Sun Nov  1 01:02:03 2026\n\nother\n";
        for (String other : List.of("x", "y", "a line of a log\n", mail)) {
            for (int broken : new int[] {0, 500, 2000, 131_072, 140_000}) {
                if (other.equals("x") && broken >= 1024) {
                    // nobody could tell
                    continue;
                }
                Moment then = torn(new byte[0], message);
                byte[] mixed = joined(Arrays.copyOf(message, broken), octets(other));
                back(then, mixed);
                recover();
                assertTrue(Arrays.equals(mixed, Files.readAllBytes(box())), broken + " " + other);
            }
        }
    }

    @Test
    void locksOfOthersStay() throws IOException, Act {
        byte[] message = message(new Random(5));
        Moment then = torn(new byte[0], message);
        back(then, message);
        Files.delete(lock());
        Files.writeString(lock(), "4711");
        recover();
        assertEquals("4711", Files.readString(lock()));
        assertTrue(Arrays.equals(message, Files.readAllBytes(box())));
        assertTrue(warnings.getFirst().contains("unable to create lock file"), warnings.toString());
    }

    /// They look like ours, but for what says whose they are.
    @Test
    void locksThatOnlyLookLikeOursStay() throws IOException, Act {
        byte[] message = message(new Random(5));
        Moment then = torn(new byte[0], message);
        back(then, message);
        Files.delete(lock());
        Files.writeString(lock(), "4711");
        Files.setPosixFilePermissions(lock(), PosixFilePermissions.fromString("---------"));
        recover();
        assertTrue(Files.exists(lock()));
        // Begun after the lock was made.
        byte[] later = then.records().clone();
        ByteBuffer.wrap(later).order(ByteOrder.nativeOrder()).putLong(8192 + 8, 1L << 40);
        back(new Moment(later, then.size(), true, false), message);
        recover();
        assertTrue(Files.exists(lock()));
        assertTrue(Arrays.equals(message, Files.readAllBytes(box())));
    }

    @Test
    void aMailboxWithAnotherNameAndALinkStay() throws IOException, Act {
        byte[] message = message(new Random(5));
        Moment then = torn(new byte[0], message);
        Path other = directory.resolve("other");
        back(then, message);
        Files.createLink(other, box());
        recover();
        assertTrue(warnings.getFirst().endsWith("file has 2 hard links"), warnings.toString());
        Files.delete(box());
        Files.createSymbolicLink(box(), other);
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        firsts(then.records());
        recover();
        assertTrue(warnings.getFirst().endsWith("file is a symbolic link"), warnings.toString());
        assertTrue(Arrays.equals(message, Files.readAllBytes(other)));
    }

    @Test
    void whatOthersHaveLockedStays() throws IOException, Act {
        kinds = List.of(Lock.FLOCK);
        byte[] message = message(new Random(5));
        Moment then = torn(new byte[0], message);
        back(then, message);
        int others = Posix.open(box().toString(), Posix.RDONLY, 0);
        assertEquals(0, Posix.flock(others));
        recover();
        assertTrue(Arrays.equals(message, Files.readAllBytes(box())));
        assertTrue(
                warnings.getFirst().contains("unable to lock for exclusive access"),
                warnings.toString());
        Posix.close(others);
    }

    @Test
    void whatAnEarlierRunOfTheMachineLeftIsNotTrue() throws IOException, Act {
        byte[] message = message(new Random(5));
        Moment then = torn(new byte[0], message);
        byte[] other = then.records().clone();
        other[4] ^= 1;
        back(new Moment(other, then.size(), false, false), message);
        recover();
        assertEquals(List.of(), warnings);
        assertTrue(Arrays.equals(message, Files.readAllBytes(box())));
    }

    @Test
    void aMaildirsFileThatWasNotWholeIsTakenAway() throws IOException, Act {
        Request.Maildir request = new Request.Maildir(SOMEBODY, directory + "/M/", "h.example");
        List<byte[]> then = new ArrayList<>();
        List<Path> names = new ArrayList<>();
        Path tmp = directory.resolve("M/tmp");
        Content content =
                out -> {
                    out.write(1);
                    then.add(firsts());
                    try (var all = Files.list(tmp)) {
                        names.addAll(all.toList());
                    }
                };
        try (Records dead = records()) {
            new Maildir(request, Actor.SELF, new AtomicLong(), dead).deliver(content);
        }
        assertEquals(1, names.size());
        firsts(then.getFirst());
        Files.writeString(names.getFirst(), "half");
        Files.writeString(tmp.resolve("another"), "x");
        recover();
        try (var all = Files.list(tmp)) {
            assertEquals(List.of(tmp.resolve("another")), all.toList());
        }
        try (var all = Files.list(directory.resolve("M/new"))) {
            assertEquals(1, all.count());
        }
    }

    /// Killed before, in and after the moving: never lost, and twice only where its reader moved it
    /// on meanwhile.
    @Test
    void aMaildirsFileThatWasMovedIsThereOnce() throws Exception {
        DeliveryKey key = DeliveryKey.of("moved");
        String maildir = directory.resolve("M") + "/";
        Request.Maildir request = new Request.Maildir(SOMEBODY, maildir, "h", key);
        try (Records dead = records()) {
            new Maildir(request, Actor.SELF, new AtomicLong(), dead)
                    .deliver(Content.of(new byte[9]));
        }
        byte[] octets = firsts();
        ByteBuffer kept = ByteBuffer.wrap(octets).order(ByteOrder.nativeOrder());
        kept.putLong(2048, 0);
        Path moved;
        try (var all = Files.list(directory.resolve("M/new"))) {
            moved = all.toList().getFirst();
        }
        Path elsewhere = directory.resolve("elsewhere");
        for (boolean there : List.of(true, false)) {
            for (int state : new int[] {1, 2}) {
                if (Files.exists(there ? elsewhere : moved)) {
                    Files.move(there ? elsewhere : moved, there ? moved : elsewhere);
                }
                kept.putInt(512 + 4, state);
                firsts(octets);
                recover();
                assertEquals(List.of(), warnings);
                try (Records next = records()) {
                    // A record that has only begun has the names of the one before.
                    assertEquals(there && state == 2, next.done(key), there + " " + state);
                }
            }
        }
    }

    @Test
    void theirDirectoryIsNobodyElses() throws IOException, Act {
        Path place = directory.resolve("records");
        records().close();
        Files.setPosixFilePermissions(place, PosixFilePermissions.fromString("rwxr-x---"));
        assertEquals(place + " is not for this user alone", refused());
        Files.move(place, directory.resolve("elsewhere"));
        Files.createSymbolicLink(place, directory.resolve("elsewhere"));
        assertEquals("open " + place + ": Not a directory", refused());
    }

    private String refused() {
        return assertThrows(Act.class, () -> records().close()).trouble().text();
    }

    private Request.Append keyed(String key) {
        Request.Append r = request();
        return new Request.Append(r.who(), r.path(), r.rules(), DeliveryKey.of(key));
    }

    private long appended(Records records, String key) throws Act, IOException {
        Content mail = Content.of("From x\nmail\n\n".getBytes(StandardCharsets.US_ASCII));
        new Mailbox(keyed(key), Actor.SELF).append(mail, records);
        return Files.size(box());
    }

    /// A server that was killed before it knew asks once more, and so does one after a helper that
    /// was.
    @Test
    void whatIsAskedForOnceMoreIsThereOnce() throws Exception {
        try (Records first = records()) {
            assertEquals(13, appended(first, "a"));
            assertEquals(13, appended(first, "a"));
            assertEquals(26, appended(first, "b"));
        }
        try (Records next = records()) {
            assertEquals(26, appended(next, "a"));
            assertEquals(26, appended(next, "b"));
            assertEquals(39, appended(next, "c"));
            String maildir = directory.resolve("M") + "/";
            Request.Maildir asked =
                    new Request.Maildir(SOMEBODY, maildir, "h", DeliveryKey.of("d"));
            for (int i = 0; i < 2; i++) {
                new Maildir(asked, Actor.SELF, new AtomicLong(), next)
                        .deliver(Content.of(new byte[9]));
            }
            try (var all = Files.list(directory.resolve("M/new"))) {
                assertEquals(1, all.count());
            }
        }
    }

    /// Killed when the message was forced, and nothing else of it known yet.
    @Test
    void whatIsForcedIsNeitherUndoneNorDoneAgain() throws Exception {
        try (Records first = records()) {
            appended(first, "a");
        }
        byte[] octets = firsts();
        ByteBuffer kept = ByteBuffer.wrap(octets).order(ByteOrder.nativeOrder());
        assertEquals(1, kept.getLong(2048));
        kept.putLong(2048, 0).putInt(512 + 4, 3);
        firsts(octets);
        recover();
        assertEquals(List.of(), warnings);
        try (Records next = records()) {
            assertEquals(13, appended(next, "a"));
            assertEquals(26, appended(next, "b"));
        }
    }

    /// A mail is not deferred because many others are under way; one among others is left alone.
    @Test
    void whoFindsNoRecordFreeWaitsForOne() throws Exception {
        try (Records all = records()) {
            List<Records.Entry> taken = new ArrayList<>();
            for (int i = 0; i < 128; i++) {
                taken.add(all.beginNow(request()));
            }
            Trouble none = assertThrows(Act.class, () -> all.beginNow(request())).trouble();
            assertEquals("too many deliveries at a time", none.text());
            CompletableFuture<Long> size = new CompletableFuture<>();
            Thread waits =
                    Thread.ofPlatform()
                            .daemon()
                            .start(() -> {
                                try {
                                    size.complete(appended(all, "waits"));
                                } catch (Act | IOException e) {
                                    size.completeExceptionally(e);
                                }
                            });
            Until.seen(
                    "it waits",
                    () -> waits.getState() == Thread.State.TIMED_WAITING || size.isDone());
            assertFalse(size.isDone());
            taken.removeFirst().close();
            assertEquals(13, size.get(120, TimeUnit.SECONDS));
            taken.forEach(Records.Entry::close);
        }
    }

    @Test
    void ofWhatWasDoneTheLastIsKnown() throws Exception {
        try (Records first = records()) {
            for (int i = 0; i < 5000; i++) {
                try (Records.Entry entry = first.begin(keyed("" + i))) {
                    entry.written();
                }
            }
            for (int i = 0; i < 5000; i++) {
                assertEquals(i >= 5000 - 4096, first.done(DeliveryKey.of("" + i)), "" + i);
            }
        }
        try (Records next = records()) {
            for (int i = 0; i < 5000; i++) {
                assertEquals(i >= 5000 - 4096, next.done(DeliveryKey.of("" + i)), "" + i);
            }
            assertFalse(next.done(DeliveryKey.NONE));
        }
    }
}
