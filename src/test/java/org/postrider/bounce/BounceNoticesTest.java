package org.postrider.bounce;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postrider.address.Address;
import org.postrider.cleanup.CleanupService;
import org.postrider.cleanup.CleanupService.Submission;
import org.postrider.config.Catalogue;
import org.postrider.config.MainCf;
import org.postrider.config.ServiceSettings;
import org.postrider.dsn.Status;
import org.postrider.log.LogTag;
import org.postrider.message.Content;
import org.postrider.queue.Envelope;
import org.postrider.queue.Mark;
import org.postrider.queue.Named;
import org.postrider.queue.QueueException;
import org.postrider.queue.QueueId;
import org.postrider.queue.Recipient;
import org.postrider.queue.Transaction;
import org.postrider.wire.NotifyClass;

/// The notices of real Postfix 3.7 (src/test/resources/…/bounce, taken off its wire) against ours
/// for the same outcome; dates masked.
class BounceNoticesTest {
    private static final Pattern DATE =
            Pattern.compile(
                    "[A-Z][a-z]{2}, [ \\d]\\d [A-Z][a-z]{2} \\d{4} \\d\\d:\\d\\d:\\d\\d .*\\)");
    private static final Status FAILED = new Status(5, 1, 1);
    private static final String REFUSED =
            "host 127.0.0.78[127.0.0.78] said: 550-5.1.1 no such user here 550 5.1.1 caf\u00e9"
                    + " really\u0007 not (in reply to RCPT TO command)";
    private static final String DIAGNOSTIC =
            "550-5.1.1 no such user here 550 5.1.1 caf\u00e9 really\u0007 not";

    @TempDir Path directory = Path.of("");
    private final Recorder recorder = new Recorder();

    private BounceNotices notices(String mainCf) throws IOException {
        Path file = directory.resolve("main.cf");
        Files.writeString(file, "compatibility_level = 3.6\n" + mainCf);
        Map<String, String> host = Map.of("myhostname", "mx.twin.example");
        return new BounceNotices(
                ServiceSettings.of(MainCf.read(file), Catalogue.load(), host),
                recorder,
                recorder.queue(),
                recorder,
                new LogTag("postfix/bounce", 1),
                recorder);
    }

    private static String golden(String name) throws IOException {
        try (InputStream in =
                Objects.requireNonNull(
                        BounceNoticesTest.class.getResourceAsStream(name + ".txt"))) {
            return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    private static String found(String text, String pattern) {
        Matcher m = Pattern.compile(pattern).matcher(text);
        assertTrue(m.find(), pattern);
        return m.group(1);
    }

    /// The message that a golden notice is about, as it must have been in the queue.
    private FakeMessage original(String golden, String sender, List<Recipient> to, String... more) {
        recorder.nextId = found(golden, "\tid (\\w+);");
        recorder.nowMillis = 1000 * Long.parseLong(found(golden, "boundary=\"\\w+\\.(\\d+)/"));
        String id = found(golden, "X-Postfix-Queue-ID: (\\w+)");
        String rest = golden.substring(golden.indexOf("\r\nReturn-Path: <"));
        rest = rest.substring(rest.indexOf("\r\n", 2) + 2, rest.lastIndexOf("\r\n--" + id));
        int body = rest.indexOf("\r\n\r\n");
        Content content =
                body < 0
                        ? FakeMessage.content(rest, "\r\nsecret body\r\n")
                        : FakeMessage.content(
                                rest.substring(0, body + 2), rest.substring(body + 2));
        Map<String, String> attributes = new LinkedHashMap<>();
        for (int i = 0; i < more.length; i += 2) {
            attributes.put(more[i], more[i + 1]);
        }
        long arrival = recorder.nowMillis - 5_000;
        return new FakeMessage(
                new QueueId(id),
                new Envelope(new Address(sender), to, arrival, Named.of(attributes)),
                content);
    }

    private static Recipient to(String address) {
        return Recipient.of(new Address(address));
    }

    private static Mark.Reason remote(int recipient, Status status, String text, String reply) {
        return new Mark.Reason(
                recipient, status, text, "127.0.0.78[127.0.0.78]:2578", "127.0.0.78", reply, "");
    }

    private static Mark.Reason local(int recipient, Status status, String text) {
        return new Mark.Reason(recipient, status, text, "none", null, null, "");
    }

    private static String masked(String text) {
        return DATE.matcher(text).replaceAll("<date>");
    }

    private String made(int index) {
        Submission s = recorder.submissions.get(index);
        assertTrue(s.options().contains(CleanupService.Option.LOCAL_REWRITE));
        return completed(Recorder.text(s.content()));
    }

    /// As cleanup leaves the header's addresses.
    private static String completed(String notice) {
        return notice.replaceFirst("<MAILER-DAEMON>", "<MAILER-DAEMON@mx.twin.example>")
                .replaceFirst("(\r\nTo: [^@\r]+)\r\n", "$1@mx.twin.example\r\n");
    }

    private void assertGolden(String golden, int index) {
        assertEquals(masked(golden), masked(made(index)));
    }

    @Test
    void aFailureNoticeIsPostfixs() throws IOException {
        String golden = golden("failure");
        FakeMessage m =
                original(
                        golden,
                        "snd@src.example",
                        List.of(to("hard@x.example"), to("noenh@x.example")));
        QueueId id =
                notices("")
                        .bounced(
                                m,
                                List.of(
                                        remote(0, FAILED, REFUSED, DIAGNOSTIC),
                                        remote(
                                                1,
                                                new Status(5, 0, 0),
                                                "host 127.0.0.78[127.0.0.78] said: 550 go away (in"
                                                        + " reply to RCPT TO command)",
                                                "550 go away")),
                                Transaction.of(List.of(new Mark.Removed(m.id()))));
        assertGolden(golden, 0);
        Submission s = recorder.submissions.getFirst();
        assertEquals(Address.NULL, s.envelope().sender());
        assertEquals("snd@src.example", s.envelope().recipients().getFirst().address().text());
        assertEquals(
                List.of(
                        new Mark.Done(m.id(), 0),
                        new Mark.Done(m.id(), 1),
                        new Mark.Removed(m.id())),
                recorder.transactions.getFirst().marks());
        assertEquals(List.of(m.id() + ": sender non-delivery notification: " + id), recorder.lines);
    }

    @Test
    void retHdrsReturnsTheHeadersOnly() throws IOException {
        String golden = golden("failure-headers");
        FakeMessage m =
                original(
                        golden,
                        "snd2@src.example",
                        List.of(
                                new Recipient(
                                        new Address("hard@x.example"),
                                        null,
                                        Recipient.FAILURE,
                                        "rfc822;Orig@x.example")),
                        "ret_flags",
                        "HDRS",
                        "envelope_id",
                        "env1");
        notices("").bounced(m, List.of(remote(0, FAILED, REFUSED, DIAGNOSTIC)), Transaction.NONE);
        assertGolden(golden, 0);
    }

    /// What mail asks of TLS its notice asks too (RFC 8689 5).
    @Test
    void aNoticeOfMailThatAsksForNoTlsAsksForNone() throws IOException {
        for (String asks : List.of("no", "")) {
            FakeMessage plain =
                    FakeMessage.of(new QueueId("4XABCDEFGHz1"), "a@b.example", to("x@y.example"));
            Envelope e = plain.envelope();
            FakeMessage m =
                    new FakeMessage(
                            plain.id(),
                            new Envelope(
                                    e.sender(),
                                    e.recipients(),
                                    1,
                                    asks.isEmpty()
                                            ? e.attributes()
                                            : Named.of("tls_required", asks)),
                            plain.content());
            notices("")
                    .bounced(m, List.of(remote(0, FAILED, REFUSED, DIAGNOSTIC)), Transaction.NONE);
            Submission s = recorder.submissions.getLast();
            assertEquals(
                    asks.equals("no") ? "OPTIONAL" : "BY_POLICY",
                    s.envelope().routing().tls().name());
            assertEquals(
                    asks.equals("no"),
                    Recorder.text(s.content()).contains("\r\nTLS-Required: no\r\nMIME-Version:"));
        }
    }

    /// RFC 8689 5: the way back may be worse than the way there.
    @ParameterizedTest
    @CsvSource({"'',false,false", "requiretls_redact_dsn = no,true,true"})
    void aNoticeOfMailWithRequireTlsReturnsItsHeaderOnly(String setting, boolean body, boolean asks)
            throws IOException {
        FakeMessage plain =
                FakeMessage.of(new QueueId("4XABCDEFGHz1"), "a@b.example", to("x@y.example"));
        Envelope e = plain.envelope();
        FakeMessage m =
                new FakeMessage(
                        plain.id(),
                        new Envelope(e.sender(), e.recipients(), 1, Named.of("requiretls", "yes")),
                        plain.content());
        List<Mark.Reason> failed = List.of(local(0, FAILED, "no"));
        BounceNotices notices = notices(setting + "\nnotify_classes = bounce\n");
        notices.bounced(m, failed, Transaction.NONE);
        for (int i = 0; i < 2; i++) {
            assertEquals(asks, recorder.submissions.get(i).envelope().routing().requireTls());
            assertFalse(i == 0 && made(i).contains("world"), "the postmaster's copy");
        }
        assertTrue(made(1).contains("Subject: test"));
        assertEquals(body, made(1).contains("world"));
    }

    @Test
    void aSuccessNoticeTellsDeliveredFromRelayed() throws IOException {
        String golden = golden("success");
        FakeMessage m =
                original(
                        golden,
                        "snd3@src.example",
                        List.of(to("u5@discard.example"), to("ok@x.example")));
        Status ok = new Status(2, 0, 0);
        notices("")
                .delivered(
                        m,
                        List.of(
                                local(0, ok, "some note"),
                                remote(1, ok, "250 2.0.0 ok thanks", "250 2.0.0 ok thanks")),
                        Transaction.NONE);
        assertGolden(golden, 0);
        assertTrue(recorder.lines.getFirst().contains("sender delivery status notification: "));
    }

    @Test
    void aDelayWarningIsPostfixs() throws IOException {
        String golden = golden("delay");
        FakeMessage m = original(golden, "tw@src.example", List.of(to("d1@dead.example")));
        notices("delay_warning_time = 4s\n")
                .delayed(
                        m,
                        List.of(
                                local(
                                        0,
                                        new Status(4, 4, 1),
                                        "connect to 127.0.0.79[127.0.0.79]:2579: Connection"
                                                + " refused")),
                        Transaction.NONE);
        assertGolden(golden, 0);
        assertEquals(
                List.of(new Mark.DelayWarned(m.id())), recorder.transactions.getFirst().marks());
    }

    @Test
    void thePostmasterGetsACopyOfEachKindAsked() throws IOException {
        String golden = golden("postmaster-failure");
        FakeMessage m = original(golden, "tw@src.example", List.of(to("d4@dead.example")));
        Mark.Reason why =
                local(
                        0,
                        new Status(4, 4, 1),
                        "connect to 127.0.0.79[127.0.0.79]:2579: Connection refused");
        notices("notify_classes = bounce\n").bounced(m, List.of(why), Transaction.NONE);
        assertEquals(2, recorder.submissions.size());
        assertGolden(golden, 0);
        assertEquals(
                "double-bounce@mx.twin.example",
                recorder.submissions.get(0).envelope().sender().text());
        assertEquals(
                "postmaster",
                recorder.submissions.get(0).envelope().recipients().getFirst().address().text());

        golden = golden("postmaster-delay");
        m = original(golden, "tw@src.example", List.of(to("d3@dead.example")));
        why =
                local(
                        0,
                        new Status(4, 4, 1),
                        "delivery temporarily suspended: connect to 127.0.0.79[127.0.0.79]:2579:"
                                + " Connection refused");
        notices("notify_classes = delay\n").delayed(m, List.of(why), Transaction.NONE);
        assertGolden(golden, 3);
    }

    @Test
    void mailOfTheNullSenderGoesToThePostmasterOnlyWhenAsked() throws IOException {
        String golden = golden("second-bounce");
        FakeMessage m = original(golden, "", List.of(to("u1@dead.example")));
        List<Mark.Reason> why =
                List.of(
                        local(
                                0,
                                new Status(4, 4, 1),
                                "connect to 127.0.0.79[127.0.0.79]:2579: Connection refused"));
        assertNull(notices("").bounced(m, why, Transaction.of(List.of(new Mark.Removed(m.id())))));
        assertTrue(recorder.submissions.isEmpty());
        assertEquals(
                List.of(new Mark.Done(m.id(), 0), new Mark.Removed(m.id())), recorder.committed);
        assertNotNull(notices("notify_classes = 2bounce\n").bounced(m, why, Transaction.NONE));
        assertGolden(golden, 0);
    }

    @Test
    void aFailedPostmasterNoticeIsDropped() throws IOException {
        FakeMessage m =
                FakeMessage.of(
                        new QueueId("ABC"), "double-bounce@mx.twin.example", to("r@x.example"));
        assertNull(
                notices("notify_classes = bounce, 2bounce\n")
                        .bounced(m, List.of(local(0, FAILED, "x")), Transaction.NONE));
        assertTrue(recorder.submissions.isEmpty());
        assertEquals(
                List.of("warning: ABC: undeliverable postmaster notification discarded"),
                recorder.lines);
    }

    /// Between two of them the machine may crash: who was told of stays told of.
    @Test
    void eachNoticeToASenderPerRecipientSettlesItsOwn() throws IOException {
        FakeMessage plain =
                FakeMessage.of(
                        new QueueId("ABC"), "s@a.example", to("r@x.example"), to("q@x.example"));
        Envelope e = plain.envelope();
        FakeMessage m =
                new FakeMessage(
                        plain.id(),
                        new Envelope(
                                e.sender(),
                                e.recipients(),
                                e.arrivalMillis(),
                                Named.of("verp_delims", "+=")),
                        plain.content());
        Mark removed = new Mark.Removed(m.id());
        notices("disable_verp_bounces = no\n")
                .bounced(
                        m,
                        List.of(local(0, FAILED, "x"), local(1, FAILED, "y")),
                        Transaction.of(List.of(removed)));
        assertEquals(
                List.of(
                        List.of(new Mark.Done(m.id(), 0)),
                        List.of(new Mark.Done(m.id(), 1), removed)),
                recorder.transactions.stream().map(Transaction::marks).toList());
    }

    @Test
    void aNoticeThatIsNotTakenNowSettlesNobody() throws IOException {
        FakeMessage m = FakeMessage.of(new QueueId("ABC"), "s@a.example", to("r@x.example"));
        BounceNotices notices = notices("");
        recorder.answer =
                new CleanupService.Result.Rejected(
                        451, new Status(4, 3, 0), "queue file write", NotifyClass.RESOURCE);
        assertThrows(
                QueueException.class,
                () -> notices.bounced(m, List.of(local(0, FAILED, "x")), Transaction.NONE));
        assertThrows(QueueException.class, () -> notices.unsent(m, List.of(local(0, FAILED, "x"))));
        assertEquals(List.of(), recorder.committed);
    }

    @Test
    void notifyNeverMakesNoNotice() throws IOException {
        Recipient never = new Recipient(new Address("r@x.example"), null, Recipient.NEVER, null);
        FakeMessage m = FakeMessage.of(new QueueId("ABC"), "s@a.example", never);
        assertNull(notices("").bounced(m, List.of(local(0, FAILED, "x")), Transaction.NONE));
        assertTrue(recorder.submissions.isEmpty());
        assertEquals(List.of(new Mark.Done(m.id(), 0)), recorder.committed);
    }

    /// What NOTIFY= keeps from the sender; also of a delay, and where a notice is committed with
    /// the rest of a delivery.
    @Test
    void thePostmasterHearsOfAllRecipients() throws IOException {
        Recipient never = new Recipient(new Address("r@x.example"), null, Recipient.NEVER, null);
        FakeMessage m = FakeMessage.of(new QueueId("ABC"), "s@a.example", never, to("q@x.example"));
        FakeMessage untold = FakeMessage.of(new QueueId("ABC"), "s@a.example", never);
        BounceNotices notices = notices("notify_classes = bounce, delay\n");
        List<Mark.Reason> why = List.of(local(0, FAILED, "x"), local(1, FAILED, "y"));
        notices.bounced(m, why, Transaction.NONE);
        assertTold("r@x.example, q@x.example", "q@x.example");
        try (BounceService.Unsent unsent = notices.unsent(m, why)) {
            assertEquals(1, unsent.messages().size());
        }
        assertTold("r@x.example, q@x.example", "q@x.example");
        notices.delayed(m, why, Transaction.NONE);
        assertTold("q@x.example", "r@x.example, q@x.example");
        notices.bounced(untold, why.subList(0, 1), Transaction.NONE);
        assertTold("r@x.example");
        try (BounceService.Unsent unsent = notices.unsent(untold, why.subList(0, 1))) {
            assertEquals(List.of(), unsent.messages());
            recorder.lines.clear();
            unsent.committed();
        }
        assertTold("r@x.example");
        assertEquals(List.of("ABC: postmaster non-delivery notification: NOTICE"), recorder.lines);
        notices.delayed(untold, why.subList(0, 1), Transaction.NONE);
        assertTold("r@x.example");
    }

    /// Whom the notices since the last time are about, each.
    private void assertTold(String... recipients) {
        List<String> told = new ArrayList<>();
        for (Submission s : recorder.submissions) {
            Matcher each =
                    Pattern.compile("\nFinal-Recipient: rfc822; (.*)\r")
                            .matcher(Recorder.text(s.content()));
            told.add(String.join(", ", each.results().map(r -> r.group(1)).toList()));
        }
        recorder.submissions.clear();
        assertEquals(List.of(recipients), told);
    }

    @Test
    void aLargeMessageIsReturnedWithoutItsBody() throws IOException {
        FakeMessage m = FakeMessage.of(new QueueId("ABC"), "s@a.example", to("r@x.example"));
        notices("bounce_size_limit = 10\n")
                .bounced(m, List.of(local(0, FAILED, "x")), Transaction.NONE);
        assertTrue(made(0).contains("Content-Type: text/rfc822-headers\r\n"));
        assertFalse(made(0).contains("world"));
    }

    @Test
    void repliesCannotInjectLinesOrOctets() throws IOException {
        FakeMessage m =
                FakeMessage.of(
                        new QueueId("ABC"),
                        "s@a.example",
                        new Recipient(
                                new Address("r\u00ff@x.example"),
                                new Address("o\u0001@x.example"),
                                0,
                                "rfc822;x\r\nX-Evil: 1"));
        String evil = "550 no\r\n\r\n--ABC.0/mx\r\nX-Evil: yes\u0000\u001b[31m\u00e4";
        notices("")
                .bounced(
                        m,
                        List.of(
                                new Mark.Reason(
                                        0, FAILED, evil, "none", "h\r\nX-Evil: 2", evil, "")),
                        Transaction.NONE);
        String text = made(0);
        assertFalse(Pattern.compile("^X-Evil", Pattern.MULTILINE).matcher(text).find(), text);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            assertTrue(c == '\r' || c == '\n' || c == '\t' || (c >= ' ' && c < 127), "at " + i);
        }
    }

    @Test
    void anOriginalRecipientIsNamed() throws IOException {
        FakeMessage m =
                FakeMessage.of(
                        new QueueId("ABC"),
                        "s@a.example",
                        new Recipient(
                                new Address("r@x.example"),
                                new Address("alias@a.example"),
                                0,
                                null));
        notices("").bounced(m, List.of(local(0, FAILED, "x")), Transaction.NONE);
        assertTrue(made(0).contains("\r\n<r@x.example> (expanded from <alias@a.example>): x\r\n"));
        assertTrue(made(0).contains("\r\nOriginal-Recipient: rfc822;alias@a.example\r\n"));
    }

    /// A notice goes to the queue as it is made: never more than a buffer of it is in memory.
    @Test
    void aNoticeAboutVeryManyIsStreamed() throws IOException {
        List<Recipient> to = new ArrayList<>();
        List<Mark.Reason> failed = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            to.add(to("user" + i + "@x.example"));
            failed.add(local(i, FAILED, "unknown user \"user" + i + "\""));
        }
        FakeMessage m = original(golden("failure"), "snd@src.example", to);
        notices("").bounced(m, failed, Transaction.of(List.of(new Mark.Removed(m.id()))));
        String made = made(0);
        assertEquals(
                20_000,
                made.split("\r\nFinal-Recipient: rfc822; user\\d+@x.example\r\n", -1).length - 1);
        assertTrue(made.length() > 4_000_000, "only " + made.length() + " octets");
        assertTrue(recorder.largest <= 64 << 10, recorder.largest + " octets at once");
        assertEquals(0, recorder.writers, "a writer was left open");
        assertEquals(20_001, recorder.transactions.getFirst().marks().size());
    }
}
