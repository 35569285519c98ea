package org.postrider.helper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
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
import org.postrider.rights.Identity;
import org.postrider.rights.MailboxRules;
import org.postrider.rights.MailboxRules.Lock;
import org.postrider.rights.MailboxRules.Locks;
import org.postrider.rights.ReadRules;
import org.postrider.rights.Rights;
import org.postrider.rights.Trouble;
import org.postrider.rights.Trouble.Kind;

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
        anna = users.add("prt-anna");
        ben = users.add("prt-ben");
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
        return rights.append(who.identity(), file.toString(), rules(place), text("mail\n"));
    }

    private static Path home(Account who, String name) {
        return Path.of(who.home(), name);
    }

    private static String owner(Path file) throws IOException {
        return Users.run("stat", "-c", "%U:%G %a", file.toString()).strip();
    }

    @Test
    void aMailboxIsTheUsers() throws IOException {
        Path box = home(anna, "box");
        done(append(anna, box, MailboxRules.Place.OWN));
        done(append(anna, box, MailboxRules.Place.OWN));
        assertEquals("mail\nmail\n", Files.readString(box));
        assertEquals("prt-anna:prt-anna 600", owner(box));
        String path =
                done(
                        rights.maildir(
                                anna.identity(), home(anna, "M/") + "/", "h.example", text("m")));
        assertEquals("prt-anna:prt-anna 600", owner(Path.of(path)));
        assertEquals("prt-anna:prt-anna 700", owner(home(anna, "M/new")));
    }

    @Test
    void aCommandHasNothingOfRootLeft() throws IOException {
        Ended ended =
                run(anna, "cat; id; umask; grep -E '^(Uid|Gid|Groups|Cap)' /proc/self/status");
        assertEquals(new How.Exit(0), ended.how());
        String uid = "\t" + anna.uid();
        String gid = "\t" + anna.gid();
        String none = "\t0000000000000000\n";
        assertTrue(ended.output().startsWith("in\nuid=" + anna.uid() + "(prt-anna) gid="));
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
                        Identity.of("prt-anna", anna.uid(), 0),
                        Identity.of("prt-anna", anna.uid(), 42),
                        new Identity(
                                "prt-anna",
                                anna.uid(),
                                anna.gid(),
                                List.of(anna.gid(), ben.gid())))) {
            for (Answer<?> answer :
                    List.of(
                            rights.look(who, "/", true),
                            rights.read(who, "/etc/shadow", ReadRules.include(100_000)),
                            rights.append(
                                    who,
                                    users.place + "/x",
                                    rules(MailboxRules.Place.FILE),
                                    text("x")),
                            rights.maildir(who, users.place + "/x/", "h", text("x")),
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
}
