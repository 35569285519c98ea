package org.postrider.helper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.postrider.rights.Account;
import org.postrider.rights.Answer;
import org.postrider.rights.Appended;
import org.postrider.rights.Content;
import org.postrider.rights.Errno;
import org.postrider.rights.Identity;
import org.postrider.rights.MailboxRules;
import org.postrider.rights.Puts;
import org.postrider.rights.Request;
import org.postrider.rights.Request.Batch;
import org.postrider.rights.Trouble.Kind;
import org.postrider.rights.Wire;

/// What the root helper writes into mailboxes of real users: with whose rights, and where it does
/// not.
class HelperMailboxesTest extends HelperHouse {
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

    /// A user may give a link of root's another name in a directory of his.
    @Test
    void aLinkOfRootsCountsWhereRootAlonePutsLinks() throws IOException {
        Users.as(anna, "echo own >aim; mkdir links");
        Path roots = Files.createDirectories(users.place.resolve("links"));
        Users.run("chmod", "755", roots.toString());
        for (Path directory : List.of(home(anna, "links"), roots)) {
            Users.run("ln", "-s", home(anna, "aim").toString(), directory + "/link");
        }
        MailboxRules.Place file = MailboxRules.Place.FILE;
        assertEquals("file is a symbolic link", refused(anna, home(anna, "links/link"), file));
        done(append(anna, roots.resolve("link"), file));
        assertEquals("own\nmail\n", Files.readString(home(anna, "aim")));
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

    /// A directory that others rule over is nothing that root opens files in, and what root opens
    /// is its user's, whether or not anybody is strict.
    @Test
    void rootOpensNothingWhereOthersRule() throws IOException {
        Path spool = Files.createDirectories(users.place.resolve("spool"));
        Path box = spool.resolve(anna.name());
        try {
            for (List<String> each :
                    List.of(
                            List.of("root:root", "775"),
                            List.of(ben.name() + ":" + ben.name(), "755"))) {
                Users.run("chown", each.get(0), spool.toString());
                Users.run("chmod", each.get(1), spool.toString());
                assertEquals(
                        "others than root may write to " + spool,
                        refused(anna, box, MailboxRules.Place.SPOOL));
            }
            Users.run("chown", "root:root", spool.toString());
            Users.run("chmod", "755", spool.toString());
            Path bens = Files.writeString(spool.resolve("another's"), "ben's\n");
            Users.run("chown", ben.name(), bens.toString());
            Users.run("chmod", "666", bens.toString());
            MailboxRules lax = new MailboxRules(MailboxRules.Place.SPOOL, LOCKS, 0, false);
            assertEquals(
                    "destination " + bens + " is not owned by recipient",
                    trouble(
                                    Puts.append(
                                            rights,
                                            anna.identity(),
                                            bens.toString(),
                                            lax,
                                            text("mail\n")))
                            .text());
            assertEquals("ben's\n", Files.readString(bens));
            Files.delete(bens);
        } finally {
            Users.run("chown", "root:root", spool.toString());
            Users.run("chmod", "1777", spool.toString());
        }
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
        answers.forEach(HelperHouse::done);
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
                SocketChannel.open(UnixDomainSocketAddress.of(queue.resolve("private/helper")))) {
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
            each.all().forEach(HelperHouse::done);
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
}
