package org.postrider.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.address.Address;
import org.postrider.rewrite.Srs;
import org.postrider.wire.NotifyClass;
import org.postrider.wire.Reply;

/// What a list comes to: in which order it is asked, what a decision carries, and that deciding
/// does nothing.
class DecisionTest {
    @TempDir Path temp;

    private Decision at(Stage stage, String mainCf) throws IOException {
        Doors doors = new Doors(temp, mainCf);
        return doors.access.decide(stage, doors.writing());
    }

    private static @Nullable String refusal(Decision decision) {
        Reply reply = decision.refusal();
        return reply == null ? null : reply.line();
    }

    @Test
    void waitingListsAreAskedAtTheRecipientInOrder() throws IOException {
        String lists =
                "smtpd_client_restrictions = check_client_access static:{info client}\n"
                        + "smtpd_helo_restrictions = check_helo_access static:{info helo}\n"
                        + "smtpd_sender_restrictions = check_sender_access static:{info sender}\n"
                        + "smtpd_recipient_restrictions = check_recipient_access"
                        + " static:{info recipient}\n";
        assertEquals(Decision.DUNNO, at(Stage.CLIENT, lists));
        assertEquals(Decision.DUNNO, at(Stage.HELO, lists));
        assertEquals(Decision.DUNNO, at(Stage.SENDER, lists));
        assertEquals(
                List.of("client", "helo", "sender", "recipient"),
                at(Stage.RECIPIENT, lists).effects().stream()
                        .map(e -> ((LogLine.Action) e).text())
                        .toList());
    }

    /// As real Postfix does it (effects-discard-* of src/test/twin/effects.case).
    @Test
    void ofAMailThatIsDroppedNothingMoreIsAsked() throws IOException {
        String lists =
                "smtpd_client_restrictions = check_client_access static:DISCARD, reject\n"
                        + "smtpd_relay_restrictions = reject\n"
                        + "smtpd_recipient_restrictions = check_client_access fail:x\n"
                        + "smtpd_reject_unlisted_recipient = yes\n"
                        + "smtpd_data_restrictions = reject\n"
                        + "smtpd_end_of_data_restrictions = reject\n"
                        + "smtpd_etrn_restrictions = reject\n";
        assertNull(refusal(at(Stage.RECIPIENT, lists)));
        Doors doors = new Doors(temp, lists);
        Someone dropped = doors.writing().with("rcpt=unknown@own.example").with("discarded");
        for (Stage stage : Stage.values()) {
            boolean asked = stage == Stage.ETRN;
            assertEquals(
                    asked, doors.access.decide(stage, dropped).refusal() != null, stage.name());
        }
    }

    /// A sender that we rewrote (SRS) is a recipient that exists; one that somebody made up is
    /// none.
    @Test
    void aRewrittenSenderIsAKnownRecipient() throws IOException {
        Path secret = Files.writeString(temp.resolve("secret"), "one\n");
        Doors doors =
                new Doors(
                        temp,
                        "postrider_srs_domain = own.example\npostrider_srs_secret_file = "
                                + secret
                                + "\nsmtpd_reject_unlisted_recipient = yes\n");
        Srs srs = Objects.requireNonNull(Srs.of(doors.settings));
        String made = srs.forward(new Address("s@a.example")).text();
        for (String each : List.of(made, made.replace("=s@", "=u@"))) {
            Someone back = doors.writing().with("rcpt=" + each);
            assertEquals(
                    each.equals(made),
                    doors.access.decide(Stage.RECIPIENT, back).refusal() == null,
                    each);
        }
    }

    /// Who refuses knows what it is about, whatever text and status it refuses with.
    @Test
    void whatARefusalIsAboutIsNotInItsReply() throws IOException {
        String list = "smtpd_data_restrictions = ";
        String mine = "check_client_access static:{451 4.3.5 Server configuration error}\n";
        assertEquals(NotifyClass.POLICY, at(Stage.DATA, list + mine).about());
        assertEquals(NotifyClass.SOFTWARE, at(Stage.DATA, list + "no_such_rule\n").about());
        assertEquals(
                NotifyClass.POLICY, at(Stage.DATA, list + "defer_if_permit, permit\n").about());
        assertNull(at(Stage.DATA, list + "permit\n").about());
        Doors doors =
                new Doors(
                        temp,
                        "local_recipient_maps = fail:x\n"
                                + "smtpd_relay_restrictions = reject_unauth_destination\n"
                                + "smtpd_recipient_restrictions = reject_unlisted_recipient\n");
        Someone asks = doors.writing().with("rcpt=unknown@own.example");
        assertEquals(NotifyClass.DATA, doors.access.decide(Stage.RECIPIENT, asks).about());
    }

    @Test
    void aPauseStandsWhereTheRestrictionStands() throws IOException {
        Decision decision =
                at(
                        Stage.DATA,
                        "smtpd_data_restrictions = check_client_access static:{warn one}, sleep 7,"
                                + " check_client_access static:{warn two}\n");
        assertEquals(
                List.of(
                        new LogLine.Action("warn", "one"),
                        new Effect.Pause(7),
                        new LogLine.Action("warn", "two")),
                decision.effects());
    }

    @Test
    void warnIfRejectIsForTheNextRestrictionOnly() throws IOException {
        Decision decision =
                at(
                        Stage.DATA,
                        "smtpd_data_restrictions = warn_if_reject defer_if_permit, reject,"
                                + " permit\n");
        assertEquals("554 5.7.1 <DATA>: Data command rejected: Access denied", refusal(decision));
        assertEquals(
                List.of(
                        new LogLine.RejectWarning(
                                Stage.DATA,
                                Reply.of(
                                        450,
                                        7,
                                        0,
                                        "<DATA>: Data command rejected: defer_if_permit"
                                                + " requested"),
                                new Cause("smtpd_data_restrictions", "defer_if_permit", "")),
                        new LogLine.Warning("restriction `permit' after `reject' is ignored")),
                decision.effects());
    }

    @Test
    void aRecipientThatWasOnlyWarnedOfIsStillRefused() throws IOException {
        Doors doors =
                new Doors(
                        temp,
                        "smtpd_reject_unlisted_recipient = yes\n"
                                + "smtpd_recipient_restrictions = warn_if_reject"
                                + " reject_unlisted_recipient\n");
        Decision decision =
                doors.access.decide(
                        Stage.RECIPIENT, doors.writing().with("rcpt=nobody@own.example"));
        assertEquals(
                "550 5.1.1 <nobody@own.example>: Recipient address rejected: User unknown in"
                        + " local recipient table",
                refusal(decision));
    }

    @Test
    void deferIfRejectIsForgottenWithItsList() throws IOException {
        Decision decision =
                at(
                        Stage.RECIPIENT,
                        "smtpd_client_restrictions = defer_if_reject\n"
                                + "smtpd_helo_restrictions = reject\n");
        assertEquals(
                "554 5.7.1 <client.example>: Helo command rejected: Access denied",
                refusal(decision));
    }

    @Test
    void whatIsPutOffBeforeTheRecipientComesBackThere() throws IOException {
        Doors doors =
                new Doors(
                        temp,
                        "smtpd_delay_reject = no\nsmtpd_helo_restrictions = defer_if_permit\n");
        Decision early = doors.access.decide(Stage.HELO, doors.writing());
        Reply later =
                Reply.of(
                        450,
                        7,
                        0,
                        "<client.example>: Helo command rejected: defer_if_permit requested");
        Cause cause = new Cause("smtpd_helo_restrictions", "defer_if_permit", "");
        Effect.DeferIfPermit effect = new Effect.DeferIfPermit(later, cause);
        assertEquals(List.of(effect), early.effects());
        assertNull(early.refusal());
        Decision late = doors.access.decide(Stage.RECIPIENT, doors.writing().with(effect));
        assertEquals(later, late.refusal());
        assertEquals(cause, late.cause());
    }

    @Test
    void listsThatNameEachOtherEnd() throws IOException {
        Decision decision =
                at(
                        Stage.DATA,
                        "smtpd_restriction_classes = a, b\na = b\nb = a\n"
                                + "smtpd_data_restrictions = a\n");
        assertEquals(AccessReplies.CONFIGURATION, decision.refusal());
    }

    /// As Postfix, which does not start its smtpd: an empty list would let everybody pass.
    @Test
    void aClassWithoutADefinitionLetsNobodyPass() throws IOException {
        for (String definition : List.of("", "mine =\n", "mine = $nothing\nnothing =\n")) {
            Decision decision =
                    at(
                            Stage.DATA,
                            "smtpd_restriction_classes = mine\n"
                                    + definition
                                    + "smtpd_data_restrictions = mine, permit\n");
            assertEquals(AccessReplies.CONFIGURATION, decision.refusal(), definition);
            assertTrue(
                    decision.effects()
                            .toString()
                            .contains("restriction class `mine' needs a definition"),
                    decision.effects()::toString);
        }
    }

    @Test
    void aClassWithoutADefinitionIsNamedByTheCheck() throws IOException {
        Doors doors = new Doors(temp, "smtpd_restriction_classes = mine\n");
        assertEquals(
                List.of(
                        new RestrictionChecks.Fault(
                                "mine", null, "restriction class `mine' needs a definition")),
                RestrictionChecks.of(doors.settings));
    }

    @Test
    void nobodyIsTakenWhereStrangersMightRelay() throws IOException {
        Decision decision = at(Stage.RECIPIENT, "smtpd_relay_restrictions = permit_mynetworks\n");
        assertEquals(AccessReplies.CONFIGURATION, decision.refusal());
        assertTrue(decision.effects().getFirst() instanceof LogLine.Fatal);
    }

    @Test
    void aTraceNamesEachStepAndItsResult() throws IOException {
        Doors doors =
                new Doors(
                        temp,
                        "smtpd_restriction_classes = mine\nmine = reject_plaintext_session\n"
                                + "smtpd_client_restrictions = permit_inet_interfaces, mine\n");
        Steps steps = new Steps();
        Decision decision = doors.access.decide(Stage.RECIPIENT, doors.writing(), steps);
        assertEquals(
                List.of(
                        "0 smtpd_client_restrictions: permit_inet_interfaces",
                        "0 dunno",
                        "0 smtpd_client_restrictions: mine",
                        "1 mine: reject_plaintext_session",
                        "1 reject 450 4.7.1 Session encryption is required",
                        "0 reject 450 4.7.1 Session encryption is required"),
                steps.lines);
        assertEquals(new Cause("mine", "reject_plaintext_session", ""), decision.cause());
    }

    /// The list or class that its administrator would change, whatever led there.
    @Test
    void aRefusalNamesItsCause() throws IOException {
        Map<String, Cause> causes =
                Map.of(
                        "smtpd_client_restrictions = warn_if_reject reject, defer",
                        new Cause("smtpd_client_restrictions", "defer", ""),
                        "smtpd_client_restrictions = defer_if_permit",
                        new Cause("smtpd_client_restrictions", "defer_if_permit", ""),
                        "smtpd_sender_restrictions = check_sender_access static:{reject}",
                        new Cause(
                                "smtpd_sender_restrictions",
                                "check_sender_access static:{reject}",
                                ""),
                        "smtpd_sender_restrictions = check_sender_access"
                                + " static:{sleep 0, reject_plaintext_session}",
                        new Cause(
                                "smtpd_sender_restrictions",
                                "check_sender_access static:{sleep 0, reject_plaintext_session}",
                                "reject_plaintext_session"),
                        "smtpd_sender_restrictions = check_sender_access"
                                + " static:{sleep 0, defer_if_permit}",
                        new Cause(
                                "smtpd_sender_restrictions",
                                "check_sender_access static:{sleep 0, defer_if_permit}",
                                "defer_if_permit"),
                        "smtpd_restriction_classes = mine\nmine = reject\n"
                                + "smtpd_sender_restrictions = check_sender_access"
                                + " static:{sleep 0, mine}",
                        new Cause("mine", "reject", ""),
                        "smtpd_relay_restrictions = permit_mynetworks",
                        new Cause(
                                "smtpd_relay_restrictions",
                                "nothing keeps strangers from relaying",
                                ""));
        for (Map.Entry<String, Cause> each : causes.entrySet()) {
            Decision decision = at(Stage.RECIPIENT, each.getKey() + "\n");
            assertEquals(each.getValue(), decision.cause(), each.getKey());
        }
        assertNull(at(Stage.RECIPIENT, "smtpd_client_restrictions = permit\n").cause());
    }

    private static final List<String> WORDS =
            List.of(
                    "permit_mynetworks",
                    "permit_sasl_authenticated",
                    "reject_unauth_destination",
                    "reject_unknown_sender_domain",
                    "reject_unlisted_recipient",
                    "warn_if_reject",
                    "defer_if_permit",
                    "defer_if_reject",
                    "reject",
                    "sleep 3",
                    "reject_rbl_client x.example",
                    "nobody_knows_this",
                    "mine",
                    "check_client_access static:{hold it}",
                    "check_sender_access static:{redirect a@b.example}",
                    "check_recipient_access static:{prepend X-A: b}",
                    "check_helo_access static:{filter smtp:[x]}",
                    "check_recipient_access static:{defer_if_reject, reject_plaintext_session}");

    private static String list(Random random) {
        List<String> out = new ArrayList<>();
        for (int n = random.nextInt(6); n > 0; n--) {
            out.add(WORDS.get(random.nextInt(WORDS.size())));
        }
        return String.join(", ", out);
    }

    private static Someone anybody(Doors doors, Random random) {
        String[] all = {
            "ip=198.51.100.1",
            "helo=x",
            "login=ann",
            "tls",
            "pipelined",
            "recipients=2",
            "mail=a@later.example",
            "mail=<>",
            "rcpt=nobody@own.example",
            "rcpt=a@there.example"
        };
        Someone someone = doors.writing();
        for (String each : all) {
            someone.with(random.nextInt(3) == 0 ? each : "");
        }
        return someone;
    }

    /// The seed of a failure is in its message.
    @Test
    void decidingDoesNothingAndExplainingItChangesNothing() throws IOException {
        int refused = 0;
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            Doors doors =
                    new Doors(
                            temp,
                            "smtpd_delay_reject = "
                                    + (random.nextBoolean() ? "yes" : "no")
                                    + "\nsmtpd_restriction_classes = mine\nmine = "
                                    + list(random)
                                    + "\nsmtpd_client_restrictions = "
                                    + list(random)
                                    + "\nsmtpd_sender_restrictions = "
                                    + list(random)
                                    + "\nsmtpd_recipient_restrictions = "
                                    + list(random)
                                    + "\nsmtpd_data_restrictions = "
                                    + list(random)
                                    + "\n");
            Someone someone = anybody(doors, random);
            String before = someone.toString();
            for (Stage stage : Stage.values()) {
                String where = "seed " + seed + ", " + stage;
                Decision first = doors.access.decide(stage, someone);
                Steps steps = new Steps();
                Decision explained = doors.access.decide(stage, someone, steps);
                assertEquals(0, steps.unanswered(), where);
                assertEquals(explained.refusal() == null, explained.cause() == null, where);
                assertEquals(first, explained, where);
                assertEquals(first, doors.access.decide(stage, someone), where);
                refused += first.refusal() == null ? 0 : 1;
            }
            assertEquals(before, someone.toString(), "seed " + seed);
        }
        assertTrue(refused > 300, refused + " refused");
    }

    /// Nobody pays for a trace, a list or a log line that nobody wants.
    @Test
    void aMailThatNothingSpeaksAgainstCostsNoMoreThanItsEvaluation() throws IOException {
        Doors doors =
                new Doors(
                        temp,
                        "smtpd_relay_restrictions = permit_mynetworks,"
                                + " reject_unauth_destination\n");
        Someone someone = doors.writing().with("ip=198.51.100.1");
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long id = Thread.currentThread().threadId();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 20; round++) {
            long before = threads.getThreadAllocatedBytes(id);
            for (int i = 0; i < 1000; i++) {
                assertNull(doors.access.decide(Stage.RECIPIENT, someone).refusal());
            }
            least = Math.min(least, (threads.getThreadAllocatedBytes(id) - before) / 1000);
        }
        assertTrue(least <= 224, least + " octets a decision");
    }
}
