package org.postrider.helper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import jdk.net.ExtendedSocketOptions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
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
import org.postrider.rights.FileText;
import org.postrider.rights.Identity;
import org.postrider.rights.MailboxRules;
import org.postrider.rights.MailboxRules.Lock;
import org.postrider.rights.MailboxRules.Locks;
import org.postrider.rights.Puts;
import org.postrider.rights.ReadRules;
import org.postrider.rights.Request;
import org.postrider.rights.Request.Batch;
import org.postrider.rights.Rights;
import org.postrider.rights.Trouble;
import org.postrider.rights.Trouble.Kind;
import org.postrider.rights.Wire;

/// The root helper itself, run by root, with real users: whose rights what is done has, and what is
/// done for nobody.
class HelperTest {
    private static final Locks LOCKS =
            new Locks(
                    List.of(Lock.DOTLOCK, Lock.FCNTL),
                    3,
                    Duration.ofMillis(20),
                    Duration.ofSeconds(500));
    private static final Limits LIMITS = new Limits(Duration.ofSeconds(30), 4096, 0);

    private static Users users;
    private static RunningHelper helper;
    private static Rights rights;
    private static Account anna;
    private static Account ben;

    @BeforeAll
    static void start() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "not root");
        Needs.program("useradd");
        Needs.program("setpriv");
        users = new Users();
        anna = users.add("anna");
        ben = users.add("ben");
        helper =
                new RunningHelper(
                        users.place,
                        "mail_spool_directory = "
                                + users.place
                                + "/spool\nx_maps = hash:$config_directory/secret,\n  /dev/zero\n");
        rights = helper.rights;
    }

    @AfterAll
    static void end() throws IOException {
        if (helper != null) {
            helper.close();
        }
        if (users != null) {
            users.close();
        }
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

    private static MailboxRules rules(MailboxRules.Place place) {
        return new MailboxRules(place, LOCKS, 0, true);
    }

    private static Answer<Appended> append(Account who, Path file, MailboxRules.Place place) {
        return Puts.append(rights, who.identity(), file.toString(), rules(place), text("mail\n"));
    }

    private static Path home(Account who, String name) {
        return Path.of(who.home(), name);
    }

    private static String owner(Path file) throws IOException {
        return Users.run("stat", "-c", "%U:%G %a", file.toString()).strip();
    }

    /// Connected to by mail_owner, whose directory it is, and given to a user's command.
    @Test
    void aCommandsStreamsAreAConnectionToTheMailSystem() throws Exception {
        Path socket = users.place.resolve("queue").resolve(Rights.SERVED);
        Command command =
                new Command(
                        new Command.Line.Text("id -un; read x; echo $x >&2; exit 7", ""),
                        Map.of(),
                        Command.Place.ANY,
                        new Command.Limits(Duration.ofSeconds(20), 0, 0));
        Account postfix = Accounts.system().named("postfix");
        assertNotNull(postfix);
        for (Identity who : List.of(Identity.of("root", 0, 0), postfix.identity())) {
            Trouble trouble = trouble(rights.serve(who, command, 1));
            assertEquals(Trouble.Kind.FORBIDDEN, trouble.kind(), trouble.text());
        }
        Trouble none = trouble(rights.serve(anna.identity(), command, 1));
        assertEquals("connect to " + socket + ": No such file or directory", none.text());
        try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listener.bind(UnixDomainSocketAddress.of(socket));
            Users.run("chmod", "666", socket.toString());
            CompletableFuture<Answer<Ended>> ended =
                    CompletableFuture.supplyAsync(
                            () -> rights.serve(anna.identity(), command, 0x0102030405060708L));
            try (SocketChannel channel = listener.accept()) {
                assertEquals(
                        "postfix",
                        channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user().getName());
                channel.write(ByteBuffer.wrap("hello\n".getBytes(StandardCharsets.US_ASCII)));
                byte[] all = Channels.newInputStream(channel).readAllBytes();
                assertEquals(
                        "\1\2\3\4\5\6\7\10" + anna.name() + "\nhello\n",
                        new String(all, StandardCharsets.US_ASCII));
            }
            Ended end = done(ended.get(20, TimeUnit.SECONDS));
            assertEquals(new Ended.How.Exit(7), end.how());
            assertTrue(Integer.parseInt(end.output()) > 1, end.output());
        } finally {
            Files.deleteIfExists(socket);
        }
    }

    @Test
    void aMailboxIsTheUsers() throws IOException {
        Path box = home(anna, "box");
        done(append(anna, box, MailboxRules.Place.OWN));
        done(append(anna, box, MailboxRules.Place.OWN));
        assertEquals("mail\nmail\n", Files.readString(box));
        assertEquals(anna.name() + ":" + anna.name() + " 600", owner(box));
        done(Puts.maildir(rights, anna.identity(), home(anna, "M/") + "/", "h.example", text("m")));
        String path = Puts.only(home(anna, "M")).toString();
        assertEquals(anna.name() + ":" + anna.name() + " 600", owner(Path.of(path)));
        assertEquals(anna.name() + ":" + anna.name() + " 700", owner(home(anna, "M/new")));
    }

    @Test
    void aCommandHasNothingOfRootLeft() throws IOException {
        Ended ended =
                run(anna, "cat; id; umask; grep -E '^(Uid|Gid|Groups|Cap)' /proc/self/status");
        assertEquals(new How.Exit(0), ended.how());
        String uid = "\t" + anna.uid();
        String gid = "\t" + anna.gid();
        String none = "\t0000000000000000\n";
        assertTrue(
                ended.output().startsWith("in\nuid=" + anna.uid() + "(" + anna.name() + ") gid="));
        assertTrue(ended.output().contains("\n0077\n"), ended.output());
        assertTrue(ended.output().contains("Uid:" + uid.repeat(4) + "\n"), ended.output());
        assertTrue(ended.output().contains("Gid:" + gid.repeat(4) + "\n"), ended.output());
        assertTrue(ended.output().contains("Groups:" + gid + " \n"), ended.output());
        for (String set : List.of("CapInh:", "CapPrm:", "CapEff:", "CapAmb:")) {
            assertTrue(ended.output().contains(set + none), ended.output());
        }
    }

    private static Ended run(Account who, String line) {
        return done(
                rights.run(
                        who.identity(),
                        new Command(
                                new Line.Text(line, ""),
                                Map.of("USER", who.name()),
                                Place.in(who.home()),
                                LIMITS),
                        text("in\n")));
    }

    @Test
    void theEnvironmentIsTheCommandsAndNotRoots() throws IOException {
        Path library = users.place.resolve("evil.so");
        Path mark = users.place.resolve("mark");
        Map<String, String> environment =
                Map.of(
                        "LD_PRELOAD",
                        library.toString(),
                        "LD_DEBUG",
                        "libs",
                        "LD_DEBUG_OUTPUT",
                        mark.toString(),
                        "X",
                        "a b=c");
        Ended ended =
                done(
                        rights.run(
                                anna.identity(),
                                new Command(
                                        new Line.Text("echo \"$X $LD_PRELOAD\"", ""),
                                        environment,
                                        Place.in(anna.home()),
                                        LIMITS),
                                Content.none()));
        assertTrue(ended.output().contains("a b=c " + library), ended.output());
        // The linker of a program that root starts would have written its account there.
        try (var all = Files.list(users.place)) {
            assertFalse(all.anyMatch(p -> p.getFileName().toString().startsWith("mark")));
        }
        assertEquals(
                "HOME=/x\nPATH=/usr/bin:/bin\n",
                done(rights.run(
                                anna.identity(),
                                new Command(
                                        new Line.Words(List.of("env")),
                                        Map.of("HOME", "/x"),
                                        Place.ANY,
                                        LIMITS),
                                Content.none()))
                        .output()
                        .lines()
                        .sorted()
                        .map(l -> l + "\n")
                        .reduce("", String::concat));
    }

    @Test
    void nothingIsDoneAsRootOrMailOwnerOrInOthersGroups() {
        Identity root = Identity.of("root", 0, 0);
        for (Identity who :
                List.of(
                        root,
                        Identity.of("x", -1, 1),
                        id("postfix"),
                        Identity.of(anna.name(), anna.uid(), 0),
                        Identity.of(anna.name(), anna.uid(), 42),
                        new Identity(
                                anna.name(),
                                anna.uid(),
                                anna.gid(),
                                List.of(anna.gid(), ben.gid())))) {
            for (Answer<?> answer :
                    List.of(
                            rights.look(who, "/", true),
                            rights.read(who, "/etc/shadow", ReadRules.include(100_000)),
                            Puts.append(
                                    rights,
                                    who,
                                    users.place + "/x",
                                    rules(MailboxRules.Place.FILE),
                                    text("x")),
                            Puts.maildir(rights, who, users.place + "/x/", "h", text("x")),
                            rights.run(
                                    who,
                                    new Command(
                                            new Line.Text("id", ""), Map.of(), Place.ANY, LIMITS),
                                    text("x")))) {
                assertEquals(Kind.FORBIDDEN, trouble(answer).kind(), who + ": " + answer);
                assertTrue(trouble(answer).temporary());
            }
        }
        assertFalse(Files.exists(users.place.resolve("x")));
    }

    private static Identity id(String name) {
        Account account = Accounts.system().named(name);
        assertTrue(account != null, name);
        return account.identity();
    }

    @Test
    void othersFilesAreOutOfReach() throws IOException {
        assertEquals(
                Errno.EACCES,
                trouble(rights.read(anna.identity(), "/etc/shadow", ReadRules.include(100_000)))
                        .errno());
        Users.as(ben, "echo secret >own");
        assertEquals(
                Errno.EACCES,
                trouble(append(anna, home(ben, "own"), MailboxRules.Place.FILE)).errno());
        assertEquals("secret\n", Files.readString(home(ben, "own")));
    }

    @Test
    void filesThatTheConfigurationNamesAreRead() throws IOException {
        Path secret = Files.writeString(users.place.resolve("etc/secret"), "a b\n".repeat(50_000));
        Path other = Files.writeString(users.place.resolve("etc/other"), "c\n");
        Users.run("chmod", "600", secret.toString(), other.toString());
        assertEquals(
                "a b\n".repeat(50_000),
                new String(
                        done(rights.configured(secret.toString())), StandardCharsets.ISO_8859_1));
        assertEquals(
                other
                        + " is named by neither main.cf nor master.cf in "
                        + users.place.resolve("etc"),
                trouble(rights.configured(other.toString())).text());
        assertEquals(Kind.FORBIDDEN, trouble(rights.configured("/etc/shadow")).kind());
        assertEquals(
                "/dev/zero is not a regular file", trouble(rights.configured("/dev/zero")).text());
        // Somebody else's directory may not stand in the way.
        helper.configure("x_maps = hash:" + home(anna, "d") + "/secret\n");
        Users.as(anna, "mkdir d; ln -s /etc/shadow d/secret");
        Trouble exchanged = trouble(rights.configured(home(anna, "d") + "/secret"));
        assertTrue(exchanged.text().startsWith("others than root may exchange"), exchanged.text());
        helper.configure(
                "mail_spool_directory = "
                        + users.place
                        + "/spool\nx_maps = hash:$config_directory/secret,\n  /dev/zero\n");
    }

    private static String refused(Account who, Path file, MailboxRules.Place place) {
        return trouble(append(who, file, place)).text();
    }

    @Test
    void whatIsNoMailboxIsLeftAlone() throws IOException {
        Path victim = Files.writeString(users.place.resolve("victim"), "root's\n");
        Users.run("chmod", "666", victim.toString());
        Users.as(anna, "mkdir odd; mkfifo odd/fifo; mkdir odd/dir; ln -s " + victim + " odd/link");
        Users.as(anna, "echo own >odd/first; ln odd/first odd/hard");
        MailboxRules.Place own = MailboxRules.Place.OWN;
        assertEquals("file is a symbolic link", refused(anna, home(anna, "odd/link"), own));
        assertEquals("file has 2 hard links", refused(anna, home(anna, "odd/hard"), own));
        assertEquals("cannot open file: Is a directory", refused(anna, home(anna, "odd/dir"), own));
        assertEquals(
                "cannot open file: No such device or address",
                refused(anna, home(anna, "odd/fifo"), own));
        assertEquals("root's\n", Files.readString(victim));
        assertEquals(
                "unable to create lock file " + victim + ".lock: Permission denied",
                refused(anna, victim, own));
        assertEquals("root's\n", Files.readString(victim));
        assertEquals(Errno.EACCES, trouble(append(anna, Path.of("/etc/x"), own)).errno());
    }

    /// Somebody exchanges the mailbox for a link, as fast as he can.
    @Test
    void aMailboxThatIsExchangedMeanwhileHarmsNobody() throws IOException {
        Path victim = Files.writeString(users.place.resolve("aim"), "root's\n");
        Users.run("chmod", "666", victim.toString());
        Process exchanges =
                new ProcessBuilder(
                                "setpriv",
                                "--reuid=" + anna.uid(),
                                "--regid=" + anna.gid(),
                                "--clear-groups",
                                "/bin/sh",
                                "-c",
                                "cd "
                                        + anna.home()
                                        + "; while :; do ln -sf "
                                        + victim
                                        + " raced; rm -f raced; : >raced; rm -f raced; done")
                        .start();
        try {
            for (int i = 0; i < 300; i++) {
                append(anna, home(anna, "raced"), MailboxRules.Place.OWN);
            }
        } finally {
            exchanges.destroyForcibly();
            exchanges.onExit().join();
        }
        assertEquals("root's\n", Files.readString(victim));
    }

    @Test
    void theSpoolIsForItsUsers() throws IOException {
        Path spool = Files.createDirectories(users.place.resolve("spool"));
        Users.run("chgrp", "mail", spool.toString());
        Users.run("chmod", "2775", spool.toString());
        done(append(anna, spool.resolve(anna.name()), MailboxRules.Place.SPOOL));
        assertEquals(anna.name() + ":mail 600", owner(spool.resolve(anna.name())));
        // Only root may write there: it makes the file, and the user writes.
        Users.run("chmod", "755", spool.toString());
        done(append(ben, spool.resolve(ben.name()), MailboxRules.Place.SPOOL));
        assertEquals(ben.name() + ":" + ben.name() + " 600", owner(spool.resolve(ben.name())));
        done(append(anna, spool.resolve(anna.name()), MailboxRules.Place.SPOOL));
        assertEquals("mail\nmail\n", Files.readString(spool.resolve(anna.name())));
        assertEquals(
                "destination " + spool.resolve(anna.name()) + " is not owned by recipient",
                refused(ben, spool.resolve(anna.name()), MailboxRules.Place.SPOOL));
        try (var all = Files.list(spool)) {
            assertEquals(2, all.count());
        }
        Users.run("chmod", "1777", spool.toString());
        done(append(anna, spool.resolve(anna.name()), MailboxRules.Place.SPOOL));
        assertEquals(
                "/etc/" + anna.name() + " is not in mail_spool_directory",
                refused(anna, Path.of("/etc/" + anna.name()), MailboxRules.Place.SPOOL));
        assertEquals(
                Kind.FORBIDDEN,
                trouble(append(anna, spool.resolve(".."), MailboxRules.Place.SPOOL)).kind());
    }

    @Test
    void aForwardFileIsItsUsersAndSafe() throws IOException {
        ReadRules rules = ReadRules.forward(1000);
        String path = home(anna, ".forward").toString();
        Users.as(anna, "echo ben >.forward");
        assertEquals("ben\n", done(rights.read(anna.identity(), path, rules)).octets());
        Users.as(anna, "chmod 666 .forward");
        assertEquals(
                "is world writable", trouble(rights.read(anna.identity(), path, rules)).text());
        Users.run("chmod", "644", path);
        Users.run("chown", ben.name(), path);
        assertEquals(
                "has bad owner uid " + ben.uid(),
                trouble(rights.read(anna.identity(), path, rules)).text());
        Users.run("rm", path);
        Users.as(anna, "ln -s /etc/passwd .forward");
        assertEquals(
                "is not a regular file", trouble(rights.read(anna.identity(), path, rules)).text());
        Users.run("rm", path);
        Users.as(anna, "mkfifo .forward");
        assertEquals(
                "is not a regular file", trouble(rights.read(anna.identity(), path, rules)).text());
        Users.run("rm", path);
        Users.as(anna, "head -c 1001 /dev/zero >.forward");
        assertEquals(Errno.EFBIG, trouble(rights.read(anna.identity(), path, rules)).errno());
        Users.run("rm", path);
        Users.as(ben, "echo list >list");
        Rights.Owned owned = done(rights.readOwned(home(ben, "list").toString(), rules));
        assertEquals(ben, owned.owner());
        assertEquals(Kind.FORBIDDEN, trouble(rights.readOwned("/etc/shadow", rules)).kind());
    }

    @Test
    void aFullDiskLeavesTheMailboxAsItWas() throws IOException {
        Path full = Files.createDirectories(users.place.resolve("full"));
        assumeTrue(mounted(full), "no tmpfs can be mounted");
        try {
            Users.run("chown", anna.name(), full.toString());
            Path box = full.resolve("box");
            done(append(anna, box, MailboxRules.Place.OWN));
            Answer<Appended> large =
                    Puts.append(
                            rights,
                            anna.identity(),
                            box.toString(),
                            rules(MailboxRules.Place.OWN),
                            Content.of(new byte[500_000]));
            assertEquals("error writing message: No space left on device", trouble(large).text());
            assertTrue(trouble(large).temporary());
            assertEquals("mail\n", Files.readString(box));
            assertEquals(
                    Errno.ENOSPC,
                    trouble(
                                    Puts.maildir(
                                            rights,
                                            anna.identity(),
                                            full + "/M/",
                                            "h",
                                            Content.of(new byte[500_000])))
                            .errno());
            try (var left = Files.list(full.resolve("M/tmp"))) {
                assertEquals(0, left.count());
            }
        } finally {
            Users.run("umount", full.toString());
        }
    }

    private static boolean mounted(Path where) throws IOException {
        return new ProcessBuilder(
                                "mount", "-t", "tmpfs", "-o", "size=128k", "none", where.toString())
                        .start()
                        .onExit()
                        .join()
                        .exitValue()
                == 0;
    }

    @Test
    void aCommandThatDoesNotEndIsEnded() throws IOException {
        Command endless =
                new Command(
                        new Line.Text(
                                "trap '' TERM; (sleep 1000 & echo $! >stays); while :; do echo x;"
                                        + " done",
                                ""),
                        Map.of(),
                        Place.in(ben.home()),
                        new Limits(Duration.ofMillis(800), 100, 0));
        Ended ended = done(rights.run(ben.identity(), endless, Content.of(new byte[200_000])));
        assertEquals(new How.TimedOut(), ended.how());
        assertEquals(100, ended.output().length());
        long stays = Long.parseLong(Files.readString(home(ben, "stays")).strip());
        ProcessHandle.of(stays).ifPresent(p -> p.onExit().join());
        Command large =
                new Command(
                        new Line.Text("head -c 100000 /dev/zero >large", ""),
                        Map.of(),
                        Place.in(ben.home()),
                        new Limits(Duration.ofSeconds(20), 100, 10_000));
        done(rights.run(ben.identity(), large, Content.none()));
        assertEquals(10_000, Files.size(home(ben, "large")));
    }

    @Test
    void belowAnotherRootACommandHasNothingOfRootLeftEither() {
        Command below =
                new Command(
                        new Line.Words(
                                List.of(
                                        "sh",
                                        "-c",
                                        "pwd; grep -E '^(Uid|CapPrm)' /proc/self/status")),
                        Map.of(),
                        new Place("/", "/usr"),
                        LIMITS);
        Ended ended = done(rights.run(anna.identity(), below, Content.none()));
        assertEquals(
                "/usr\nUid:" + ("\t" + anna.uid()).repeat(4) + "\nCapPrm:\t0000000000000000\n",
                ended.output());
        Command none = new Command(below.line(), Map.of(), new Place("/no/such", null), LIMITS);
        assertEquals(
                "chroot(/no/such): No such file or directory",
                trouble(rights.run(anna.identity(), none, Content.none())).text());
    }

    /// A thread that was the user's, even for a moment, would take the helper with it: kill(2)
    /// takes the number of any thread.
    @Test
    void aUserCannotEndTheHelperWhileItStartsHisCommands() throws Exception {
        long helpers = helper.process.pid();
        Process kills =
                new ProcessBuilder(
                                "setpriv",
                                "--reuid=" + anna.uid(),
                                "--regid=" + anna.gid(),
                                "--clear-groups",
                                "/bin/sh",
                                "-c",
                                "while :; do for t in /proc/"
                                        + helpers
                                        + "/task/*; do kill -9 ${t##*/} 2>/dev/null; done; done")
                        .start();
        try {
            Command below =
                    new Command(
                            new Line.Words(List.of("true")),
                            Map.of(),
                            new Place("/", null),
                            LIMITS);
            for (int i = 0; i < 60; i++) {
                assertEquals(
                        new How.Exit(0),
                        done(rights.run(anna.identity(), below, Content.none())).how());
                assertEquals(new How.Exit(0), run(anna, "true").how());
            }
        } finally {
            kills.destroyForcibly();
            kills.onExit().join();
        }
        assertTrue(helper.process.isAlive());
        assertEquals(helpers, helper.process.pid());
    }

    @Test
    void aCommandHasThreeDescriptorsAndASessionOfItsOwn() throws IOException {
        String seen = run(anna, "ls -l /proc/$$/fd; ps -o sid= -o pgid= $$; echo $$").output();
        List<String> fds =
                seen.lines()
                        .filter(l -> l.contains(" -> "))
                        .map(l -> l.replaceAll(".* ([0-9]+) -> .*", "$1"))
                        .toList();
        assertEquals(List.of("0", "1", "2"), fds, seen);
        List<String> lines = seen.strip().lines().toList();
        String self = lines.getLast();
        assertEquals(self + " " + self, lines.get(lines.size() - 2).strip().replaceAll(" +", " "));
    }

    @Test
    void whatIsNoProgramIsTheShellsAndWhatCannotBeOneIsSaid() throws IOException {
        Users.as(anna, "echo 'echo by a shell: $1' >plain; chmod +x plain");
        assertEquals("by a shell: x\n", run(anna, home(anna, "plain") + " x").output());
        Users.as(anna, "echo '#!/no/such/shell' >odd-one; chmod +x odd-one");
        Trouble none =
                trouble(
                        rights.run(
                                anna.identity(),
                                new Command(
                                        new Line.Text(home(anna, "odd-one") + "", ""),
                                        Map.of(),
                                        Place.ANY,
                                        LIMITS),
                                Content.none()));
        assertEquals(
                "execvp " + home(anna, "odd-one") + ": No such file or directory", none.text());
    }

    @Test
    void aContentThatBreaksOffIsUndoneAndTheLineGoesOn() throws IOException {
        Path box = home(ben, "broken");
        done(append(ben, box, MailboxRules.Place.OWN));
        Answer<Appended> broken =
                Puts.append(
                        rights,
                        ben.identity(),
                        box.toString(),
                        rules(MailboxRules.Place.OWN),
                        out -> {
                            out.write(new byte[300_000]);
                            throw new IOException("lost");
                        });
        assertEquals("error reading message: lost", trouble(broken).text());
        assertEquals("mail\n", Files.readString(box));
        done(append(ben, box, MailboxRules.Place.OWN));
        assertEquals("mail\nmail\n", Files.readString(box));
    }

    @Test
    void aHelperThatIsKilledIsFollowedByAnother() throws Exception {
        Command waits =
                new Command(
                        new Line.Text("cat >/dev/null; echo $$ >pid; mv pid began; sleep 1000", ""),
                        Map.of(),
                        Place.in(ben.home()),
                        LIMITS);
        Thread killer =
                Thread.ofPlatform()
                        .start(() -> {
                            while (Files.notExists(home(ben, "began"))) {
                                Thread.onSpinWait();
                            }
                            helper.kill();
                            try {
                                helper.again();
                            } catch (IOException e) {
                                throw new IllegalStateException(e);
                            }
                        });
        Trouble gone = trouble(rights.run(ben.identity(), waits, Content.none()));
        assertEquals(Kind.UNAVAILABLE, gone.kind());
        assertTrue(gone.temporary());
        // Whoever asks while the one goes and the other comes is put off, and nothing is written.
        Path after = home(ben, "after");
        Instant end = Instant.now().plusSeconds(20);
        Answer<Appended> answer = append(ben, after, MailboxRules.Place.OWN);
        while (answer instanceof Answer.Refused<Appended> r && Instant.now().isBefore(end)) {
            assertEquals(Kind.UNAVAILABLE, r.trouble().kind());
            assertTrue(Files.notExists(after));
            answer = append(ben, after, MailboxRules.Place.OWN);
        }
        done(answer);
        assertEquals("mail\n", Files.readString(after));
        killer.join();
        // Nobody ends what it had started.
        long left = Long.parseLong(Files.readString(home(ben, "began")).strip());
        Users.run("kill", "-9", "--", "-" + left);
        ProcessHandle.of(left).ifPresent(p -> p.onExit().join());
    }

    /// The helper has room for many such files, because it keeps none of them.
    @Test
    void aUsersLargeFilesDoNotEndTheHelper() throws Exception {
        Users.as(anna, "head -c 15000000 /dev/zero >large");
        String path = home(anna, "large").toString();
        ReadRules rules = ReadRules.include(16 << 20);
        assertEquals(15_000_000, done(rights.readOwned(path, rules)).text().octets().length());
        List<Thread> all = new ArrayList<>();
        AtomicInteger whole = new AtomicInteger();
        for (int i = 0; i < 8; i++) {
            all.add(
                    Thread.ofPlatform()
                            .start(() -> {
                                if (rights.read(anna.identity(), path, rules)
                                                instanceof Answer.Done<FileText> d
                                        && d.value().octets().length() == 15_000_000) {
                                    whole.incrementAndGet();
                                }
                            }));
        }
        for (Thread each : all) {
            each.join();
        }
        assertEquals(8, whole.get());
        assertTrue(helper.process.isAlive());
        Users.as(anna, "rm large");
    }

    /// A mail that goes on to others is not in the mailbox as well.
    @Test
    void nothingIsPutIntoTheMailboxOfOneWhoHasTheFile() throws Exception {
        Path box = users.place.resolve("spool/" + anna.name());
        List<String> files =
                List.of(home(anna, ".ahead+x").toString(), home(anna, ".ahead").toString());
        Request.Put mbox =
                new Request.Append(
                        anna.identity(), box.toString(), rules(MailboxRules.Place.SPOOL));
        Request.Put maildir = new Request.Maildir(anna.identity(), home(anna, "N/") + "/", "h");
        String before = Files.exists(box) ? Files.readString(box) : "";
        Users.as(anna, "ln -s nowhere .ahead");
        assertEquals(Kind.PRESENT, trouble(rights.put(mbox, files, text("x\n"))).kind());
        assertEquals(Kind.PRESENT, trouble(rights.put(maildir, files, text("x\n"))).kind());
        assertEquals(before, Files.exists(box) ? Files.readString(box) : "");
        assertFalse(Files.exists(Path.of(box + ".lock")));
        assertFalse(Files.exists(home(anna, "N")));
        Users.as(anna, "rm .ahead");
        assertEquals(before.length(), done(rights.put(mbox, files, text("put\n"))).before());
        assertEquals(before + "put\n", Files.readString(box));
        assertTrue(owner(box).startsWith(anna.name() + ":"), owner(box));
        done(rights.put(maildir, files, text("put\n")));
        assertEquals("1", Users.as(anna, "ls N/new | wc -l").strip());
        // A directory that the user may not look into may hold anything; nobody finds it there.
        List<String> others = List.of(home(ben, "secret/.ahead").toString());
        Users.as(ben, "mkdir -p secret && chmod 700 secret && touch secret/.ahead");
        done(rights.put(mbox, others, text("put\n")));
        Request.Put roots =
                new Request.Append(
                        Identity.of("root", 0, 0), box.toString(), rules(MailboxRules.Place.SPOOL));
        assertEquals(Kind.FORBIDDEN, trouble(rights.put(roots, files, text("x\n"))).kind());
    }

    /// Each with the rights of its own user, and one whose lock somebody has waits by itself.
    @Test
    void messagesThatComeTogetherArePutTogether() throws Exception {
        Users.as(ben, "touch held; touch held.lock");
        List<Callable<Answer<Appended>>> all = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            Account who = i % 2 == 0 ? anna : ben;
            String box = i % 3 == 0 ? users.place + "/spool/" + who.name() : home(who, "t") + "";
            MailboxRules.Place place =
                    i % 3 == 0 ? MailboxRules.Place.SPOOL : MailboxRules.Place.OWN;
            Request.Put put = new Request.Append(who.identity(), box, rules(place));
            Content content = divided("together " + i + "\n");
            all.add(() -> rights.put(put, List.of(home(who, ".none").toString()), content));
        }
        Request.Put held =
                new Request.Append(
                        ben.identity(),
                        home(ben, "held").toString(),
                        rules(MailboxRules.Place.OWN));
        all.add(() -> rights.put(held, List.of(), divided("x\n")));
        List<Answer<Appended>> answers = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Answer<Appended>> each : threads.invokeAll(all)) {
                answers.add(each.get());
            }
        }
        assertEquals(Kind.LOCKED, trouble(answers.removeLast()).kind());
        answers.forEach(HelperTest::done);
        StringBuilder found = new StringBuilder();
        for (Account who : List.of(anna, ben)) {
            Path spool = users.place.resolve("spool/" + who.name());
            assertTrue(owner(spool).startsWith(who.name() + ":"), owner(spool));
            assertTrue(owner(home(who, "t")).startsWith(who.name() + ":"));
            found.append(Files.readString(spool)).append(Files.readString(home(who, "t")));
        }
        for (int i = 0; i < 60; i++) {
            assertEquals(2, found.toString().split("together " + i + "\n", -1).length, "of " + i);
        }
        Users.as(ben, "rm held held.lock t");
        Users.as(anna, "rm t");
    }

    /// One request of two users, whose threads' rights change between each two steps: all of it
    /// succeeds, and belongs to whom it is for.
    @Test
    void eachOfOneRequestHasTheRightsOfItsUser() throws Exception {
        List<Batch.One> all = new ArrayList<>();
        for (Account who : List.of(anna, ben, anna, ben)) {
            Users.as(who, "mkdir -p q && chmod 700 q");
            String box = home(who, "q/box").toString();
            Identity as = who.identity();
            for (Request.Put put :
                    List.of(
                            new Request.Maildir(as, home(who, "q/M") + "/", "h"),
                            new Request.Append(as, box, rules(MailboxRules.Place.OWN)))) {
                all.add(new Batch.One(put, List.of(home(who, ".none").toString()), "x\n", 0));
            }
        }
        byte[] body = "body\n".getBytes(StandardCharsets.US_ASCII);
        Batch batch = new Batch(all, List.of(body.length));
        // It may be starting still.
        done(rights.look(anna.identity(), "/", true));
        Path queue = users.place.resolve("queue");
        try (SocketChannel channel =
                SocketChannel.open(UnixDomainSocketAddress.of(HelperRights.socket(queue)))) {
            DataOutputStream out = new DataOutputStream(Channels.newOutputStream(channel));
            Wire.request(out, batch);
            Wire.part(out, body, 0, body.length);
            Wire.end(out, true);
            out.flush();
            DataInputStream in = new DataInputStream(Channels.newInputStream(channel));
            Appended.Each each =
                    assertInstanceOf(
                            Appended.Each.class,
                            assertInstanceOf(Answer.Done.class, Wire.answer(in, batch)).value());
            each.all().forEach(HelperTest::done);
        }
        for (Account who : List.of(anna, ben)) {
            assertEquals("x\nbody\n".repeat(2), Files.readString(home(who, "q/box")));
            String own = who.name() + ":" + who.name();
            assertEquals(own + " 600", owner(home(who, "q/box")));
            assertFalse(Files.exists(home(who, "q/box.lock")));
            try (var files = Files.list(home(who, "q/M/new"))) {
                List<Path> mails = files.toList();
                assertEquals(2, mails.size());
                for (Path mail : mails) {
                    assertEquals(own + " 600", owner(mail));
                }
            }
            Users.as(who, "rm -r q");
        }
    }

    /// What goes in a request for many.
    static Content divided(String text) {
        return new Content() {
            @Override
            public void writeTo(java.io.OutputStream out) throws IOException {
                out.write(text.getBytes(StandardCharsets.ISO_8859_1));
            }

            @Override
            public Divided divided(int most) {
                return new Divided(text, text.length(), "", () -> new byte[0]);
            }
        };
    }

    /// Else a server that fell to a stranger had every group, docker's and disk's as well.
    @Test
    void groupsOfTablesAreForMailboxesOnly() throws Exception {
        helper.configure("virtual_gid_maps = hash:/etc/x\n");
        try {
            Identity others = Identity.of(anna.name(), anna.uid(), ben.gid());
            Command id = new Command(new Line.Text("id -g", ""), Map.of(), Place.ANY, LIMITS);
            assertEquals(Kind.FORBIDDEN, trouble(rights.run(others, id, text(""))).kind());
            assertEquals(Kind.FORBIDDEN, trouble(rights.look(others, "/", true)).kind());
            assertEquals(
                    Kind.FORBIDDEN,
                    trouble(
                                    Puts.append(
                                            rights,
                                            others,
                                            home(anna, "f").toString(),
                                            rules(MailboxRules.Place.FILE),
                                            text("x")))
                            .kind());
            done(
                    Puts.append(
                            rights,
                            others,
                            home(anna, "virtual").toString(),
                            rules(MailboxRules.Place.OWN),
                            text("x")));
            // For the system -1 is "as it is", which is root's.
            for (Identity nobodys :
                    List.of(
                            new Identity(anna.name(), anna.uid(), -1, List.of()),
                            new Identity(anna.name(), anna.uid(), anna.gid(), List.of(-1)))) {
                Place below = new Place("/", null);
                Command there = new Command(new Line.Text("id -g", ""), Map.of(), below, LIMITS);
                assertEquals(Kind.FORBIDDEN, trouble(rights.run(nobodys, there, text(""))).kind());
                assertEquals(
                        Kind.FORBIDDEN,
                        trouble(
                                        Puts.maildir(
                                                rights,
                                                nobodys,
                                                home(anna, "M/") + "/",
                                                "h",
                                                text("x")))
                                .kind());
            }
        } finally {
            helper.configure(
                    "mail_spool_directory = "
                            + users.place
                            + "/spool\nx_maps = hash:$config_directory/secret,\n  /dev/zero\n");
        }
    }

    /// A reload reads keys, and others' mail asks for files, whatever users' commands wait for.
    @Test
    void commandsThatWaitKeepNobodyFromReading() throws Exception {
        Users.as(anna, "mkfifo hold; echo ben >.wanted; : >begun");
        List<Thread> all = new ArrayList<>();
        AtomicInteger done = new AtomicInteger();
        for (int i = 0; i < 100; i++) {
            all.add(
                    Thread.ofVirtual()
                            .start(() -> {
                                if (run(anna, "echo x >>begun; read y <hold").how()
                                        instanceof How.Exit) {
                                    done.incrementAndGet();
                                }
                            }));
        }
        Path begun = home(anna, "begun");
        while (Files.size(begun) < 200) {
            java.util.concurrent.locks.LockSupport.parkNanos(20_000_000);
        }
        String path = home(anna, ".wanted").toString();
        Answer<FileText> read =
                java.util.concurrent.CompletableFuture.supplyAsync(
                                () -> rights.read(anna.identity(), path, ReadRules.forward(1000)))
                        .orTimeout(20, java.util.concurrent.TimeUnit.SECONDS)
                        .handle((answer, late) -> answer)
                        .join();
        Users.as(anna, ": >hold");
        for (Thread each : all) {
            each.join();
        }
        assertEquals("ben\n", read == null ? "too late" : done(read).octets());
        assertEquals(100, done.get());
    }

    /// Else who may write to main.cf, or to its directory, says for whom root acts.
    @Test
    void aConfigurationThatOthersMayWriteToIsNotReliedOn() throws Exception {
        Path etc = users.place.resolve("etc");
        int changed = 1_000_000;
        for (String file : List.of("etc/main.cf", "etc/master.cf", "etc")) {
            String path = users.place.resolve(file).toString();
            for (String each : List.of("chmod o+w", "chmod g+w", "chown " + anna.name())) {
                List<String> words = new ArrayList<>(List.of(each.split(" ")));
                words.add(path);
                // by a connection that is there: a new one would not be taken at all
                done(rights.look(anna.identity(), anna.home(), true));
                Users.run(words.toArray(String[]::new));
                // of the directory it is seen when one of the files changes
                Users.run("touch", "-d", "@" + ++changed, etc + "/main.cf");
                Trouble refused = trouble(rights.look(anna.identity(), anna.home(), true));
                assertEquals(Kind.FORBIDDEN, refused.kind(), each + " " + file);
                assertTrue(refused.text().startsWith(etc + " is not to be relied on: others than"));
                Users.run("chown", "root", path);
                Users.run("chmod", "go-w", path);
            }
        }
        done(rights.look(anna.identity(), anna.home(), true));
    }

    /// Whatever stands in the way of others otherwise, by the kernel's word they are not served.
    @Test
    void whoeverElseConnectsIsNotServed() throws Exception {
        Needs.program("python3");
        Path socket = users.place.resolve("queue/private/helper");
        done(rights.look(anna.identity(), anna.home(), true));
        Users.run("chmod", "755", users.place.resolve("queue/private").toString());
        Users.run("chmod", "777", socket.toString());
        try {
            String connects =
                    "import socket; s = socket.socket(socket.AF_UNIX); s.settimeout(20);"
                            + " s.connect(\""
                            + socket
                            + "\"); print(len(s.recv(1)))";
            assertEquals("0\n", Users.as(anna, "python3 -c '" + connects + "'"));
        } finally {
            Users.run(
                    "chmod",
                    "700",
                    users.place.resolve("queue/private").toString(),
                    socket.toString());
        }
    }

    /// Its size says nothing: it may grow while it is read, and files of /proc have none.
    @Test
    void nothingIsReadBeyondTheLimit() {
        String file = "/proc/meminfo";
        Trouble cut = trouble(rights.read(anna.identity(), file, ReadRules.include(100)));
        assertEquals(Errno.EIO, cut.errno(), cut.toString());
        assertTrue(
                done(rights.read(anna.identity(), file, ReadRules.include(100_000)))
                        .octets()
                        .startsWith("MemTotal:"));
    }
}
