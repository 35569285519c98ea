package org.postrider.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.postrider.delivery.Outcome;
import org.postrider.dsn.Status;
import org.postrider.queue.Attributes;
import org.postrider.queue.NewMessage;
import org.postrider.queue.Routing;

/// Delivery to real files and commands.
class LocalAgentTest extends LocalHouse {
    private static String masked(String mbox) {
        return mbox.replaceFirst(
                "^(From \\S+  )\\w{3} \\w{3} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d \\d{4}", "$1DATE");
    }

    @Test
    void anMboxHasTheEnvelopeBeforeTheMailAndQuotesFrom() throws Exception {
        PostOffice office = new PostOffice(directory);
        assertEquals(
                List.of("2.0.0 sent (delivered to mailbox)"),
                office.mail("alice@own.example", MAIL));
        assertEquals(
                """
                From sender@there.example  DATE
                Return-Path: <sender@there.example>
                X-Original-To: alice@own.example
                Delivered-To: alice@own.example
                From: a@b.example
                Subject: x

                hello
                >From here

                """,
                masked(office.file("spool/alice")));
    }

    @Test
    void aMaildirFileHasNoFromLine() throws Exception {
        PostOffice office = new PostOffice(directory, "home_mailbox = Maildir/");
        assertEquals(
                List.of("2.0.0 sent (delivered to maildir)"),
                office.mail("alice@own.example", MAIL));
        assertEquals(
                """
                Return-Path: <sender@there.example>
                X-Original-To: alice@own.example
                Delivered-To: alice@own.example
                From: a@b.example
                Subject: x

                hello
                From here
                """,
                office.maildir("home/alice/Maildir"));
    }

    @Test
    void aCommandSeesTheMailAndItsEnvelopeInSafeCharacters() throws Exception {
        PostOffice office =
                new PostOffice(
                        directory,
                        "recipient_delimiter = +",
                        "export_environment = TZ MAIL_CONFIG LANG XX=yes",
                        "mailbox_command = env | sort > "
                                + directory
                                + "/env; cat > "
                                + directory
                                + "/got");
        assertEquals("2.0.0", office.mail("alice+$x@own.example", MAIL).getFirst().substring(0, 5));
        List<String> env = office.file("env").lines().toList();
        assertTrue(
                env.containsAll(
                        List.of(
                                "DOMAIN=own.example",
                                "EXTENSION=_x",
                                "HOME=" + directory.resolve("home/alice"),
                                "LOCAL=alice+_x",
                                "LOGNAME=alice",
                                "ORIGINAL_RECIPIENT=alice+_x@own.example",
                                "RECIPIENT=alice+_x@own.example",
                                "SENDER=sender@there.example",
                                "SHELL=/bin/sh",
                                "USER=alice",
                                "XX=yes")),
                env::toString);
        assertTrue(office.file("got").startsWith("From sender@there.example  "));
        assertTrue(office.file("got").endsWith("\nhello\nFrom here\n"));
    }

    @Test
    void whatACommandSaysAndHowItEndsDecides() throws Exception {
        String[][] cases = {
            {"exit 0", "2.0.0 sent (delivered to command: exit 0)"},
            {"exit 67", "5.1.1 bounced (user unknown)"},
            {"echo no; exit 67", "5.1.1 bounced (user unknown. Command output: no )"},
            {"exit 75", "4.3.0 deferred (temporary failure)"},
            {"exit 1", "5.3.0 bounced (Command died with status 1: \"exit 1\")"},
            {"echo 4.7.1 later; exit 1", "4.7.1 deferred (later )"},
            {"echo 5.7.8 never >&2; exit 75", "5.7.8 bounced (never )"},
            {"kill -9 $$", "4.3.0 deferred (Command died with signal 9: \"kill -9 $$\")"},
            {
                "printf 'a\\tb\\001'; exit 78",
                "5.3.5 bounced (local configuration error. Command output: a b_)"
            },
        };
        for (String[] each : cases) {
            PostOffice raw = new PostOffice(directory, "mailbox_command = " + each[0]);
            assertEquals(List.of(each[1]), raw.mail("alice@own.example", MAIL), each[0]);
            assertTrue(raw.lines.isEmpty());
        }
    }

    /// The owner's address is his own, not one of the mail's that tells its recipients apart
    /// (VERP).
    @Test
    void aListsOwnerHearsOfAFailureAtHisOwnAddress() throws Exception {
        PostOffice office =
                withAliases("{ list = \"|exit 1\" }, { owner-list = bob@there.example }");
        NewMessage plain = PostOffice.message("list@own.example");
        Attributes wish = Attributes.NONE.withRouting(Routing.PLAIN.withVerp("+="));
        office.again(
                new NewMessage(
                        plain.id(), plain.envelope().withAttributes(wish), plain.content(), false));
        assertEquals(List.of(" > owner-list@own.example"), office.envelopes());
    }

    @Test
    void aCommandThatGoesOnIsKilled() throws Exception {
        PostOffice office =
                new PostOffice(
                        directory, "command_time_limit = 1s", "mailbox_command = cat; sleep 100");
        assertEquals(
                List.of(
                        "warning: pipe_command_read: read time limit exceeded",
                        "5.3.0 bounced (Command time limit exceeded: \"cat; sleep 100\""),
                office.mail("alice@own.example", MAIL).stream()
                        .map(l -> l.replaceFirst("\\. Command output.*", ""))
                        .toList());
    }

    /// As real Postfix tells of it; nothing is written, run or made.
    @Test
    void whatOnlyVerifiesIsToldOfAndNotDelivered() throws Exception {
        PostOffice office =
                withAliases(
                        "{team = alice, nobody-here, bob@remote.example, \"|touch "
                                + directory
                                + "/ran\", "
                                + directory
                                + "/file}");
        assertEquals(List.of("2.0.0 sent (delivers to mailbox)"), verified(office, "alice"));
        assertEquals(
                List.of("5.1.1 bounced (unknown user: \"nobody-here\")"),
                verified(office, "nobody-here"));
        assertEquals(
                List.of(
                        "2.0.0 sent (delivers to command: touch " + directory + "/ran)",
                        "2.0.0 sent (delivers to file: " + directory + "/file)",
                        "2.0.0 sent (delivers to mailbox)",
                        "2.0.0 sent (forwards to bob@remote.example)",
                        "5.1.1 bounced (unknown user: \"nobody-here\")"),
                verified(office, "team"));
        assertEquals("", office.file("ran") + office.file("file") + office.file("spool/alice"));
        assertEquals(List.of(), office.envelopes());
    }

    private static List<String> verified(PostOffice office, String user) {
        return office.verify(user + "@own.example").stream()
                .map(line -> line.replaceFirst("^<[^>]*> ", ""))
                .sorted()
                .toList();
    }

    @Test
    void aForwardFileIsItsUsers() throws Exception {
        PostOffice office = new PostOffice(directory);
        Files.writeString(
                directory.resolve("home/alice/.forward"),
                "\\alice, bob@own.example\n\"|cat > " + directory + "/c\"\n");
        List<String> out =
                office.mail("alice@own.example", MAIL).stream()
                        .filter(l -> !l.contains("message-id"))
                        .toList();
        assertEquals(
                List.of(
                        "<alice@own.example> 2.0.0 sent (delivered to mailbox)",
                        "<alice@own.example> 2.0.0 sent (delivered to command: cat > "
                                + directory
                                + "/c)",
                        "<alice@own.example> 2.0.0 sent (forwarded)"),
                out);
        assertEquals(List.of("sender@there.example > bob@own.example"), office.envelopes());
        PostOffice huge = new PostOffice(directory);
        Files.writeString(
                directory.resolve("home/alice/.forward"), "x@there.example\n".repeat(700_000));
        assertEquals(
                "<alice@own.example> 4.3.0 deferred (error reading forwarding file: File too"
                        + " large)",
                huge.mail("alice@own.example", MAIL).getFirst());
    }

    /// Nobody who writes to a mailbox would find it out.
    @Test
    void aForwardFileCountsWhereAnotherAgentHasTheMailboxes() throws Exception {
        PostOffice office =
                new PostOffice(directory, "mailbox_transport = other:there")
                        .other(
                                "other",
                                (request, report) -> {
                                    throw new AssertionError("it is for bob");
                                });
        Files.writeString(directory.resolve("home/alice/.forward"), "bob@there.example\n");
        office.mail("alice@own.example", MAIL);
        assertEquals(List.of("sender@there.example > bob@there.example"), office.envelopes());
    }

    /// Most have no `.forward`, and nobody asks for it twice.
    @Test
    void whoHasNoForwardFileHasHisMailWithoutAnotherLook() throws Exception {
        for (String place : List.of("home_mailbox =", "home_mailbox = Maildir/")) {
            PostOffice office = new PostOffice(directory, place);
            Path forward = directory.resolve("home/alice/.forward");
            Files.deleteIfExists(forward);
            assertTrue(office.mail("alice@own.example", MAIL).getFirst().startsWith("2.0.0 sent"));
            assertEquals(0, office.hands.looks, place);
            Files.writeString(forward, "bob@own.example\n");
            office.mail("alice@own.example", MAIL);
            assertEquals(1, office.hands.looks, place);
            assertEquals(List.of("sender@there.example > bob@own.example"), office.envelopes());
        }
        assertEquals(2, box(directory).split("Subject: x", -1).length);
        assertEquals(1, Files.list(directory.resolve("home/alice/Maildir/new")).count());
    }

    private static String box(Path directory) throws java.io.IOException {
        return Files.readString(directory.resolve("spool/alice"));
    }

    @Test
    void aMailboxThatIsNoneIsNotTouched() throws Exception {
        PostOffice office = new PostOffice(directory);
        Path mailbox = directory.resolve("spool/alice");
        Files.createDirectory(mailbox);
        String before = "cannot update mailbox " + mailbox + " for user alice. ";
        assertEquals(
                List.of("5.2.0 bounced (" + before + "cannot open file: Is a directory)"),
                office.mail("alice@own.example", MAIL));
        Files.delete(mailbox);
        // a link of root's in a directory that only root may write to would be followed
        Files.setPosixFilePermissions(
                mailbox.getParent(), PosixFilePermissions.fromString("rwxrwxrwx"));
        Files.createSymbolicLink(mailbox, Files.createFile(directory.resolve("target")));
        assertEquals(
                List.of("5.2.0 bounced (" + before + "file is a symbolic link)"),
                office.mail("alice@own.example", MAIL));
        assertEquals("", office.file("target"));
        Files.delete(mailbox);
        Files.createLink(mailbox, directory.resolve("target"));
        assertEquals(
                List.of("5.2.0 bounced (" + before + "file has 2 hard links)"),
                office.mail("alice@own.example", MAIL));
    }

    @Test
    void aMailboxDoesNotGrowBeyondItsLimit() throws Exception {
        PostOffice office =
                new PostOffice(directory, "mailbox_size_limit = 1000", "message_size_limit = 900");
        Files.writeString(directory.resolve("spool/alice"), "x".repeat(900));
        assertEquals(
                List.of(
                        "5.2.2 bounced (cannot update mailbox "
                                + directory
                                + "/spool/alice for user alice. error writing message: File too"
                                + " large)"),
                office.mail("alice@own.example", MAIL));
        assertEquals(900, office.file("spool/alice").length());
    }

    @Test
    void anotherAgentsWordIsTaken() throws Exception {
        PostOffice office =
                new PostOffice(directory, "mailbox_transport = other:there")
                        .other(
                                "other",
                                (request, report) -> {
                                    assertEquals("there", request.nexthop());
                                    report.outcome(
                                            0,
                                            new Outcome.Sent(
                                                    Outcome.Detail.local(
                                                            new Status(2, 1, 5), "far", "ok"),
                                                    true));
                                    return null;
                                });
        assertEquals(
                List.of(
                        "ORIGINAL: passing <dave@own.example> to transport=other",
                        "<dave@own.example> 2.1.5 sent (ok)"),
                office.mail("dave@own.example", MAIL));
        PostOffice none = new PostOffice(directory, "fallback_transport = missing");
        assertEquals(
                List.of(
                        "ORIGINAL: passing <dave@own.example> to transport=missing",
                        "4.3.0 deferred (mail transport unavailable)"),
                none.mail("dave@own.example", MAIL));
    }

    /// aliases(5): else a stranger's name would be a command.
    @Test
    void noPartOfANameComesIntoACommand() throws Exception {
        for (String maps :
                List.of(
                        "alias_maps = regexp:{{/^(.*)/ |touch " + directory + "/$1}}",
                        "alias_maps = unionmap:{regexp:{{/^(.*)/ |touch " + directory + "/$1}}}",
                        "alias_maps = tcp:127.0.0.1:9",
                        "mailbox_command_maps = pcre:{{/^(.*)/ touch " + directory + "/$1}}",
                        "mailbox_command_maps = socketmap:inet:127.0.0.1:9:x")) {
            PostOffice office = new PostOffice(directory, maps.replace("$1", "$$1"));
            List<String> out = office.mail("alice@own.example", MAIL);
            assertTrue(out.getLast().startsWith("4.3.0 deferred ("), maps + ": " + out);
            assertEquals(false, Files.exists(directory.resolve("alice")));
        }
        PostOffice plain = new PostOffice(directory, "alias_maps = regexp:{{/^anybody/ alice}}");
        assertTrue(plain.mail("anybody@own.example", MAIL).toString().contains("to mailbox"));
    }

    @Test
    void aFilterChangesStatusAndText() throws Exception {
        PostOffice office =
                new PostOffice(
                        directory,
                        "local_delivery_status_filter = regexp:{"
                                + "{/^5.1.1 unknown user: .dave/ 4.1.1 not yet},"
                                + " {/delivered to mailbox/ 5.0.0 no}}");
        assertEquals(List.of("4.1.1 deferred (not yet)"), office.mail("dave@own.example", MAIL));
        assertEquals(
                "2.0.0 sent (delivered to mailbox)",
                office.mail("alice@own.example", MAIL).getLast());
    }

    /// What it makes is on its way to the disk while it waits: content that is let go of too early
    /// is gone.
    @Test
    void mailThatAnotherAgentMakesIsMadeWithTheRest() throws Exception {
        boolean[] gone = new boolean[1];
        PostOffice office =
                withAliases("{ team = dave, x@there.example, alice }", "fallback_transport = other")
                        .other(
                                "other",
                                (request, report) -> {
                                    gone[0] = false;
                                    boolean made =
                                            report.outcome(
                                                    0,
                                                    new Outcome.Sent(
                                                            Outcome.Detail.local(
                                                                    new Status(2, 0, 0),
                                                                    "far",
                                                                    "ok"),
                                                            true,
                                                            List.of(
                                                                    PostOffice.message(
                                                                            "z@far.example"))),
                                                    List.of());
                                    assertTrue(made);
                                    gone[0] = true;
                                    return null;
                                });
        office.whenTold = () -> assertEquals(false, gone[0], "let go of before it was made");
        office.mail("team@own.example", MAIL);
        assertTrue(gone[0]);
        assertEquals(
                List.of(
                        "sender@there.example > z@far.example",
                        "sender@there.example > x@there.example"),
                office.envelopes());
        assertTrue(office.file("spool/alice").contains("hello"));
    }

    /// A fault in one place costs the others nothing.
    @Test
    void oneAgentsFaultDoesNotMakeTheOthersGetTheMailAgain() throws Exception {
        PostOffice office =
                withAliases("{ team = dave, alice }", "fallback_transport = other")
                        .other(
                                "other",
                                (request, report) -> {
                                    throw new IllegalStateException("a fault");
                                });
        org.junit.jupiter.api.Assertions.assertThrows(
                IllegalStateException.class, () -> office.mail("team@own.example", MAIL));
        assertInstanceOf(Outcome.Sent.class, office.last());
        assertEquals(List.of("sender@there.example > team@own.example"), office.envelopes());
        NewMessage rest = office.made.getLast();
        org.junit.jupiter.api.Assertions.assertThrows(
                IllegalStateException.class, () -> office.again(rest));
        assertInstanceOf(Outcome.Deferred.class, office.last());
        assertEquals(1, office.file("spool/alice").split("Return-Path:", -1).length - 1);
    }

    /// What each of two agents remembers is its own.
    @Test
    void whatOneAgentSettledIsNotTakenForTheOthers() {
        Settling own = new Settling("A/0", null, "local");
        own.add(Settling.FORWARDED);
        assertTrue(new Settling("B/1", own.text(), "local").has(Settling.FORWARDED));
        assertTrue(new Settling("B/1", own.text(), "second").isEmpty());
        // whatever mail it goes on as, its places know it by the first
        assertEquals(own.text(), new Settling("B/1", own.text(), "local").text());
        assertTrue(own.text().contains(" from=A/0 "), own.text());
        assertTrue(
                new Settling("B/1", "forwarded 0011223344556677", "local").has("0011223344556677"));
    }

    /// The helper would refuse it; here nobody asks it to.
    @Test
    void rootsCommandsHaveTheRightsOfDefaultPrivs() throws Exception {
        PostOffice office =
                new PostOffice(directory, "mailbox_command = cat >/dev/null", "forward_path =");
        office.mail("alice@own.example", MAIL);
        office.mail("root@own.example", MAIL);
        assertEquals(
                List.of("alice", "nobody"), office.hands.ran.stream().map(i -> i.name()).toList());
    }

    /// Two agents that remember in the same mail do not read each other's words.
    @Test
    void whomAnAgentDeliveredToItselfIsNotToldAnother() throws Exception {
        List<String> told = new ArrayList<>();
        PostOffice office =
                withAliases("{ team = dave, alice }", "fallback_transport = other")
                        .other(
                                "other",
                                (request, report) -> {
                                    told.add(
                                            String.valueOf(
                                                    request.message()
                                                            .envelope()
                                                            .routing()
                                                            .settled()));
                                    report.outcome(
                                            0,
                                            new Outcome.Deferred(
                                                    Outcome.Detail.local(
                                                            new Status(4, 0, 0), "far", "later")));
                                    return null;
                                });
        office.mail("team@own.example", MAIL);
        NewMessage rest = office.made.getLast();
        assertTrue(String.valueOf(rest.envelope().routing().settled()).startsWith("local: "));
        office.again(rest);
        assertEquals(List.of("null", "null"), told);
        // what it remembers itself is its own, where it does all of it
        NewMessage own = PostOffice.message("dave@own.example");
        office.again(
                new NewMessage(
                        own.id(),
                        own.envelope()
                                .withAttributes(
                                        own.envelope()
                                                .attributes()
                                                .withRouting(
                                                        own.envelope()
                                                                .routing()
                                                                .withSettled("other: x"))),
                        own.content(),
                        false));
        assertEquals("other: x", told.getLast());
    }

    @Test
    void whomAnotherAgentSaysNothingOfWaits() throws Exception {
        PostOffice office =
                withAliases("{ team = dave, alice }", "fallback_transport = other")
                        .other("other", (request, report) -> null);
        List<String> out = quiet(office.mail("dave@own.example", MAIL));
        assertEquals("4.3.0 deferred (unknown mail transport error)", out.getLast());
        out = quiet(office.mail("team@own.example", MAIL));
        assertTrue(
                out.contains("<dave@own.example> 4.3.0 deferred (unknown mail transport error)"),
                out::toString);
        assertEquals(List.of("sender@there.example > team@own.example"), office.envelopes());
    }
}
