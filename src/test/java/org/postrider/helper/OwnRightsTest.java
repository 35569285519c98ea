package org.postrider.helper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.Needs;
import org.postrider.rights.Account;
import org.postrider.rights.Accounts;
import org.postrider.rights.Answer;
import org.postrider.rights.Appended;
import org.postrider.rights.Command;
import org.postrider.rights.Command.Limits;
import org.postrider.rights.Command.Line;
import org.postrider.rights.Command.Place;
import org.postrider.rights.Content;
import org.postrider.rights.Ended;
import org.postrider.rights.Ended.How;
import org.postrider.rights.Errno;
import org.postrider.rights.Identity;
import org.postrider.rights.MailboxRules;
import org.postrider.rights.MailboxRules.Lock;
import org.postrider.rights.MailboxRules.Locks;
import org.postrider.rights.Puts;
import org.postrider.rights.ReadRules;
import org.postrider.rights.Request;
import org.postrider.rights.Trouble;
import org.postrider.rights.Trouble.Kind;
import org.postrider.threads.Supervisor;
import org.postrider.threads.Work;

/// What is done with the rights of the user that runs this: the acts themselves. As root the acts
/// are those of root, which no server ever does, under the number of somebody who is not there.
class OwnRightsTest {
    private static final Locks LOCKS =
            new Locks(
                    List.of(Lock.DOTLOCK, Lock.FLOCK, Lock.FCNTL),
                    3,
                    Duration.ofMillis(10),
                    Duration.ofSeconds(500));
    private static final Limits LIMITS = new Limits(Duration.ofSeconds(20), 4096, 0);

    @TempDir private Path directory;
    @TempDir private Path data;
    private final List<String> warnings = new ArrayList<>();
    private final Supervisor supervisor = Supervisor.alone();
    private final ExecutorService threads =
            supervisor.family(Work.of("acts", "test").onPlatform()).pool(2);
    private final Account own = account();
    private OwnRights rights;

    private static Account account() {
        Account real = Accounts.system().named(System.getProperty("user.name"));
        assertNotNull(real);
        int uid = real.uid() == 0 ? 0x7ffffff0 : real.uid();
        return new Account("somebody", uid, real.gid(), "", "/", "/bin/sh");
    }

    @BeforeEach
    void begin() throws IOException {
        rights =
                new OwnRights(
                        own,
                        threads,
                        new OwnRights.Served(Path.of(""), threads),
                        data,
                        warnings::add);
    }

    @AfterEach
    void end() {
        rights.close();
        threads.shutdown();
        supervisor.close();
    }

    private Identity me() {
        return own.identity();
    }

    private String in(String name) {
        return directory.resolve(name).toString();
    }

    private static <T> T done(Answer<T> answer) {
        return switch (answer) {
            case Answer.Done<T> d -> d.value();
            case Answer.Refused<T> r -> throw new AssertionError(r.trouble().toString());
        };
    }

    private static Trouble trouble(Answer<?> answer) {
        return assertInstanceOf(Answer.Refused.class, answer).trouble();
    }

    private static Content text(String text) {
        return Content.of(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private MailboxRules rules(MailboxRules.Place place, long limit) {
        return new MailboxRules(place, LOCKS, limit, false);
    }

    private Answer<Appended> append(String name, String text) {
        return Puts.append(rights, me(), in(name), rules(MailboxRules.Place.OWN, 0), text(text));
    }

    @Test
    void aMailboxIsMadeAndGrows() throws IOException {
        assertEquals(0, done(append("box", "one\n")).before());
        assertEquals(4, done(append("box", "two\n")).before());
        assertEquals("one\ntwo\n", Files.readString(directory.resolve("box")));
        assertEquals(
                "rw-------",
                PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(directory.resolve("box"))));
        assertFalse(Files.exists(directory.resolve("box.lock")));
    }

    @Test
    void whatIsForThoseWithoutAFileIsNotPutWhereOneIs() throws IOException {
        Files.writeString(directory.resolve("forward"), "");
        Request.Put box = new Request.Append(me(), in("box"), rules(MailboxRules.Place.OWN, 0));
        Request.Put maildir = new Request.Maildir(me(), in("M") + "/", "h");
        for (Request.Put put : List.of(box, maildir)) {
            assertEquals(
                    Kind.PRESENT,
                    trouble(rights.put(put, List.of(in("none"), in("forward")), text("x\n")))
                            .kind());
            assertFalse(Files.exists(Path.of(put.path())));
            done(rights.put(put, List.of(in("none")), text("x\n")));
            assertTrue(Files.exists(Path.of(put.path())));
        }
    }

    @Test
    void twoThatWriteToOneMailboxTakeTurnsAndDoNotWaitForALock() throws Exception {
        Locks hour = new Locks(LOCKS.kinds(), 3, Duration.ofHours(1), Duration.ofHours(9));
        MailboxRules rules = new MailboxRules(MailboxRules.Place.OWN, hour, 0, false);
        List<CompletableFuture<Void>> both = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            CompletableFuture<Void> one = new CompletableFuture<>();
            both.add(one);
            Thread.ofPlatform()
                    .daemon()
                    .start(() -> {
                        for (int n = 0; n < 200; n++) {
                            done(Puts.append(rights, me(), in("box"), rules, text("line\n")));
                        }
                        one.complete(null);
                    });
        }
        for (CompletableFuture<Void> one : both) {
            one.get(120, TimeUnit.SECONDS);
        }
        assertEquals("line\n".repeat(400), Files.readString(directory.resolve("box")));
    }

    @Test
    void whatIsNoMailboxIsNotWrittenTo() throws IOException {
        Path target = Files.writeString(directory.resolve("target"), "x");
        Files.createSymbolicLink(directory.resolve("link"), target);
        Files.createLink(directory.resolve("hard"), target);
        Files.createDirectory(directory.resolve("dir"));
        assertEquals(
                new Trouble(Kind.UNSAFE, Errno.EPERM, "file has 2 hard links"),
                trouble(append("hard", "y")));
        Files.delete(directory.resolve("hard"));
        // As root, in its own directory, root's own link is followed, as Postfix follows it.
        if (!System.getProperty("user.name").equals("root")) {
            assertEquals("file is a symbolic link", trouble(append("link", "y")).text());
            assertEquals("x", Files.readString(target));
        }
        assertEquals("cannot open file: Is a directory", trouble(append("dir", "y")).text());
    }

    @Test
    void aFailedWriteLeavesNothing() throws IOException {
        done(append("box", "one\n"));
        Answer<Appended> large =
                Puts.append(
                        rights,
                        me(),
                        in("box"),
                        rules(MailboxRules.Place.OWN, 6),
                        text("much more"));
        assertEquals(
                new Trouble(Kind.SYSTEM, Errno.EFBIG, "error writing message: File too large"),
                trouble(large));
        Answer<Appended> broken =
                Puts.append(
                        rights,
                        me(),
                        in("box"),
                        rules(MailboxRules.Place.OWN, 0),
                        out -> {
                            out.write(new byte[300_000]);
                            throw new IOException("lost");
                        });
        assertEquals(Kind.CONTENT, trouble(broken).kind());
        assertTrue(trouble(broken).temporary());
        assertEquals("one\n", Files.readString(directory.resolve("box")));
        assertFalse(Files.exists(directory.resolve("box.lock")));
    }

    @Test
    void aLockedMailboxIsNotWrittenTo() throws IOException {
        Files.createFile(directory.resolve("box.lock"));
        Trouble locked = trouble(append("box", "one\n"));
        assertEquals(Kind.LOCKED, locked.kind());
        assertTrue(locked.temporary());
        assertEquals(
                "unable to create lock file " + in("box.lock") + ": File exists", locked.text());
        // To a file it is no fault if the directory takes no lock file; one that is there is.
        Files.delete(directory.resolve("box.lock"));
        done(append("box", "one\n"));
        try (var file =
                        java.nio.channels.FileChannel.open(
                                directory.resolve("box"), java.nio.file.StandardOpenOption.WRITE);
                var lock = file.lock()) {
            assertTrue(lock.isValid());
            assertEquals(
                    "unable to lock for exclusive access: Resource temporarily unavailable",
                    trouble(append("box", "two\n")).text());
        }
        done(append("box", "two\n"));
    }

    /// flock(2) is another lock than fcntl(2)'s: a reader that takes it is waited for where it is
    /// asked for.
    @Test
    void aMailboxUnderFlockIsNotWrittenTo() throws Exception {
        Needs.program("flock");
        Path box = Files.createFile(directory.resolve("box"));
        Locks flock = new Locks(List.of(Lock.FLOCK), 2, Duration.ofMillis(20), Duration.ofHours(1));
        MailboxRules rules = new MailboxRules(MailboxRules.Place.OWN, flock, 0, false);
        Process holder =
                new ProcessBuilder("flock", "-x", box.toString(), "sh", "-c", "echo has; read end")
                        .start();
        try {
            assertEquals("has", holder.inputReader().readLine());
            assertEquals(
                    "unable to lock for exclusive access: Resource temporarily unavailable",
                    trouble(Puts.append(rights, me(), box.toString(), rules, text("x\n"))).text());
        } finally {
            holder.getOutputStream().close();
            holder.onExit().join();
        }
        done(Puts.append(rights, me(), box.toString(), rules, text("x\n")));
    }

    @Test
    void aDeviceIsWrittenToAsAFileOnly() {
        Content content = text("x");
        done(Puts.append(rights, me(), "/dev/null", rules(MailboxRules.Place.FILE, 10), content));
        assertEquals(
                "destination /dev/null is not a regular file",
                trouble(
                                Puts.append(
                                        rights,
                                        me(),
                                        "/dev/null",
                                        rules(MailboxRules.Place.OWN, 0),
                                        content))
                        .text());
    }

    @Test
    void aMaildirIsMadeWithWhatIsMissing() throws IOException {
        done(Puts.maildir(rights, me(), in("a/b") + "/", "host.example", text("hello\n")));
        String path = Puts.only(directory.resolve("a/b")).toString();
        assertTrue(
                path.matches(".*/a/b/new/\\d+\\.V[0-9a-f]+I[0-9a-f]+M\\d+\\.host\\.example"), path);
        assertEquals("hello\n", Files.readString(Path.of(path)));
        for (String part : List.of("a", "a/b", "a/b/tmp", "a/b/cur", "a/b/new")) {
            assertEquals(
                    "rwx------",
                    PosixFilePermissions.toString(
                            Files.getPosixFilePermissions(directory.resolve(part))));
        }
        try (var left = Files.list(directory.resolve("a/b/tmp"))) {
            assertEquals(0, left.count());
        }
        Answer<Appended> broken =
                Puts.maildir(
                        rights,
                        me(),
                        in("a/b") + "/",
                        "h",
                        out -> {
                            out.write('x');
                            throw new IOException("lost");
                        });
        assertEquals(Kind.CONTENT, trouble(broken).kind());
        try (var left = Files.list(directory.resolve("a/b/tmp"))) {
            assertEquals(0, left.count());
        }
        Files.writeString(directory.resolve("file"), "");
        assertTrue(
                trouble(Puts.maildir(rights, me(), in("file") + "/", "h", text("x")))
                        .text()
                        .matches("create maildir file .*: Not a directory"));
    }

    @Test
    void aUsersFileIsReadIfItIsSafe() throws IOException {
        Path forward = Files.writeString(directory.resolve(".forward"), "me\n");
        ReadRules rules = ReadRules.forward(100);
        // As root nobody that this test acts for owns it, but root may.
        assertEquals("me\n", done(rights.read(me(), in(".forward"), rules)).octets());
        Files.setPosixFilePermissions(forward, PosixFilePermissions.fromString("rw-rw-rw-"));
        assertEquals("is world writable", trouble(rights.read(me(), in(".forward"), rules)).text());
        Files.createSymbolicLink(directory.resolve("link"), forward);
        assertEquals("is not a regular file", trouble(rights.read(me(), in("link"), rules)).text());
        assertEquals(
                "is not a regular file",
                trouble(rights.read(me(), "/dev/zero", ReadRules.include(100))).text());
        Files.writeString(directory.resolve("large"), "x".repeat(101));
        assertEquals(Errno.EFBIG, trouble(rights.read(me(), in("large"), rules)).errno());
        assertEquals(Errno.ENOENT, trouble(rights.look(me(), in("none"), true)).errno());
        assertTrue(done(rights.look(me(), directory.toString(), true)).directory());
    }

    private Answer<Ended> run(Line line, Content content) {
        return rights.run(
                me(), new Command(line, Map.of("A", "b c"), Place.in(in("")), LIMITS), content);
    }

    private Ended shell(String text) {
        return done(run(new Line.Text(text, ""), text("in\n")));
    }

    @Test
    void aCommandIsRunWithItsContent() {
        assertEquals(new Ended(new How.Exit(0), "in\n", true), shell("cat"));
        assertEquals(
                new Ended(new How.Exit(67), "b c\n" + directory + "\n0077\n", true),
                shell("umask 077; cat >/dev/null; echo \"$A\"; pwd; umask; exit 67"));
        assertEquals(new How.Signal(15), shell("cat >/dev/null; kill -TERM $$").how());
        assertEquals(
                new Ended(new How.Exit(0), "a  b|c d|", true),
                done(run(new Line.Words(List.of("printf", "%s|", "a  b", "c d")), Content.none())));
        // Neither a terminal nor any descriptor of ours.
        assertEquals("0\n1\n2\n3\n", shell("ls /proc/self/fd").output());
        assertEquals("-1\n", shell("cut -d' ' -f8 /proc/$$/stat").output());
    }

    @Test
    void wordsAreLookedUpAsExecvpDoes() {
        assertEquals("hi\n", done(run(new Line.Text("echo hi", ""), Content.none())).output());
        assertEquals(
                "-c: x y\n",
                done(run(new Line.Text("x y", "/bin/echo -c:"), Content.none())).output());
        Trouble none = trouble(run(new Line.Words(List.of("/no/such")), Content.none()));
        assertEquals("execvp /no/such: No such file or directory", none.text());
        Ended unknown = done(run(new Line.Text("nosuchcommand x", ""), Content.none()));
        assertEquals(new How.Exit(127), unknown.how());
        assertTrue(unknown.output().contains("not found"), unknown.output());
        assertEquals(
                "cannot change directory to \"/no/such\": No such file or directory",
                trouble(
                                rights.run(
                                        me(),
                                        new Command(
                                                new Line.Text("true", ""),
                                                Map.of(),
                                                Place.in("/no/such"),
                                                LIMITS),
                                        Content.none()))
                        .text());
    }

    @Test
    void oneThatDoesNotReadIsNoFault() {
        Ended ended = done(run(new Line.Text("exec true", ""), Content.of(new byte[3_000_000])));
        assertEquals(new How.Exit(0), ended.how());
        assertFalse(ended.wrote());
    }

    @Test
    void outputIsReadWhileItIsFedAndCut() {
        Ended ended =
                done(
                        run(
                                new Line.Text("head -c 3000000 /dev/zero; cat >/dev/null", ""),
                                Content.of(new byte[3_000_000])));
        assertEquals(new How.Exit(0), ended.how());
        assertEquals(4096, ended.output().length());
        assertTrue(ended.wrote());
    }

    @Test
    void whatHangsIsKilledWithAllItStarted() throws IOException {
        Ended ended =
                timedOut(
                        "trap '' TERM; sleep 1000 & echo $! >child; echo out; echo >begun; sleep"
                                + " 1000",
                        300_000);
        assertEquals("out\n", ended.output());
        gone("child");
    }

    /// Runs it with less time than it takes, and with more if it had not even begun: on a busy
    /// machine a shell may take seconds until then.
    private Ended timedOut(String line, int octets) throws IOException {
        Path begun = directory.resolve("begun");
        Ended ended = null;
        for (int i = 0; i < 7 && Files.notExists(begun); i++) {
            Command command =
                    new Command(
                            new Line.Text(line, ""),
                            Map.of(),
                            Place.in(in("")),
                            new Limits(Duration.ofMillis(700 << i), 4096, 0));
            ended = done(rights.run(me(), command, Content.of(new byte[octets])));
            assertEquals(new How.TimedOut(), ended.how());
        }
        assertNotNull(ended);
        return ended;
    }

    /// As vacation(1) does, which starts sendmail and leaves.
    @Test
    void aChildThatHoldsTheOutputIsWaitedForAndHeard() throws IOException {
        Ended ended =
                shell(
                        "cat >/dev/null; mkfifo f; (read x <f; echo late; echo $x >it) & echo go"
                                + " >f; exit 7");
        assertEquals(new How.Exit(7), ended.how());
        assertEquals("late\n", ended.output());
        assertEquals("go\n", Files.readString(directory.resolve("it")));
    }

    @Test
    void aChildThatHoldsNothingGoesOn() throws Exception {
        Ended ended =
                shell(
                        "cat >/dev/null; mkfifo f; (read x <f; echo $x >it) >/dev/null 2>&1 &"
                                + " echo $! >stays");
        assertEquals(new How.Exit(0), ended.how());
        try (OutputStream more = Files.newOutputStream(directory.resolve("f"))) {
            more.write("later\n".getBytes(StandardCharsets.US_ASCII));
        }
        gone("stays");
        assertEquals("later\n", Files.readString(directory.resolve("it")));
    }

    @Test
    void aChildThatHoldsTheOutputTooLongIsKilled() throws IOException {
        timedOut("cat >/dev/null; sleep 1000 & echo $! >child; echo >begun; exit 0", 10);
        gone("child");
    }

    private void gone(String file) throws IOException {
        long pid = Long.parseLong(Files.readString(directory.resolve(file)).strip());
        ProcessHandle.of(pid).ifPresent(p -> p.onExit().join());
    }

    @Test
    void halfAMessageIsNotTakenForAWhole() {
        Answer<Ended> broken =
                run(
                        new Line.Text("cat; echo whole >whole", ""),
                        out -> {
                            out.write('x');
                            throw new IOException("lost");
                        });
        assertEquals(Kind.CONTENT, trouble(broken).kind());
        assertFalse(Files.exists(directory.resolve("whole")));
    }

    @Test
    void othersAreRefusedByName() {
        Identity other = Identity.of("other", 0x7ffffff1, 1);
        Trouble refused = trouble(rights.look(other, "/", true));
        assertEquals(Kind.FORBIDDEN, refused.kind());
        assertTrue(refused.text().endsWith("has no rights of user other"), refused.text());
        assertEquals(
                Kind.FORBIDDEN, trouble(rights.look(Identity.of("root", 0, 0), "/", true)).kind());
        assertEquals(1, rights.limits().size());
    }

    @Test
    void accountsAreThoseOfTheMachine() {
        Accounts accounts = Accounts.system();
        Account root = accounts.named("root");
        assertNotNull(root);
        assertEquals(0, root.uid());
        assertEquals(root, accounts.numbered(0));
        assertNull(accounts.named("no such user"));
        assertNull(accounts.named("a\0b"));
        assertEquals(0, accounts.group("root"));
        assertNull(accounts.group("no such group"));
    }

    /// Else each would stay in the table of processes for as long as this one runs.
    @Test
    void aFaultWhileTheMessageComesStartsNothing() throws Exception {
        Command command =
                new Command(
                        new Line.Text("echo $$ >" + in("pid") + "; read x; sleep 100", ""),
                        Map.of(),
                        Place.ANY,
                        LIMITS);
        Content faulty =
                out -> {
                    out.write(new byte[300_000]);
                    throw new IllegalArgumentException("a fault");
                };
        assertThrows(IllegalStateException.class, () -> rights.run(me(), command, faulty));
        assertFalse(Files.exists(Path.of(in("pid"))), "it was started");
    }
}
