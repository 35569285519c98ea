package org.postrider.helper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.postrider.Needs;
import org.postrider.Until;
import org.postrider.rights.Account;
import org.postrider.rights.Accounts;
import org.postrider.rights.Answer;
import org.postrider.rights.Appended;
import org.postrider.rights.Command;
import org.postrider.rights.Command.Line;
import org.postrider.rights.Command.Place;
import org.postrider.rights.Content;
import org.postrider.rights.Errno;
import org.postrider.rights.FileText;
import org.postrider.rights.Identity;
import org.postrider.rights.MailboxRules;
import org.postrider.rights.Puts;
import org.postrider.rights.ReadRules;
import org.postrider.rights.Rights;
import org.postrider.rights.Trouble;
import org.postrider.rights.Trouble.Kind;

/// The root helper itself, run by root, with real users: whom it serves, and what it reads for
/// them.
class HelperTest extends HelperHouse {
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

    /// One's groups are those of whom something is done for: neither root's nor of whoever came
    /// before on the same connection.
    @Test
    void groupsAreTheUsersAndNobodyElses() throws IOException {
        Path bens = Files.writeString(users.place.resolve("bens"), "b\n");
        Path roots = Files.writeString(users.place.resolve("roots"), "r\n");
        Users.run("chmod", "640", bens.toString(), roots.toString());
        Users.run("chgrp", "mail", bens.toString());
        Users.run("chgrp", "root", roots.toString());
        Users.run("usermod", "-aG", "mail", ben.name());
        int mail = Integer.parseInt(Users.run("stat", "-c", "%g", bens.toString()).strip());
        Identity member = new Identity(ben.name(), ben.uid(), ben.gid(), List.of(ben.gid(), mail));
        ReadRules rules = ReadRules.include(100);
        for (int i = 0; i < 2; i++) {
            assertEquals("b\n", done(rights.read(member, bens.toString(), rules)).octets());
            for (Path each : List.of(bens, roots)) {
                assertEquals(
                        Errno.EACCES,
                        trouble(rights.read(anna.identity(), each.toString(), rules)).errno());
            }
            assertEquals(
                    Errno.EACCES, trouble(rights.read(member, roots.toString(), rules)).errno());
        }
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
        helper.configure(main());
    }

    /// In a directory like /tmp everybody has his own files: one that is not root's leads
    /// elsewhere.
    @Test
    void whatSomebodyPutIntoASharedDirectoryIsNotRead() throws IOException {
        Path shared = Files.createDirectories(users.place.resolve("shared"));
        Users.run("chmod", "1777", shared.toString());
        Users.as(anna, "ln -s /etc/shadow " + shared + "/secret");
        Users.run("ln", "-s", "/etc/hostname", shared + "/roots");
        helper.configure("x_maps = hash:" + shared + "/secret, hash:" + shared + "/roots\n");
        assertEquals(
                "others than root may exchange " + shared + "/secret",
                trouble(rights.configured(shared + "/secret")).text());
        assertEquals(
                Files.readString(Path.of("/etc/hostname")),
                new String(
                        done(rights.configured(shared + "/roots")), StandardCharsets.ISO_8859_1));
        helper.configure(main());
    }

    /// A user database is Cyrus's where a file that root alone can change says so.
    @Test
    void cyrussUserDatabaseIsWhatRootsFileSays() throws IOException {
        Path cyrus = Files.createDirectories(users.place.resolve("cyrus"));
        Users.run("chmod", "755", cyrus.toString());
        Path file = Files.writeString(cyrus.resolve("smtpd.conf"), "");
        Path database = Files.writeString(users.place.resolve("etc/users"), "u\n");
        Path other = Files.writeString(users.place.resolve("etc/sasldb2"), "o\n");
        Users.run("chmod", "600", database.toString(), other.toString());
        Files.writeString(file, "pwcheck_method: auxprop\nsasldb_path: " + database + "\n");
        Users.run("chmod", "644", file.toString());
        helper.configure("cyrus_sasl_config_path = " + cyrus + "\n");
        assertEquals(
                "u\n",
                new String(
                        done(rights.configured(database.toString())), StandardCharsets.ISO_8859_1));
        assertEquals(Kind.FORBIDDEN, trouble(rights.configured(other.toString())).kind());
        Users.run("chmod", "666", file.toString());
        assertEquals(Kind.FORBIDDEN, trouble(rights.configured(database.toString())).kind());
        Users.run("chmod", "644", file.toString());
        Users.run("chown", anna.name(), file.toString());
        assertEquals(Kind.FORBIDDEN, trouble(rights.configured(database.toString())).kind());
        helper.configure(main());
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
                            Until.seen("it began", () -> Files.exists(home(ben, "began")));
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
        Instant end = Instant.now().plus(Until.PATIENCE);
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
        Users.run("sh", "-c", "kill -s KILL -- -" + left);
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
            // Groups of the system's own are in no table.
            Identity systems = Identity.of(anna.name(), anna.uid(), 99);
            String maildir = home(anna, "M/") + "/";
            assertEquals(
                    Kind.FORBIDDEN,
                    trouble(Puts.maildir(rights, systems, maildir, "h", text("x"))).kind());
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
            helper.configure(main());
        }
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
