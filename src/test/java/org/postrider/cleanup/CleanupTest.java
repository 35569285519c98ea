package org.postrider.cleanup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postrider.address.Address;
import org.postrider.cleanup.CleanupService.Option;
import org.postrider.cleanup.CleanupService.Result;
import org.postrider.config.ConfigException;
import org.postrider.config.ConfigParams;
import org.postrider.message.MemoryContent;
import org.postrider.queue.Attributes;
import org.postrider.queue.Envelope;
import org.postrider.queue.Named;
import org.postrider.queue.Recipient;
import org.postrider.rewrite.Srs;

class CleanupTest {
    private static final String HEADER = "From: a@s.example\nMessage-ID: <1@s.example>\n";
    private static final List<String> TO = List.of("r@remote.example");

    @TempDir Path directory;

    @Test
    void relayedMailIsCommittedAsItCame() {
        Desk desk = new Desk(directory);
        MemoryContent content =
                MemoryContent.of(
                        Desk.octets("Received: x\r\nMessage-ID: <1@x>\r\nTo: joe\r\n"),
                        Desk.octets("\r\nb\r\n"));
        List<Recipient> to = List.of(Recipient.of(new Address("r@remote.example")));
        Result result =
                desk.cleanup.submit(
                        new CleanupService.Submission(
                                desk.queue.newId(),
                                new Envelope(new Address("a@s.example"), to, 1, Attributes.NONE),
                                content,
                                EnumSet.of(Option.MAP, Option.FILTER)));
        assertInstanceOf(Result.Queued.class, result);
        assertSame(content, desk.queue.messages.getLast().content());
        assertSame(to.getFirst(), desk.queue.messages.getLast().envelope().recipients().getFirst());
        assertTrue(desk.log.has("message-id=<1@x>"));
    }

    @Test
    void fiftyReceivedHeadersAreALoop() {
        Desk desk = new Desk(directory);
        Result result = desk.submit("a@s.example", TO, "Received: x\n".repeat(50), "\n");
        Result.Rejected r = assertInstanceOf(Result.Rejected.class, result);
        assertEquals(
                "554 5.4.0 Error: too many hops", r.code() + " " + r.status() + " " + r.text());
        assertTrue(desk.log.has("message rejected: hopcount exceeded"));
        assertInstanceOf(
                Result.Queued.class,
                desk.submit("a@s.example", TO, "Received: x\n".repeat(49), "\n"));
    }

    /// RFC 8689 5: a header that asks for no more TLS than there is.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    yes | TLS-Required: no     | OPTIONAL
                    yes | tls-required:  NO    | OPTIONAL
                    yes | TLS-Required: yes    | BY_POLICY
                    yes | TLS-Required: no way | BY_POLICY
                    yes | X-TLS-Required: no   | BY_POLICY
                    no  | TLS-Required: no     | BY_POLICY
                    """)
    void aHeaderSaysThatTlsIsNotRequired(String enabled, String line, String asks) {
        Desk desk = new Desk(directory, "tls_required_enable = " + enabled);
        desk.submit("a@s.example", TO, "From: a\n" + line + "\n", "\n");
        Envelope envelope = desk.queue.messages.getLast().envelope();
        assertEquals(asks, envelope.routing().tls().name());
        // REQUIRETLS counts over it.
        assertEquals(
                "REQUIRED", envelope.routing().withRequireTls().withTlsOptional().tls().name());
    }

    /// What a filter is told of REQUIRETLS counts when the mail comes back from it.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    yes | Require-TLS-ESMTP: yes                     | REQUIRED
                    yes | require-tls-esmtp:  YES                    | REQUIRED
                    yes | Require-TLS-ESMTP: no                      | BY_POLICY
                    yes | Require-TLS-ESMTQ: yes                     | BY_POLICY
                    no  | Require-TLS-ESMTP: yes                     | BY_POLICY
                    """)
    void aHeaderKeepsRequireTlsThroughAFilter(String enabled, String lines, String asks) {
        Desk desk = new Desk(directory, "requiretls_enable = " + enabled);
        desk.submit("a@s.example", TO, lines + "\nFrom: a\n", "\n");
        Envelope envelope = desk.queue.messages.getLast().envelope();
        assertEquals(asks, envelope.routing().tls().name());
    }

    /// A filter behind the queue hears of it by the same header.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    requiretls_enable = yes      |                          | Require-TLS-ESMTP: yes
                    requiretls_enable = yes      | Require-TLS-ESMTP: no;   | Require-TLS-ESMTP: yes
                    requiretls_enable = yes      | require-tls-esmtp: Yes;  |
                    requiretls_esmtp_header = no |                          |
                    requiretls_enable = no       |                          |
                    """)
    void mailWithRequireTlsHasTheHeader(
            String setting, @Nullable String there, @Nullable String added) {
        Desk desk = new Desk(directory, setting);
        String own = there == null ? "" : there.replace(';', '\n');
        desk.submit(Named.of("requiretls", "yes"), "a@s.example", TO, own + "From: a\n", "\n");
        assertEquals(own + "From: a\n" + (added == null ? "" : added + "\n"), desk.header());
    }

    @Test
    void privateHeadersAreDropped() {
        Desk desk = new Desk(directory);
        desk.submit(
                "a@s.example",
                TO,
                "Bcc: x\n y\nFrom: a\nreturn-path: <z>\nContent-Length: 3\nResent-Bcc: q\nX: y\n",
                "\n");
        assertEquals("From: a\nX: y\n", desk.header());
        assertEquals(
                "From: a\r\nX: y\r\n".length() + 2,
                desk.queue.messages.getLast().content().facts().wireSize());
    }

    @Test
    void aStrangersHeadersAreLeftAlone() {
        Desk desk = new Desk(directory);
        desk.submit("a@s.example", TO, "To: joe\n", "\n", Option.MAP);
        assertEquals("To: joe\n", desk.header());
        assertTrue(desk.log.has("message-id=<>"));
    }

    @Test
    void aliasesExpandAndRepeatsAreDropped() {
        Desk desk =
                new Desk(
                        directory,
                        "recipient_delimiter = +",
                        "virtual_alias_maps = inline:{ {all@v.example = a@x.example, \"b"
                                + " c\"@x.example, all2@v.example}, {all2@v.example = a@X.example},"
                                + " {@w.example = @z.example}, {self@v.example = self@v.example,"
                                + " other@v.example}, root=boss}");
        desk.submit("", List.of("all@v.example"), HEADER, "\n", Option.MAP);
        assertEquals(List.of("a@x.example", "b c@x.example"), desk.recipients());
        desk.submit("", List.of("u+e@w.example", "self@v.example"), HEADER, "\n", Option.MAP);
        assertEquals(
                List.of("u+e@z.example", "self@v.example", "other@v.example"), desk.recipients());
        desk.submit("", List.of("root+x@own.example", "root"), HEADER, "\n", Option.MAP);
        assertEquals(List.of("boss+x@own.example", "boss@own.example"), desk.recipients());
        desk.submit("", List.of("all@v.example"), HEADER, "\n");
        assertEquals(List.of("all@v.example"), desk.recipients());
    }

    /// What no rule completes goes to agents by this machine's name, as with Postfix: aliases are
    /// asked for it as it was given.
    @Test
    void aRecipientThatHasNoDomainStillGetsThisMachines() {
        Desk desk =
                new Desk(
                        directory,
                        "append_at_myorigin = no",
                        "virtual_alias_maps = inline:{root=boss}");
        desk.submit("", List.of("postmaster", "root", "r@x.example"), HEADER, "\n", Option.MAP);
        String host = desk.settings.get(ConfigParams.MYHOSTNAME);
        assertEquals(
                List.of("postmaster@" + host, "boss@" + host, "r@x.example"), desk.recipients());
        List<Recipient> made = desk.queue.messages.getLast().envelope().recipients();
        assertEquals("postmaster", String.valueOf(made.getFirst().original()));
        assertEquals(null, made.getLast().original());
    }

    /// As `postsuper -r` brings it back: its members are there, and have it perhaps already.
    @Test
    void anAliasThatWasExpandedIsNotExpandedAgain() {
        Desk desk =
                new Desk(
                        directory,
                        "virtual_alias_maps = inline:{ {all@v.example = a@x.example, b@x.example}"
                                + " }");
        Address alias = new Address("all@v.example");
        int told = Recipient.SUCCESS | Recipient.EXPANDED;
        desk.cleanup.submit(
                new CleanupService.Submission(
                        desk.queue.newId(),
                        new Envelope(
                                new Address("s@x.example"),
                                List.of(
                                        new Recipient(alias, null, told, "rfc822;all@v.example"),
                                        Recipient.of(new Address("c@x.example"))),
                                1_795_221_434_000L,
                                Named.of("log_message_origin", "local")),
                        MemoryContent.of(Desk.octets(HEADER.replace("\n", "\r\n")), new byte[0]),
                        EnumSet.of(Option.MAP)));
        assertEquals(List.of("all@v.example", "c@x.example"), desk.recipients());
    }

    @Test
    void anAliasThatGrowsForEverIsDeferred() {
        Desk desk =
                new Desk(
                        directory,
                        "virtual_alias_expansion_limit = 20",
                        "virtual_alias_maps = inline:{ {a@v.example = b@v.example, c@v.example},"
                                + " {b@v.example = a@v.example, d@v.example} }");
        Result.Rejected r =
                assertInstanceOf(
                        Result.Rejected.class,
                        desk.submit("", List.of("a@v.example"), HEADER, "\n", Option.MAP));
        assertEquals(
                "451 4.6.0 Alias expansion error", r.code() + " " + r.status() + " " + r.text());
    }

    @Test
    void theSameRecipientTwiceIsOne() {
        Desk desk = new Desk(directory);
        desk.submit("", List.of("A@x.example", "a@X.example", "b@x.example"), HEADER, "\n");
        assertEquals(List.of("A@x.example", "b@x.example"), desk.recipients());
    }

    @Test
    void canonicalAndMasqueradedAddresses() {
        Desk desk =
                new Desk(
                        directory,
                        "masquerade_domains = !keep.m.example m.example",
                        "masquerade_exceptions = root",
                        "sender_canonical_maps = inline:{a@s.example=new@s.example}",
                        "canonical_maps = inline:{r@remote.example=r2@remote.example}");
        desk.submit(
                "a@s.example",
                TO,
                "From: a@s.example\nTo: r@remote.example, u@host.m.example, root@h.m.example,"
                        + " u@x.keep.m.example\nMessage-Id: <1>\nDate: x\n",
                "\n",
                Option.MAP,
                Option.LOCAL_REWRITE);
        assertEquals("new@s.example", desk.queue.messages.getLast().envelope().sender().text());
        assertEquals(List.of("r2@remote.example"), desk.recipients());
        assertEquals(
                "From: new@s.example\nTo: r2@remote.example, u@m.example, root@h.m.example,\n"
                        + "\tu@x.keep.m.example\nMessage-Id: <1>\nDate: x\n",
                desk.header());
    }

    /// Postfix 3.12 folds what 3.7 leaves on one line.
    @Test
    void aFromThatIsAddedIsFoldedAndHasTheFormThatIsAskedFor() {
        String name = "Joe " + "abcdefghi ".repeat(7) + "%";
        for (String format : List.of("standard", "obsolete")) {
            Desk desk = new Desk(directory, "header_from_format = " + format);
            desk.submitNamed(name, "a@s.example", TO, "Subject: x\n");
            String shown =
                    format.equals("standard")
                            ? "\"" + name + "\"\n\t<a@s.example>"
                            : "a@s.example\n\t(" + name + ")";
            assertTrue(desk.header().endsWith("From: " + shown + "\n"), desk.header());
        }
        assertThrows(
                ConfigException.class, () -> new Desk(directory, "header_from_format = other"));
    }

    /// What comes back to a sender that we rewrote goes to whom it was rewritten for (SRS).
    @Test
    void aRewrittenSenderGetsWhatComesBack() throws IOException {
        Path secret = Files.writeString(directory.resolve("secret"), "one\n");
        Desk desk =
                new Desk(
                        directory,
                        "postrider_srs_domain = own.example",
                        "postrider_srs_secret_file = " + secret,
                        "recipient_canonical_maps = inline:{s@a.example=t@a.example}");
        Srs srs = Objects.requireNonNull(Srs.of(desk.settings));
        String made = srs.forward(new Address("s@a.example")).text();
        String other = made.replace("=s@", "=u@");
        desk.submit("", List.of(made, other), HEADER, "\n", Option.MAP);
        assertEquals(List.of("t@a.example", other), desk.recipients());
        assertEquals(
                made,
                String.valueOf(
                        desk.queue
                                .messages
                                .getLast()
                                .envelope()
                                .recipients()
                                .getFirst()
                                .original()));
    }

    @Test
    void copiesGoWhereTheTablesSay() {
        Desk desk =
                new Desk(
                        directory,
                        "always_bcc = all@c.example",
                        "sender_bcc_maps = inline:{a@s.example=s@c.example}",
                        "recipient_bcc_maps = inline:{@remote.example=r@c.example}");
        desk.submit("a@s.example", TO, HEADER, "\n", Option.MAP);
        assertEquals(
                List.of("r@remote.example", "r@c.example", "s@c.example", "all@c.example"),
                desk.recipients());
        desk.submit("a@s.example", TO, HEADER, "\n", Option.MAP, Option.INTERNAL);
        assertEquals(TO, desk.recipients());
    }

    private Desk checked(String header, String body) throws IOException {
        Path h = Files.writeString(directory.resolve("header"), header);
        Path b = Files.writeString(directory.resolve("body"), body);
        return new Desk(directory, "header_checks = regexp:" + h, "body_checks = regexp:" + b);
    }

    @Test
    void headerChecksAct() throws IOException {
        Desk desk =
                checked(
                        """
                        /^X-Ignore:/ IGNORE
                        /^X-Replace:/ REPLACE X-New: value
                        /^X-Prepend:/ PREPEND X-Before: 1
                        /^X-Hold:/ HOLD look
                        /^X-Filter:/ FILTER smtp:[f.example]
                        /^X-Redirect:/ REDIRECT other@x.example
                        /^X-Bcc:/ BCC copy@x.example
                        /^X-Warn:/ WARN careful
                        /^X-Discard:/ DISCARD
                        /^X-Reject:/ REJECT no thanks
                        /^X-Soft:/ REJECT 4.7.7 later
                        /^X-Plain:/ REJECT
                        """,
                        "/x/ DUNNO\n");
        desk.submit(
                "a@s.example",
                TO,
                HEADER
                        + "X-Ignore: a\n b\nX-Replace: b\nX-Prepend: c\nX-Hold: d\nX-Filter: e\n"
                        + "X-Bcc: g\nX-Warn: h\nX-Redirect: f\nX-Reject: i\n",
                "\n",
                Option.FILTER,
                Option.MAP);
        assertEquals(
                HEADER
                        + "X-New: value\nX-Before: 1\nX-Prepend: c\nX-Hold: d\nX-Filter: e\n"
                        + "X-Bcc: g\nX-Warn: h\nX-Redirect: f\nX-Reject: i\n",
                desk.header());
        assertTrue(desk.queue.messages.getLast().held());
        assertEquals(
                "smtp:[f.example]",
                Named.find(desk.queue.messages.getLast().envelope(), "content_filter"));
        assertEquals(
                "other@x.example",
                Named.find(desk.queue.messages.getLast().envelope(), "redirect_to"));
        assertEquals(List.of("r@remote.example", "copy@x.example"), desk.recipients());
        assertTrue(
                desk.log.has(
                        "ID1: warning: header X-Warn: h from local; from=<a@s.example>"
                                + " to=<r@remote.example>: careful"));
        assertInstanceOf(
                Result.Discarded.class,
                desk.submit("a@s.example", TO, "X-Discard: 1\n", "\n", Option.FILTER));
        assertEquals("550 5.7.1 no thanks", refused(desk, "X-Reject: 1\n"));
        assertEquals("451 4.7.7 later", refused(desk, "X-Soft: 1\n"));
        assertEquals("550 5.7.1 message content rejected", refused(desk, "X-Plain: 1\n"));
        assertInstanceOf(
                Result.Queued.class, desk.submit("a@s.example", TO, "X-Reject: 1\n", "\n"));
    }

    private static String refused(Desk desk, String header) {
        Result.Rejected r =
                assertInstanceOf(
                        Result.Rejected.class,
                        desk.submit("a@s.example", TO, header, "\n", Option.FILTER));
        return r.code() + " " + r.status() + " " + r.text();
    }

    @Test
    void bodyChecksAct() throws IOException {
        Desk desk =
                checked(
                        "/x/ DUNNO\n",
                        "/^drop/ IGNORE\n/^swap/ REPLACE swapped\n/^pre/ PREPEND before\n"
                                + "/^bad/ REJECT body\n");
        desk.submit("a@s.example", TO, HEADER, "\na\ndrop\nswap\npre\nend", Option.FILTER);
        assertEquals("\na\nswapped\nbefore\npre\nend\n", desk.body());
        assertEquals(HEADER, desk.header());
        Result.Rejected r =
                assertInstanceOf(
                        Result.Rejected.class,
                        desk.submit("a@s.example", TO, HEADER, "\nbad\n", Option.FILTER));
        assertEquals("body", r.text());
    }

    /// Nothing more of it is read.
    @Test
    void mailThatItsHeaderRefusesHasTheIdThatCameBeforeOrNone() throws IOException {
        Desk desk = checked("/^Subject: bad/ REJECT\n", "");
        String bad = "Subject: bad\nMessage-Id: <late@x>\n";
        assertInstanceOf(
                Result.Rejected.class, desk.submit("a@s.example", TO, bad, "\na\n", Option.FILTER));
        assertTrue(!desk.log.has("message-id="));
        String late = "Message-Id: <early@x>\nSubject: bad\n";
        assertInstanceOf(
                Result.Rejected.class,
                desk.submit("a@s.example", TO, late, "\na\n", Option.FILTER));
        assertTrue(desk.log.has("message-id=<early@x>"));
    }

    /// non_empty_end_of_header_action (Postfix 3.11): what becomes of mail whose header ends with a
    /// line that is none of it.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    fix_quietly | Subject: x;no field;To: y;  | Subject: x;
                    fix_quietly | Subject: x;                 | Subject: x;
                    add_header  | Subject: x;no field;To: y;  | Subject: x;MIME-Error: message header was not terminated by empty line;
                    add_header  | Subject: x;;no field;To: y; | Subject: x;
                    add_header  | Subject: x;                 | Subject: x;
                    add_header  | no field;                   | MIME-Error: message header was not terminated by empty line;
                    add_header  | '  blank;'                  |
                    reject      | Subject: x;no field;To: y;  | REFUSED no field
                    reject      | no field;                   | REFUSED no field
                    reject      | Subject: x;Name ();         | REFUSED Name ()
                    reject      | Subject: x; folded;;text;   | Subject: x; folded;
                    reject      | Subject: x;;no field;       | Subject: x;
                    reject      | Subject: x;                 | Subject: x;
                    """)
    void aHeaderThatNoEmptyLineEnds(String action, String mail, @Nullable String header) {
        Desk desk = new Desk(directory, "non_empty_end_of_header_action = " + action);
        Result result = desk.receive(mail.replace(';', '\n'), Option.FILTER);
        if (header != null && header.startsWith("REFUSED ")) {
            Result.Rejected r = assertInstanceOf(Result.Rejected.class, result);
            String why = "primary header was terminated with non-empty line";
            assertEquals("550 5.6.0 " + why, r.code() + " " + r.status() + " " + r.text());
            assertTrue(
                    desk.log.has(
                            ": reject: mime-error "
                                    + why
                                    + ": "
                                    + header.substring(8)
                                    + " from local; from=<a@s.example> to=<u@own.example>"),
                    () -> desk.log.lines.toString());
        } else {
            assertEquals(header == null ? "" : header.replace(';', '\n'), desk.header());
            assertTrue(desk.log.lines.stream().noneMatch(l -> l.contains("mime-error")));
        }
    }

    @ParameterizedTest
    @CsvSource({"add_header, no", "reject, no", "add_header, yes", "reject, yes"})
    void mailThatIsNotFilteredMayEndItsHeaderAsItLikes(String action, String flat) {
        Desk desk =
                new Desk(
                        directory,
                        "non_empty_end_of_header_action = " + action,
                        "disable_mime_input_processing = " + flat);
        Option[] options = flat.equals("yes") ? new Option[] {Option.FILTER} : new Option[0];
        desk.receive("Subject: x\nno field\n", options);
        assertEquals("Subject: x\n", desk.header());
        assertEquals("\nno field\n", desk.body());
    }

    @Test
    void forbiddenCharactersAreRefused() {
        Desk desk = new Desk(directory, "message_reject_characters = \\0");
        Result.Rejected r =
                assertInstanceOf(
                        Result.Rejected.class,
                        desk.submit("a@s.example", TO, HEADER, "\nx\0y\n", Option.FILTER));
        assertEquals("5.7.1 disallowed character", r.status() + " " + r.text());
    }

    @Test
    void aBrokenTableDefersTheMail() {
        Desk desk = new Desk(directory, "virtual_alias_maps = hash:/nonexistent/table");
        Result.Rejected r =
                assertInstanceOf(
                        Result.Rejected.class,
                        desk.submit("", List.of("a@v.example"), HEADER, "\n", Option.MAP));
        assertEquals(451, r.code());
        assertTrue(desk.queue.messages.isEmpty());
    }

    @Test
    void hostileHeadersCostLittle() {
        Desk desk = new Desk(directory);
        List<String> hostile =
                List.of(
                        "To: " + "<>".repeat(50_000) + "\n",
                        "To: " + "(".repeat(100_000) + "\n",
                        "To: " + "a,".repeat(50_000) + "\n",
                        "From: " + "\u00ff".repeat(100_000) + "\n",
                        "To: " + "\"".repeat(99_999) + "\n",
                        "To: " + "a@b:".repeat(25_000) + ";\n",
                        "To: " + "x\n ".repeat(60_000) + "\n",
                        "To: " + "a!".repeat(50_000) + "\n",
                        "To: " + "\\".repeat(100_000) + "\n",
                        "To: " + "@a,".repeat(3_000) + ":b\n",
                        ":\n",
                        " \n",
                        "Message-Id: " + "x".repeat(500_000) + "\n");
        Assertions.assertTimeout(
                Duration.ofSeconds(60),
                () -> {
                    for (String header : hostile) {
                        assertInstanceOf(
                                Result.Queued.class,
                                desk.submit("a", TO, header, "\n", Option.LOCAL_REWRITE));
                        assertTrue(desk.header().length() < 700_000);
                    }
                });
    }

    @Test
    void randomHeadersNeverBreakTheBlock() {
        Desk desk = new Desk(directory);
        Random random = new Random(7);
        String alphabet = "To:From Cc<>()@,;.\"\\[]!%\n\t ab\u00ff\0";
        for (int i = 0; i < 3000; i++) {
            StringBuilder header = new StringBuilder("X: y\nTo: ");
            for (int k = random.nextInt(60); k > 0; k--) {
                header.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            String text = header.append('\n').toString();
            desk.submit("a", TO, text, "\n", Option.LOCAL_REWRITE);
            byte[] out = desk.queue.messages.getLast().content().header();
            assertFalse(out.length > 0 && out[out.length - 1] != '\n', text);
        }
    }

    @Test
    void aTableThatFailsIsSaidOnceOfAMail() {
        Desk desk = new Desk(directory, "header_checks = fail:y", "body_checks = fail:y");
        desk.submit(
                "a@s.example", TO, HEADER + "X-P: one\nX-Q: two\n", "one\ntwo\n", Option.FILTER);
        assertEquals(List.of(), desk.queue.messages);
        assertEquals(
                1,
                desk.log.lines.stream().filter(l -> l.contains("map lookup problem")).count(),
                desk.log.lines::toString);
    }

    @Test
    void whatATableInsertsEndsEachLineInCrlf() throws IOException {
        Path checks =
                Files.writeString(
                        directory.resolve("checks"),
                        "/^X-P: ([^z]*)z/ PREPEND X-Copy: $1\n"
                                + "/^X-R: ([^z]*)z/ REPLACE X-New: $1\n");
        Desk desk = new Desk(directory, "header_checks = regexp:" + checks);
        desk.submit(
                "a@s.example",
                TO,
                HEADER + "X-P: one\n two\n\tthreez\nX-R: one\n twoz\n",
                "\n",
                Option.FILTER);
        String raw = Desk.text(desk.queue.messages.getLast().content().header());
        assertTrue(raw.contains("X-Copy: one\r\n two\r\n\tthree\r\nX-P: one\r\n two"), raw);
        assertTrue(raw.contains("X-New: one\r\n two\r\n"), raw);
        assertFalse(raw.replace("\r\n", "").contains("\n"), raw);
    }

    /// Out of reach, a milter whose answer is quarantine lets nothing go: the mail is held.
    @ParameterizedTest
    @CsvSource({"quarantine, true", "accept, false"})
    void whatAMilterPutsInQuarantineIsHeld(String action, boolean held) {
        Desk desk =
                new Desk(
                        directory,
                        "non_smtpd_milters = inet:127.0.0.1:1",
                        "milter_default_action = " + action);
        assertInstanceOf(
                Result.Queued.class, desk.submit("a@s.example", TO, HEADER, "\n", Option.MILTER));
        assertEquals(held, desk.queue.messages.getLast().held());
    }
}
