package org.postrider.helper;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.postrider.Needs;
import org.postrider.Until;
import org.postrider.rights.Account;
import org.postrider.rights.Answer;
import org.postrider.rights.Appended;
import org.postrider.rights.Command;
import org.postrider.rights.Command.Limits;
import org.postrider.rights.Command.Line;
import org.postrider.rights.Command.Place;
import org.postrider.rights.Content;
import org.postrider.rights.Ended;
import org.postrider.rights.MailboxRules;
import org.postrider.rights.MailboxRules.Lock;
import org.postrider.rights.MailboxRules.Locks;
import org.postrider.rights.Puts;
import org.postrider.rights.Rights;
import org.postrider.rights.Trouble;
import org.postrider.rights.Trouble.Kind;

/// What users have when root's helper is killed with -9 in the middle of an act, and another
/// follows.
class KilledHelperTest {
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
    private static Account kira;
    private static Account lena;

    @BeforeAll
    static void start() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "not root");
        Needs.program("useradd");
        Needs.program("setpriv");
        Needs.account("postfix");
        users = new Users();
        kira = users.add("prt-kira");
        lena = users.add("prt-lena");
        helper =
                new RunningHelper(
                        users.place, "mail_spool_directory = " + users.place + "/spool\n");
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

    /// Half of it, and the helper is killed before the rest comes.
    private static Content killing(Path grows) {
        return out -> {
            out.write(new byte[200_000]);
            Until.seen(
                    "half of it is there",
                    () -> Files.exists(grows) && Files.size(grows) >= 100_000);
            helper.kill();
            helper.again();
            out.write(new byte[200_000]);
        };
    }

    @Test
    void aMailboxIsCutBackWhenTheHelperWasKilledInTheMiddle() throws IOException {
        Path spool = Files.createDirectories(users.place.resolve("spool"));
        for (String mode : List.of("2775", "755", "1777")) {
            Users.run("chgrp", "mail", spool.toString());
            Users.run("chmod", mode, spool.toString());
            Path box = spool.resolve("prt-kira");
            Files.deleteIfExists(box);
            done(append(kira, box, MailboxRules.Place.SPOOL));
            Answer<Appended> answer =
                    Puts.append(
                            rights,
                            kira.identity(),
                            box.toString(),
                            rules(MailboxRules.Place.SPOOL),
                            killing(box));
            assertEquals(Kind.UNAVAILABLE, trouble(answer).kind());
            done(append(kira, box, MailboxRules.Place.SPOOL));
            assertEquals("mail\nmail\n", Files.readString(box));
            assertTrue(
                    helper.said().contains("warning: " + box + ": cut off part of a message, "),
                    helper.said());
            assertTrue(
                    helper.warnings.removeLast().startsWith(box + ": cut off part of a message, "));
            assertEquals(List.of(), helper.warnings);
            Files.delete(box);
        }
    }

    /// The configuration is looked at with root's rights for each of them, and not with those of
    /// the user whose mailbox came before.
    @Test
    void theMailboxesOfTwoUsersAreCutBackAtOneStart() throws Exception {
        Path etc = users.place.resolve("etc");
        Users.run("chmod", "700", etc.toString());
        Path one = home(kira, "box");
        Path two = home(lena, "box");
        done(append(kira, one, MailboxRules.Place.OWN));
        done(append(lena, two, MailboxRules.Place.OWN));
        CountDownLatch killed = new CountDownLatch(1);
        Content waiting =
                out -> {
                    out.write(new byte[200_000]);
                    awaited(killed);
                };
        try (ExecutorService other = Executors.newVirtualThreadPerTaskExecutor()) {
            MailboxRules own = rules(MailboxRules.Place.OWN);
            Future<Answer<Appended>> first =
                    other.submit(() ->
                            Puts.append(rights, kira.identity(), one.toString(), own, waiting));
            Until.seen("half of it is there", () -> Files.size(one) >= 100_000);
            Answer<Appended> answer =
                    Puts.append(rights, lena.identity(), two.toString(), own, killing(two));
            killed.countDown();
            assertEquals(Kind.UNAVAILABLE, trouble(answer).kind());
            assertEquals(Kind.UNAVAILABLE, trouble(first.get()).kind());
        }
        done(append(kira, one, MailboxRules.Place.OWN));
        assertEquals("mail\nmail\n", Files.readString(one), helper.said());
        assertEquals("mail\n", Files.readString(two), helper.said());
        helper.warnings.clear();
        Users.run("chmod", "755", etc.toString());
    }

    private static void awaited(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aMaildirHasNothingLeftWhenTheHelperWasKilledInTheMiddle() throws IOException {
        Path maildir = home(kira, "K");
        Path tmp = maildir.resolve("tmp");
        Content killing =
                out -> {
                    out.write(new byte[200_000]);
                    Until.seen("it is begun", () -> Files.isDirectory(tmp) && count(tmp) > 0);
                    helper.kill();
                    helper.again();
                    out.write(new byte[200_000]);
                };
        Answer<Appended> answer =
                Puts.maildir(rights, kira.identity(), maildir + "/", "h.example", killing);
        assertEquals(Kind.UNAVAILABLE, trouble(answer).kind());
        done(Puts.maildir(rights, kira.identity(), maildir + "/", "h.example", text("m")));
        assertEquals(0, count(tmp));
        assertEquals(1, count(maildir.resolve("new")));
    }

    private static long count(Path directory) throws IOException {
        try (var all = Files.list(directory)) {
            return all.count();
        }
    }

    @Test
    void noCommandIsStartedWithHalfAMessage() throws IOException {
        Path began = home(kira, "half");
        Content killing =
                out -> {
                    out.write(new byte[1_000_000]);
                    helper.kill();
                    helper.again();
                    out.write(new byte[1_000_000]);
                };
        Command counts =
                new Command(
                        new Line.Text("touch half; wc -c", ""),
                        Map.of(),
                        Place.in(kira.home()),
                        LIMITS);
        Answer<Ended> answer = rights.run(kira.identity(), counts, killing);
        assertEquals(Kind.UNAVAILABLE, trouble(answer).kind());
        for (int size : new int[] {0, 1, 65_536, 65_537, 262_144, 262_145, 3_000_000}) {
            assertTrue(Files.notExists(began));
            Ended ended = done(rights.run(kira.identity(), counts, Content.of(new byte[size])));
            assertEquals(size + "\n", ended.output());
            Files.delete(began);
        }
    }
}
