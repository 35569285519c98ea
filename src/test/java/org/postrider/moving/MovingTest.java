package org.postrider.moving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.address.Address;
import org.postrider.disk.Disk;
import org.postrider.disk.RealDisk;
import org.postrider.dsn.Status;
import org.postrider.message.Content;
import org.postrider.message.ContentReceiver;
import org.postrider.message.ContentWriter;
import org.postrider.message.Facts;
import org.postrider.message.MemoryContent;
import org.postrider.pickup.MaildropWriter;
import org.postrider.queue.Attributes;
import org.postrider.queue.Dsn;
import org.postrider.queue.Envelope;
import org.postrider.queue.JournalQueue;
import org.postrider.queue.Mark;
import org.postrider.queue.NewMessage;
import org.postrider.queue.Queue;
import org.postrider.queue.QueueException;
import org.postrider.queue.QueueId;
import org.postrider.queue.QueuedMessage;
import org.postrider.queue.Recipient;
import org.postrider.queue.Transaction;
import org.postrider.time.Clock;

/// Mail moves between Postfix's queue files and ours, whole and once.
class MovingTest {
    private static final JournalQueue.Options OPTIONS =
            new JournalQueue.Options(
                    1 << 16, 2000, 0, false, JournalQueue.Limits.ofContents(1 << 20, 1 << 20));
    private static final int MESSAGES = 5;
    private static final int BEYOND = 1 << 20;

    /// Calls of the disk from one end of the process to the next. 1 walks all of them in a minute.
    private static final int STEP = Integer.getInteger("postrider.moving.step", 4);

    private static final long DUE = Clock.system().wallMillis() + 3_600_000;

    @TempDir Path directory;
    private final List<String> left = new ArrayList<>();

    private final Told told =
            new Told() {
                @Override
                public void moved(String queueName, String before, String now) {}

                @Override
                public void left(String what, String why) {
                    left.add(what + ": " + why);
                }

                @Override
                public void remark(String what, String text) {}
            };

    /// The disk of a process that is killed before its n-th call.
    ///
    /// @param rest how many calls are left
    private static Disk dying(int[] rest) {
        RealDisk real = new RealDisk();
        return (Disk)
                Proxy.newProxyInstance(
                        Disk.class.getClassLoader(),
                        new Class<?>[] {Disk.class},
                        (_, method, args) -> dying(real, rest, method, args));
    }

    private static Object dying(
            Object real, int[] rest, java.lang.reflect.Method method, Object[] args)
            throws Throwable {
        boolean closes = method.getName().equals("close");
        if (!closes && rest[0]-- <= 0) {
            throw new IOException("killed");
        }
        try {
            Object made = method.invoke(real, args);
            return made instanceof Disk.File file
                    ? Proxy.newProxyInstance(
                            Disk.class.getClassLoader(),
                            new Class<?>[] {Disk.File.class},
                            (_, m, a) -> dying(file, rest, m, a))
                    : made;
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static Path theirs(Path at) throws IOException {
        Path queue = at.resolve("theirs");
        Files.createDirectories(queue.resolve("incoming"));
        return queue;
    }

    private static Queue open(Disk disk, Path ours) {
        return JournalQueue.open(disk, ours, OPTIONS, Clock.system(), _ -> {});
    }

    private static PostfixQueue postfix(Disk disk, Path at) {
        return new PostfixQueue(disk, at, Set.of("deferred", "defer"), 1);
    }

    /// One of each kind.
    private static void fill(Queue queue) throws IOException {
        for (int i = 0; i < MESSAGES; i++) {
            String text = "Subject: " + i + "\r\n\r\n" + ("line " + i + "\r\n").repeat(i * 100 + 1);
            byte[] octets = text.getBytes(StandardCharsets.ISO_8859_1);
            try (ContentWriter w = queue.content()) {
                ContentReceiver receiver = new ContentReceiver(w, false, false, 0);
                receiver.lines(octets, 0, octets.length);
                Envelope envelope =
                        new Envelope(
                                new Address("s" + i + "@x.example"),
                                List.of(
                                        Recipient.of(new Address("had@y.example")),
                                        new Recipient(
                                                new Address("owed@y.example"),
                                                new Address("alias@y.example"),
                                                Recipient.FAILURE,
                                                "rfc822;alias+@y.example")),
                                1_790_000_000_123L,
                                Attributes.OWN.withDsn(new Dsn(Dsn.Return.HDRS, "id" + i)));
                QueueId id = queue.newId();
                List<Mark> marks = new ArrayList<>();
                marks.add(new Mark.Done(id, 0));
                if (i % 2 == 0) {
                    Mark.Reason why =
                            new Mark.Reason(
                                    1,
                                    new Status(4, 4, 1),
                                    "refused",
                                    "none",
                                    "mx.example",
                                    "450 no",
                                    "delayed");
                    marks.add(new Mark.Deferred(id, DUE, List.of(why)));
                }
                NewMessage m = new NewMessage(id, envelope, w.finish(receiver.finish()), i == 3);
                queue.commit(new Transaction(List.of(m), marks));
            }
        }
    }

    /// What counts of all messages, by sender.
    private static TreeMap<String, String> contents(Queue queue) {
        TreeMap<String, String> out = new TreeMap<>();
        queue.each(l -> {
            QueuedMessage m = l.message();
            Envelope e = m.envelope();
            String before =
                    out.put(
                            e.sender().text(),
                            e.recipients()
                                    + " "
                                    + e.arrivalMillis()
                                    + " "
                                    + e.attributes()
                                    + m.done(0)
                                    + m.done(1)
                                    + m.reason(1)
                                    + m.held()
                                    + m.size()
                                    + content(m));
            assertEquals(null, before, "twice");
        });
        return out;
    }

    private static String content(QueuedMessage m) {
        try (var in = m.content().body()) {
            return new String(m.content().header(), StandardCharsets.ISO_8859_1)
                    + new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void importAll(Disk disk, Path ours, Path theirs) throws IOException {
        Ledger ledger = new Ledger(disk, ours);
        try (Queue queue = open(disk, ours)) {
            Unfinished.end(queue, ours, ledger, d -> postfix(disk, d));
            new Import(postfix(disk, theirs), queue, ledger, false, false, told).messages();
        }
    }

    private void exportAll(Disk disk, Path ours, Path theirs) throws IOException {
        Ledger ledger = new Ledger(disk, ours);
        try (Queue queue = open(disk, ours)) {
            Unfinished.end(queue, ours, ledger, d -> postfix(disk, d));
            new Export(
                            queue,
                            postfix(disk, theirs),
                            ledger,
                            new Export.Options(false, 0, false),
                            told)
                    .messages();
        }
    }

    private static List<String> files(Path theirs) throws IOException {
        try (Stream<Path> all = Files.walk(theirs)) {
            return all.filter(Files::isRegularFile)
                    .map(p -> theirs.relativize(p).toString())
                    .toList();
        }
    }

    @Test
    void whatGoesComesBackAsItWas() throws IOException {
        Path ours = directory.resolve("ours");
        Path theirs = theirs(directory);
        TreeMap<String, String> before;
        try (Queue queue = open(new RealDisk(), ours)) {
            fill(queue);
            before = contents(queue);
        }
        exportAll(new RealDisk(), ours, theirs);
        assertEquals(MESSAGES + 3, files(theirs).size(), () -> "messages and reasons of three");
        try (Queue queue = open(new RealDisk(), ours)) {
            assertEquals(0, queue.size());
        }
        importAll(new RealDisk(), ours, theirs);
        assertEquals(List.of(), files(theirs));
        try (Queue queue = open(new RealDisk(), ours)) {
            assertEquals(before, contents(queue));
            assertEquals(3, queue.ids("deferred").size());
            for (QueueId id : queue.ids("deferred")) {
                assertEquals(DUE, queue.dueMillis(id));
            }
        }
        assertEquals(List.of(), left);
    }

    /// A process that ends before any of its calls: both queues together have each message once,
    /// ours does not start meanwhile if they might not, and the next run makes an end of it.
    @Test
    void noEndOfTheProcessLosesOrDoublesMail() throws IOException {
        for (boolean in : new boolean[] {true, false}) {
            // The queue is opened and the first files are read before; then a batch is moved.
            int all = BEYOND - walk(in, BEYOND);
            assertTrue(all > 40, "calls: " + all);
            for (int calls = STEP == 1 ? 0 : all - 36; calls < all; calls += STEP) {
                walk(in, calls);
            }
        }
    }

    /// @return how many calls it had left
    private int walk(boolean in, int calls) throws IOException {
        Path at = directory.resolve((in ? "in" : "out") + calls);
        Path ours = at.resolve("ours");
        Path theirs = theirs(at);
        TreeMap<String, String> before;
        try (Queue queue = open(new RealDisk(), ours)) {
            fill(queue);
            before = contents(queue);
        }
        if (in) {
            exportAll(new RealDisk(), ours, theirs);
        }
        int[] rest = {calls};
        try {
            if (in) {
                importAll(dying(rest), ours, theirs);
            } else {
                exportAll(dying(rest), ours, theirs);
            }
        } catch (IOException | QueueException | UncheckedIOException e) {
            // killed
        }
        // What the dead process took for damage.
        left.clear();
        String when = (in ? "import " : "export ") + calls;
        if (in) {
            importAll(new RealDisk(), ours, theirs);
        } else {
            exportAll(new RealDisk(), ours, theirs);
        }
        assertFalse(Files.exists(ours.resolve("moving")), when);
        if (!in) {
            try (Queue queue = open(new RealDisk(), ours)) {
                assertEquals(0, queue.size(), when);
            }
            importAll(new RealDisk(), ours, theirs);
        }
        assertEquals(List.of(), files(theirs), when);
        try (Queue queue = open(new RealDisk(), ours)) {
            assertEquals(before, contents(queue), when);
        }
        assertEquals(List.of(), left, when);
        return rest[0];
    }

    /// A file of Postfix's under the very name that ours would get is not ours to write over, nor
    /// to delete by the run after.
    @Test
    void aFileThatIsThereAlreadyStays() throws IOException {
        Path ours = directory.resolve("ours");
        Path theirs = theirs(directory);
        Path there;
        try (Queue queue = openLong(ours)) {
            fill(queue);
            String id = queue.ids("hold").getFirst().text();
            there = theirs.resolve("hold/" + id);
        }
        Files.createDirectories(theirs.resolve("hold"));
        Files.writeString(there, "another message");
        for (int run = 0; run < 2; run++) {
            left.clear();
            Disk disk = new RealDisk();
            Ledger ledger = new Ledger(disk, ours);
            try (Queue queue = openLong(ours)) {
                Unfinished.end(queue, ours, ledger, d -> postfix(disk, d));
                new Export(
                                queue,
                                postfix(disk, theirs),
                                ledger,
                                new Export.Options(true, 0, false),
                                told)
                        .messages();
                assertEquals(1, queue.size());
            }
            assertEquals("another message", Files.readString(there));
            assertEquals(1, left.size(), left.toString());
            assertTrue(left.getFirst().endsWith(" is there already"), left.toString());
        }
    }

    /// With enable_long_queue_ids.
    private static Queue openLong(Path ours) {
        JournalQueue.Limits limits = JournalQueue.Limits.ofContents(1 << 20, 1 << 20);
        JournalQueue.Options options = new JournalQueue.Options(1 << 16, 2000, 0, true, limits);
        return JournalQueue.open(new RealDisk(), ours, options, Clock.system(), _ -> {});
    }

    private static void ledger(Path ours, Path theirs, String... lines) throws IOException {
        Files.writeString(
                ours.resolve("moving"),
                "postrider moving 1\n" + theirs + "\n" + String.join("\n", lines));
    }

    /// What names no file below a queue, or was written by another, is not acted on.
    @Test
    void aForgedLedgerIsRefused() throws IOException {
        Path ours = directory.resolve("ours");
        Path theirs = theirs(directory);
        Path victim = Files.writeString(directory.resolve("victim"), "of somebody's");
        String id;
        try (Queue queue = open(new RealDisk(), ours)) {
            fill(queue);
            id = queue.ids("hold").getFirst().text();
        }
        for (String line :
                List.of(
                        "IN " + id + " rwx------ ../victim",
                        "IN " + id + " rwx------ incoming/../../victim",
                        "IN " + id + " rwx------ " + victim,
                        "MAILDROP_IN ../../victim rwxr--r-- incoming/ABCDEF",
                        "OUT NONE rwsr-xr-x incoming/ABCDEF",
                        "IN " + id + " rwx------ hold/ABCDEF")) {
            ledger(ours, theirs, line);
            assertThrows(IOException.class, () -> importAll(new RealDisk(), ours, theirs), line);
            assertTrue(Files.exists(ours.resolve("moving")), line);
        }
        assertEquals("of somebody's", Files.readString(victim));
        ledger(ours, theirs);
        Path ledger = ours.resolve("moving");
        Path other = ours.resolve("other-name");
        Files.createLink(other, ledger);
        assertThrows(IOException.class, () -> importAll(new RealDisk(), ours, theirs));
        Files.delete(other);
        if (System.getProperty("user.name").equals("root")) {
            Files.setAttribute(ledger, "unix:uid", 65_534);
            assertThrows(IOException.class, () -> importAll(new RealDisk(), ours, theirs));
            Files.setAttribute(ledger, "unix:uid", 0);
        }
        importAll(new RealDisk(), ours, theirs);
        assertFalse(Files.exists(ledger));
    }

    /// The user whose submission it is may put anything in its place as soon as it is his.
    @Test
    void aLinkInMaildropLeadsNowhere() throws IOException {
        Path ours = directory.resolve("ours");
        Path theirs = theirs(directory);
        Path victim = Files.writeString(directory.resolve("victim"), "of somebody's");
        Files.setPosixFilePermissions(victim, PosixFilePermissions.fromString("rw-------"));
        open(new RealDisk(), ours).close();
        Files.createDirectories(theirs.resolve("maildrop"));
        Path there = Files.createDirectories(ours.resolve("maildrop")).resolve("ABCDEF");
        for (boolean hard : new boolean[] {false, true}) {
            if (hard) {
                Files.createLink(there, victim);
            } else {
                Files.createSymbolicLink(there, victim);
            }
            ledger(ours, theirs, "MAILDROP_IN ABCDEF rwxr--r-- maildrop/ABCDEF");
            assertThrows(IOException.class, () -> importAll(new RealDisk(), ours, theirs));
            Files.delete(there);
        }
        assertEquals(
                "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(victim)));
    }

    /// No name or line that a user wrote there ends the run, or becomes a line of the ledger.
    @Test
    void aHostileSubmissionIsNamedAndLeft() throws IOException {
        Path ours = directory.resolve("ours");
        Path theirs = theirs(directory);
        Files.createDirectories(theirs.resolve("maildrop"));
        Path maildrop = Files.createDirectories(ours.resolve("maildrop"));
        Path bad = maildrop.resolve("ABCDEF");
        try (MaildropWriter out =
                MaildropWriter.create(new RealDisk(), maildrop, "ABCDEF", "rw-------")) {
            out.line("sender", "a@x.example");
            out.line("notify", "zz");
            out.line("recipient", "b@x.example");
            out.beginContent();
            out.commit();
        }
        Files.copy(bad, maildrop.resolve("A\nOUT ABCDEF rwx------ incoming"));
        Files.copy(bad, maildrop.resolve("BCDEF0"));
        Files.createLink(maildrop.resolve("BCDEF1"), maildrop.resolve("BCDEF0"));
        Disk disk = new RealDisk();
        new Submissions(postfix(disk, theirs), ours, new Ledger(disk, ours), false, told).give();
        assertEquals(4, left.size(), left.toString());
        assertTrue(left.get(0).startsWith("maildrop/A?OUT?ABCDEF"), left.toString());
        assertTrue(left.get(1).contains("notify zz"), left.toString());
        assertTrue(left.get(2).endsWith("has 2 names"), left.toString());
        assertEquals(List.of(), files(theirs));
    }

    /// What is nobody's message is named, left as it is, and waited for by nobody.
    @Test
    void linksFifosAndFilesOfOthersAreLeft() throws Exception {
        Path ours = directory.resolve("ours");
        Path theirs = theirs(directory);
        try (Queue queue = open(new RealDisk(), ours)) {
            fill(queue);
        }
        exportAll(new RealDisk(), ours, theirs);
        Path held;
        try (Stream<Path> all = Files.list(theirs.resolve("hold"))) {
            held = all.findFirst().orElseThrow();
        }
        Path incoming = theirs.resolve("incoming");
        Files.createLink(incoming.resolve("ABCDEF1"), held);
        Files.createSymbolicLink(incoming.resolve("ABCDEF2"), held);
        String fifo = incoming.resolve("ABCDEF3").toString();
        assertEquals(0, new ProcessBuilder("mkfifo", fifo).start().waitFor());
        int many = 4;
        if (System.getProperty("user.name").equals("root")) {
            Path other = Files.copy(held, incoming.resolve("ABCDEF4"));
            Files.setPosixFilePermissions(other, PosixFilePermissions.fromString("rwx------"));
            Files.setAttribute(other, "unix:uid", 65_534);
            many++;
        }
        importAll(new RealDisk(), ours, theirs);
        assertEquals(many, left.size(), left.toString());
        assertEquals(2, left.stream().filter(l -> l.endsWith(": has 2 names")).count());
        assertEquals(2, left.stream().filter(l -> l.endsWith(": not a regular file")).count());
        assertEquals(many - 4, left.stream().filter(l -> l.contains(": belongs to ")).count());
        try (Queue queue = open(new RealDisk(), ours)) {
            assertEquals(MESSAGES - 1, queue.size());
        }
    }

    /// Ours in Postfix's queue, the one on hold with a bounce log.
    ///
    /// @return the file of that one
    private Path bounced(Path ours, Path theirs) throws IOException {
        try (Queue queue = open(new RealDisk(), ours)) {
            fill(queue);
        }
        exportAll(new RealDisk(), ours, theirs);
        Files.createDirectories(theirs.resolve("bounce"));
        try (Stream<Path> all = Files.list(theirs.resolve("hold"))) {
            return all.findFirst().orElseThrow();
        }
    }

    /// Who has failed and is not told of yet stands in the bounce log alone: in the queue file he
    /// is done. He fails once more here, so that the sender is told.
    @Test
    void whoHasFailedAndIsNotToldOfYetIsOwedAgain() throws IOException {
        Path ours = directory.resolve("ours");
        Path theirs = theirs(directory);
        Path held = bounced(ours, theirs);
        Path log = theirs.resolve("bounce").resolve(String.valueOf(held.getFileName()));
        Files.writeString(
                log,
                """

                <had@y.example>: no such user
                recipient=had@y.example
                offset=0
                status=5.1.1
                action=failed
                reason=no such user

                """);
        importAll(new RealDisk(), ours, theirs);
        assertFalse(Files.exists(log));
        try (Queue queue = open(new RealDisk(), ours)) {
            assertEquals(MESSAGES, queue.size());
            QueueId id = queue.ids("hold").getFirst();
            QueuedMessage m = Objects.requireNonNull(queue.find(id));
            assertFalse(m.done(0));
        }
        assertEquals(List.of(), left);
    }

    /// Where that log cannot be read, the message stays Postfix's.
    @Test
    void aMessageWhoseBounceLogCannotBeReadIsLeft() throws IOException {
        Path ours = directory.resolve("ours");
        Path theirs = theirs(directory);
        Path held = bounced(ours, theirs);
        String id = String.valueOf(held.getFileName());
        Path log = Files.createDirectory(theirs.resolve("bounce").resolve(id));
        importAll(new RealDisk(), ours, theirs);
        assertEquals(1, left.size(), left.toString());
        assertTrue(
                left.getFirst().startsWith("hold/" + id + ": its bounce log: "), left.getFirst());
        assertTrue(Files.exists(held));
        assertTrue(Files.exists(log));
        try (Queue queue = open(new RealDisk(), ours)) {
            assertEquals(MESSAGES - 1, queue.size());
        }
    }

    /// Nor is a record of it passed over that fits no recipient: who of the done ones it is about
    /// is not known.
    @Test
    void aMessageWhoseBounceLogNamesSomebodyElseIsLeft() throws IOException {
        Path ours = directory.resolve("ours");
        Path theirs = theirs(directory);
        Path held = bounced(ours, theirs);
        String id = String.valueOf(held.getFileName());
        Path log = theirs.resolve("bounce").resolve(id);
        Files.writeString(log, "\n<x@z.example>: no such user\nrecipient=x@z.example\n\n");
        importAll(new RealDisk(), ours, theirs);
        assertEquals(
                List.of("hold/" + id + ": its bounce log: x@z.example is none of its recipients"),
                left);
        assertTrue(Files.exists(held));
        assertTrue(Files.exists(log));
    }

    /// A disk that knows what a loss of power would take: files that were written and directories
    /// whose names changed since they were forced.
    private static final class Unforced {
        final Set<Path> all = new TreeSet<>();
        private final RealDisk real = new RealDisk();

        Disk disk() {
            return (Disk)
                    Proxy.newProxyInstance(
                            Disk.class.getClassLoader(),
                            new Class<?>[] {Disk.class},
                            (_, method, args) -> call(real, null, method, args));
        }

        private Object call(
                Object on, @Nullable Path file, java.lang.reflect.Method method, Object[] args)
                throws Throwable {
            Object made;
            try {
                made = method.invoke(on, args);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
            switch (method.getName()) {
                case "write" -> all.add(Objects.requireNonNull(file));
                case "force" -> all.remove(file);
                case "create", "makeDirectory" -> changed((Path) args[0]);
                case "delete" -> {
                    if (Boolean.TRUE.equals(made)) {
                        changed((Path) args[0]);
                        all.remove((Path) args[0]);
                    }
                }
                case "rename" -> {
                    changed((Path) args[0]);
                    changed((Path) args[1]);
                    if (all.remove((Path) args[0])) {
                        all.add((Path) args[1]);
                    }
                }
                case "forceDirectory" -> all.remove((Path) args[0]);
                default -> {}
            }
            return made instanceof Disk.File opened
                    ? Proxy.newProxyInstance(
                            Disk.class.getClassLoader(),
                            new Class<?>[] {Disk.File.class},
                            (_, m, a) -> call(opened, (Path) args[0], m, a))
                    : made;
        }

        private void changed(Path path) {
            all.add(Objects.requireNonNull(path.getParent()));
        }
    }

    /// No loss of power takes mail: before ours is told that a message has gone, its file, what is
    /// said of it and their names are on the disk, and so is the list of what is being moved.
    @Test
    void whatIsGivenIsDurableBeforeItIsGoneHere() throws IOException {
        Path ours = directory.resolve("ours");
        Path theirs = theirs(directory);
        Unforced unforced = new Unforced();
        List<String> commits = new ArrayList<>();
        try (Queue queue = open(new RealDisk(), ours)) {
            fill(queue);
            Queue watched =
                    (Queue)
                            Proxy.newProxyInstance(
                                    Queue.class.getClassLoader(),
                                    new Class<?>[] {Queue.class},
                                    (_, method, args) -> {
                                        if (method.getName().equals("commit")) {
                                            commits.add(unforced.all.toString());
                                        }
                                        try {
                                            return method.invoke(queue, args);
                                        } catch (InvocationTargetException e) {
                                            throw e.getCause();
                                        }
                                    });
            Disk disk = unforced.disk();
            new Export(
                            watched,
                            postfix(disk, theirs),
                            new Ledger(disk, ours),
                            new Export.Options(false, 0, false),
                            told)
                    .messages();
        }
        assertEquals(List.of("[]"), commits);
        assertEquals(MESSAGES, files(theirs).stream().filter(f -> !f.startsWith("defer/")).count());
    }

    /// Whatever stands in a file, reading it comes to an end: a message, or what is wrong.
    @Test
    void filesOfAnyOctetsAreReadOrNamed() throws IOException {
        Path ours = directory.resolve("ours");
        Path theirs = theirs(directory);
        try (Queue queue = open(new RealDisk(), ours)) {
            fill(queue);
        }
        exportAll(new RealDisk(), ours, theirs);
        List<byte[]> whole = new ArrayList<>();
        for (String each : files(theirs)) {
            if (!each.startsWith("defer/")) {
                whole.add(Files.readAllBytes(theirs.resolve(each)));
            }
        }
        Random random = new Random(16);
        int read = 0;
        int named = 0;
        for (int round = 0; round < 6_000; round++) {
            byte[] octets = changed(whole.get(random.nextInt(whole.size())).clone(), random);
            try {
                parse(octets);
                read++;
            } catch (Records.DamagedException e) {
                named++;
            }
        }
        assertTrue(read > 100 && named > 1000, read + " read, " + named + " named");
    }

    private static byte[] changed(byte[] octets, Random random) {
        byte[] out = octets;
        if (random.nextInt(4) == 0) {
            out = Arrays.copyOf(out, random.nextInt(out.length));
        }
        for (int i = random.nextInt(6); i >= 0 && out.length > 0; i--) {
            int at = random.nextInt(Math.min(out.length, random.nextBoolean() ? 400 : out.length));
            out[at] =
                    (byte)
                            (random.nextBoolean()
                                    ? "pwRDNLMXE".charAt(random.nextInt(9))
                                    : random.nextInt(256));
        }
        return out;
    }

    private static void parse(byte[] octets) throws IOException {
        Disk.File file = new Octets(octets);
        Recipient.Writer to = Recipient.Writer.inMemory(_ -> true);
        PostfixFile read = new PostfixFile(file, "ABCDEF", to, _ -> {});
        read.envelope(to.all());
        read.content(new Nowhere());
    }

    /// A file in memory.
    private record Octets(byte[] octets) implements Disk.File {
        @Override
        public void write(ByteBuffer from, long position) {
            throw new AssertionError("written to");
        }

        @Override
        public int read(ByteBuffer into, long position) {
            if (position >= octets.length) {
                return -1;
            }
            int n = (int) Math.min(into.remaining(), octets.length - position);
            into.put(octets, (int) position, n);
            return n;
        }

        @Override
        public void force() {}

        @Override
        public long size() {
            return octets.length;
        }

        @Override
        public void close() {}
    }

    /// Keeps nothing.
    private static final class Nowhere implements ContentWriter {
        @Override
        public void header(byte[] from, int offset, int length) {}

        @Override
        public byte[] header() {
            return new byte[0];
        }

        @Override
        public void body(byte[] from, int offset, int length) {}

        @Override
        public Content finish(Facts facts) {
            return new MemoryContent(new byte[0], new byte[0], facts);
        }

        @Override
        public void close() {}
    }
}
