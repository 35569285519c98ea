package org.postrider.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.postrider.address.Address;
import org.postrider.delivery.Outcome;
import org.postrider.maps.IndexWriter;
import org.postrider.queue.NewMessage;
import org.postrider.queue.Recipient;

/// Recipients that stand for others: aliases, lists, their owners, and who hears of their failures.
class MembersTest extends LocalHouse {
    /// `hash:` has no Berkeley DB file if our newaliases made it, or nobody did.
    @Test
    void anAliasTableIsItsOwnersWhateverFileAnswers() throws Exception {
        Path aliases = Files.writeString(directory.resolve("aliases"), "team: alice\n");
        PostOffice office = new PostOffice(directory, "alias_maps = hash:" + aliases);
        assertFalse(office.mail("team@own.example", MAIL).toString().contains("configuration"));
        new IndexWriter("cdb", aliases, 0).create(List.of(Map.entry("team", "bob")), false);
        office = new PostOffice(directory, "alias_maps = hash:" + aliases);
        assertFalse(office.mail("team@own.example", MAIL).toString().contains("configuration"));
    }

    @Test
    void anAliasDeliversHereAndForwardsTheRest() throws Exception {
        PostOffice office =
                withAliases("{ team = alice, bob, x@there.example, /" + directory + "/f }");
        assertEquals(
                List.of(
                        "<alice@own.example> 2.0.0 sent (delivered to mailbox)",
                        "<bob@own.example> 2.0.0 sent (delivered to mailbox)",
                        "<team@own.example> 2.0.0 sent (delivered to file: /" + directory + "/f)",
                        "<team@own.example> 2.0.0 sent (forwarded)"),
                office.mail("team@own.example", MAIL).stream()
                        .filter(l -> !l.contains("message-id"))
                        .toList());
        assertEquals(List.of("sender@there.example > x@there.example"), office.envelopes());
        String header =
                new String(office.made.getFirst().content().header(), StandardCharsets.ISO_8859_1);
        assertTrue(
                header.matches(
                        "(?s)Received: by mx.own.example \\(Postfix\\)\r\n\tid \\w+; .*?\r\n"
                                + "Delivered-To: team@own.example\r\nFrom: a@b.example\r\n.*"),
                header);
        assertEquals(
                new Address("team@own.example"),
                office.made.getFirst().envelope().recipients().getFirst().original());
        assertTrue(office.file("spool/bob").contains("\nX-Original-To: team@own.example\n"));
        assertTrue(office.file("spool/bob").contains("\nDelivered-To: team@own.example\n"));
    }

    /// Under whichever name he stands in a list.
    @Test
    void whoStandsInAListTwiceGetsItOnce() throws Exception {
        PostOffice office = withAliases("{ team = alice, bob, alice+x, ALICE, bob+y }");
        office.mail("team@own.example", MAIL);
        for (String user : List.of("alice", "bob")) {
            assertEquals(
                    2, (office.file("spool/" + user)).split("\nDelivered-To: ", -1).length, user);
        }
    }

    /// Postfix delivers all of it again.
    @Test
    void whoHadTheMailDoesNotGetItAgainBecauseAnotherHasToWait() throws Exception {
        Path flag = directory.resolve("flag");
        PostOffice office =
                withAliases(
                        "{ team = alice, \"|test -e "
                                + flag
                                + " || exit 75\", x@there.example, dave }");
        List<String> out = office.mail("team@own.example", MAIL);
        assertTrue(
                out.contains("<team@own.example> 4.3.0 deferred (temporary failure)"),
                out::toString);
        assertInstanceOf(Outcome.Sent.class, office.last());
        assertEquals(
                List.of(
                        "sender@there.example > x@there.example",
                        " > sender@there.example",
                        "sender@there.example > team@own.example"),
                office.envelopes());
        NewMessage rest = office.made.getLast();
        assertEquals(1_795_219_552_000L, rest.envelope().arrivalMillis());
        out = office.again(rest);
        assertEquals(
                List.of("<team@own.example> 4.3.0 deferred (temporary failure)"),
                out.stream().filter(l -> !l.contains("message-id")).toList());
        assertInstanceOf(Outcome.Deferred.class, office.last());
        Files.createFile(flag);
        out = office.again(rest);
        assertEquals(1, out.size(), out::toString);
        assertInstanceOf(Outcome.Sent.class, office.last());
        assertEquals(List.of(), office.made);
        assertEquals(1, office.file("spool/alice").split("Return-Path:", -1).length - 1);
    }

    @Test
    void membersThatFailAreToldOfToTheSender() throws Exception {
        PostOffice office = withAliases("{ team = dave, alice }");
        List<String> out = office.mail("team@own.example", MAIL);
        assertTrue(
                out.contains("<dave@own.example> 5.1.1 bounced (unknown user: \"dave\")"),
                out::toString);
        assertEquals(List.of(" > sender@there.example"), office.envelopes());
        String notice = text(office.made.getFirst());
        assertTrue(notice.contains("Final-Recipient: rfc822; dave@own.example\r\n"), notice);
        assertTrue(notice.contains("Original-Recipient: rfc822;team@own.example\r\n"), notice);
        assertTrue(
                out.contains(
                        "ORIGINAL: sender non-delivery notification: "
                                + office.made.getFirst().id()),
                out::toString);
    }

    @Test
    void aListsOwnerHearsOfItsMembers() throws Exception {
        PostOffice office =
                withAliases("{ list = \"|exit 67\", x@there.example } { owner-list = alice }");
        office.mail("list@own.example", MAIL);
        assertEquals(
                List.of("owner-list@own.example > x@there.example", " > owner-list@own.example"),
                office.envelopes());
        String notice = text(office.made.getLast());
        assertTrue(notice.contains("Diagnostic-Code: x-unix; user unknown\r\n"), notice);
        assertFalse(notice.contains("Original-Recipient:"), notice);
    }

    /// As of Postfix 3.7: the words as they are, and no blanks around them.
    @Test
    void whatACommandSaidIsToldWithoutTheBlanksAroundIt() throws Exception {
        PostOffice office = withAliases("{ list = \"|echo '  some   words  '; exit 1\" }");
        office.mail("list@own.example", MAIL);
        String notice = text(office.made.getLast());
        assertTrue(notice.contains("\r\nDiagnostic-Code: x-unix; some   words\r\n"), notice);
    }

    @Test
    void successIsToldOfTheAlias() throws Exception {
        PostOffice office = withAliases("{ team = alice }");
        office.mail(
                new Recipient(new Address("team@own.example"), null, Recipient.SUCCESS, null),
                MAIL);
        Outcome.Sent sent = assertInstanceOf(Outcome.Sent.class, office.last());
        assertEquals("alias expanded", sent.detail().text());
        assertEquals("expanded", sent.detail().action());
        assertEquals(false, sent.dsnSupported());
    }

    @Test
    void aLoopIsToldOf() throws Exception {
        PostOffice office = new PostOffice(directory);
        assertEquals(
                List.of("5.4.6 bounced (mail forwarding loop for alice@own.example)"),
                office.mail("alice@own.example", "Delivered-To: Alice@own.example\n" + MAIL));
    }

    /// Of members of a list it is supposed as well; one who has a `.forward` is found out while the
    /// others get the mail, and nobody gets it twice.
    @Test
    void aMemberWithAForwardFileIsFoundOutWhileTheOthersGetTheMail() throws Exception {
        String names =
                IntStream.range(0, 20).mapToObj(i -> "u" + i).collect(Collectors.joining(", "));
        PostOffice office = withAliases("{ all = " + names + ", u7, \\\\u7 }");
        for (int i = 0; i < 20; i++) {
            office.user("u" + i);
        }
        Files.writeString(
                directory.resolve("home/u7/.forward"),
                "x@there.example\n\"|cat > " + directory + "/c\"\n");
        List<String> out = office.mail("all@own.example", MAIL);
        assertEquals(
                22, out.stream().filter(l -> !l.contains("message-id")).count(), out::toString);
        assertEquals(List.of("sender@there.example > x@there.example"), office.envelopes());
        for (int i = 0; i < 20; i++) {
            assertEquals(2, office.file("spool/u" + i).split("Subject: x", -1).length, "user " + i);
        }
        assertTrue(office.file("c").contains("Subject: x"));
        // All were looked for once it was known that one of them has one.
        assertEquals(20, office.hands.looks);
        PostOffice plain = withAliases("{ all = " + names + " }");
        for (int i = 0; i < 20; i++) {
            plain.user("u" + i);
        }
        Files.delete(directory.resolve("home/u7/.forward"));
        assertEquals(20, plain.mail("all@own.example", MAIL).size());
        assertEquals(0, plain.hands.looks);
    }

    @Test
    void mailboxesOfALongListAreWrittenToAtTheSameTimeAndEachOnce() throws Exception {
        String names =
                IntStream.range(0, 96).mapToObj(i -> "u" + i).collect(Collectors.joining(", "));
        PostOffice office = withAliases("{ all = " + names + ", u3, u39 }");
        for (int i = 0; i < 96; i++) {
            office.user("u" + i);
        }
        CyclicBarrier together = new CyclicBarrier(4);
        office.threads =
                (task, after) ->
                        Thread.ofPlatform()
                                .daemon()
                                .start(() -> {
                                    try {
                                        together.await(120, TimeUnit.SECONDS);
                                        task.run();
                                    } catch (Exception e) {
                                        throw new AssertionError(e);
                                    } finally {
                                        after.run();
                                    }
                                });
        List<String> out = office.mail("all@own.example", MAIL);
        assertEquals(96, out.size(), out::toString);
        for (int i = 0; i < 96; i++) {
            assertEquals(2, office.file("spool/u" + i).split("Subject: x", -1).length, "user " + i);
        }
        assertEquals(List.of(), office.made);
    }

    /// Threads that end before their mailboxes are written to, or cannot be had: of many at once,
    /// and then of one of them.
    @Test
    void ofALongListWhoseThreadsEndEverybodyElseGetsTheMail() throws Exception {
        String names =
                IntStream.range(0, 20).mapToObj(i -> "u" + i).collect(Collectors.joining(", "));
        PostOffice office = withAliases("{ all = " + names + " }");
        for (int i = 0; i < 20; i++) {
            office.user("u" + i);
        }
        AtomicInteger begun = new AtomicInteger();
        office.threads =
                (task, after) -> {
                    int number = begun.incrementAndGet();
                    if (number != 1 && number != 3) {
                        task.run();
                    }
                    after.run();
                };
        assertThrows(IllegalStateException.class, () -> office.mail("all@own.example", MAIL));
        for (int i = 0; i < 20; i++) {
            assertEquals(i != 1, Files.exists(directory.resolve("spool/u" + i)), "user " + i);
        }
        assertEquals(1, office.made.size(), "for the one that is left");
    }

    /// What an attempt did not know of is not taken for done by what it knew of.
    @Test
    void membersThatCameToLightLaterGetTheMailToo() throws Exception {
        Path more = directory.resolve("more");
        try (var file = new java.io.RandomAccessFile(more.toFile(), "rw")) {
            file.setLength(17 << 20);
        }
        PostOffice office = withAliases("{ team = x@there.example, \":include:" + more + "\" }");
        List<String> out = quiet(office.mail("team@own.example", MAIL));
        assertTrue(
                out.toString().contains("deferred (error reading forwarding file"), out::toString);
        assertEquals(
                List.of(
                        "sender@there.example > x@there.example",
                        "sender@there.example > team@own.example"),
                office.envelopes());
        NewMessage rest = office.made.getLast();
        Files.writeString(more, "y@there.example\nx@there.example\n");
        office.again(rest);
        assertEquals(List.of("sender@there.example > y@there.example"), office.envelopes());
    }

    /// Too many to be told one by one: while some are not known, none is forwarded to.
    @Test
    void aLongListWaitsForThoseWhoAreNotKnown() throws Exception {
        Path more = directory.resolve("more");
        Path list = directory.resolve("list");
        StringBuilder many = new StringBuilder();
        for (int i = 0; i < 1100; i++) {
            many.append("u").append(i).append("@there.example\n");
        }
        Files.writeString(list, many);
        try (var file = new java.io.RandomAccessFile(more.toFile(), "rw")) {
            file.setLength(17 << 20);
        }
        PostOffice office =
                withAliases(
                        "{ team = \":include:"
                                + list
                                + "\", \":include:"
                                + more
                                + "\" }"
                                + " { slow = \":include:"
                                + list
                                + "\", \"|exit 75\" }");
        office.mail("team@own.example", MAIL);
        assertInstanceOf(Outcome.Deferred.class, office.last());
        assertEquals(List.of(), office.envelopes());
        office.mail("slow@own.example", MAIL);
        assertEquals(2, office.made.size());
        NewMessage rest = office.made.getLast();
        office.again(rest);
        assertInstanceOf(Outcome.Deferred.class, office.last());
        assertEquals(List.of(), office.envelopes());
    }

    /// Only what was told of is not told again.
    @Test
    void aNoticeThatCouldNotBeMadeIsMadeLater() throws Exception {
        Path table = directory.resolve("canonical");
        PostOffice office =
                withAliases(
                        "{ team = dave, alice }",
                        "canonical_classes = envelope_recipient",
                        "recipient_canonical_maps = texthash:" + table);
        office.mail("team@own.example", MAIL);
        assertEquals(List.of("sender@there.example > team@own.example"), office.envelopes());
        NewMessage rest = office.made.getLast();
        Files.writeString(table, "nobody@there.example somebody@there.example\n");
        office = withAliases("{ team = dave, alice }");
        office.again(rest);
        assertEquals(List.of(" > sender@there.example"), office.envelopes());
    }

    /// Nor is a list's owner passed over, and the sender told its members, because nobody can say
    /// who he is.
    @Test
    void whoOwnsAListIsAskedAgainWhereNobodyCanSay() throws Exception {
        PostOffice office =
                new PostOffice(
                        directory,
                        "mailbox_command = exit 67",
                        "alias_maps = regexp:{{/^owner-(.*)/ $$1}}");
        assertEquals(
                "<alice@own.example> 4.3.0 deferred (alias database unavailable)",
                quiet(office.mail("alice@own.example", MAIL)).getLast());
        assertInstanceOf(Outcome.Deferred.class, office.last());
        assertEquals(List.of(), office.envelopes());
    }

    @Test
    void underSoftBounceAMemberWaits() throws Exception {
        PostOffice office = withAliases("{ team = dave, alice }", "soft_bounce = yes");
        office.mail("team@own.example", MAIL);
        assertEquals(List.of("sender@there.example > team@own.example"), office.envelopes());
    }

    /// What cannot be forwarded is told of, or waits; nobody of it is taken for served.
    @Test
    void whatCannotBeForwardedIsToldOfOrWaits() throws Exception {
        PostOffice office = withAliases("{ team = x@there.example, alice }", "hopcount_limit = 3");
        String hops = "Received: one\nReceived: two\n" + MAIL;
        List<String> out = quiet(office.mail("team@own.example", hops));
        assertTrue(
                out.contains("<x@there.example> 5.4.0 bounced (Error: too many hops)"),
                out::toString);
        assertEquals(List.of(" > sender@there.example"), office.envelopes());
        office =
                withAliases(
                        "{ list = x@there.example, bob } { owner-list = alice }",
                        "hopcount_limit = 3");
        office.mail("list@own.example", hops);
        assertEquals(List.of(" > owner-list@own.example"), office.envelopes());
    }

    @Test
    void whatCleanupDoesNotTakeNowIsForwardedLater() throws Exception {
        Path table = directory.resolve("virtual");
        PostOffice office =
                withAliases(
                        "{ team = x@there.example, alice }",
                        "canonical_classes = envelope_recipient",
                        "recipient_canonical_maps = texthash:" + table);
        List<String> out = quiet(office.mail("team@own.example", MAIL));
        assertTrue(
                out.contains("<x@there.example> 4.3.0 deferred (unable to forward message)"),
                out::toString);
        assertEquals(List.of("sender@there.example > team@own.example"), office.envelopes());
        NewMessage rest = office.made.getLast();
        office = withAliases("{ team = x@there.example, alice }");
        office.again(rest);
        assertEquals(List.of("sender@there.example > x@there.example"), office.envelopes());
        assertEquals(1, office.file("spool/alice").split("Return-Path:", -1).length - 1);
    }

    /// Who writes to a list does not learn whom it names.
    @Test
    void aListsOwnerHearsOfAllItsFailures() throws Exception {
        PostOffice office =
                withAliases(
                        "{ list = \":include:/no/such/file\", alice } { owner-list = bob }",
                        "owner_request_special = yes");
        office.mail("list@own.example", MAIL);
        assertEquals(
                List.of("owner-list@own.example > alice@own.example", " > owner-list@own.example"),
                office.envelopes());
    }
}
