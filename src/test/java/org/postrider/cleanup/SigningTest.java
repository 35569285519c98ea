package org.postrider.cleanup;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postrider.Needs;
import org.postrider.address.Address;
import org.postrider.cleanup.CleanupService.Option;
import org.postrider.cleanup.CleanupService.Result;
import org.postrider.cleanup.author.SigningParams;
import org.postrider.config.ConfigException;
import org.postrider.config.ServiceSettings;
import org.postrider.dkim.BodyHash;
import org.postrider.dkim.Canonical;
import org.postrider.dkim.SigningSettings;
import org.postrider.message.Content;
import org.postrider.message.ContentReceiver;
import org.postrider.message.ContentWriter;
import org.postrider.message.Facts;
import org.postrider.message.MemoryContent;
import org.postrider.milter.Answer;
import org.postrider.milter.Changes;
import org.postrider.milter.FilteredMail;
import org.postrider.milter.MailFilter;
import org.postrider.queue.Attributes;
import org.postrider.queue.Envelope;
import org.postrider.queue.NewMessage;
import org.postrider.queue.Recipient;

/// Which mail is signed with which keys, that a signature fits what is in the queue then, and what
/// becomes of mail that cannot be signed. That others verify it: DkimRoomTest's judges, and
/// src/test/scenarios/signed.
class SigningTest {
    private static final String HEADER =
            "From: A <a@own.example>\nTo: r@remote.example\nSubject: x\nMessage-ID: <1@x>\n";
    private static final List<String> OUT = List.of("r@remote.example");

    @TempDir static Path keys;
    @TempDir Path directory;

    private static KeyPair rsa;
    private static KeyPair ed;

    @BeforeAll
    static void keys() throws GeneralSecurityException, IOException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        rsa = generator.generateKeyPair();
        ed = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        pem("rsa.pem", rsa, "rw-------");
        pem("ed.pem", ed, "rw-r-----");
        pem("open.pem", rsa, "rw-r--r--");
        pem("written.pem", rsa, "rw--w----");
        generator.initialize(512);
        pem("short.pem", generator.generateKeyPair(), "rw-------");
        KeyPairGenerator elliptic = KeyPairGenerator.getInstance("EC");
        pem("ec.pem", elliptic.generateKeyPair(), "rw-------");
        file("empty.pem", "", "rw-------");
        file("text.pem", "my secret", "rw-------");
        Files.createDirectory(keys.resolve("directory.pem"));
    }

    private static void pem(String name, KeyPair pair, String mode) throws IOException {
        String base64 =
                Base64.getMimeEncoder(64, new byte[] {'\n'})
                        .encodeToString(pair.getPrivate().getEncoded());
        file(
                name,
                "-----BEGIN PRIVATE KEY-----\n" + base64 + "\n-----END PRIVATE KEY-----\n",
                mode);
    }

    private static void file(String name, String text, String mode) throws IOException {
        Path file = keys.resolve(name);
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    private static String key(String domain, String selector, String file) {
        return domain + ":" + selector + ":" + keys.resolve(file);
    }

    private static String oneKey() {
        return "dkim_signing_keys = " + key("own.example", "s1", "rsa.pem");
    }

    private Desk desk(String... more) {
        return new Desk(directory, more);
    }

    /// `d=/s=` of each signature, from the top.
    private static List<String> signatures(Desk desk) {
        List<String> out = new ArrayList<>();
        Matcher m = Pattern.compile("(?ms)^DKIM-Signature:(.*?)\n(?![ \t])").matcher(desk.header());
        while (m.find()) {
            out.add(tag(m.group(1), "d") + "/" + tag(m.group(1), "s"));
        }
        return out;
    }

    private static String tag(String field, String name) {
        Matcher m = Pattern.compile("(?s)[;\\s]" + name + "=([^;]*)").matcher(field);
        assertTrue(m.find(), field);
        return m.group(1).replaceAll("\\s", "");
    }

    /// `bh=` of the topmost signature fits the body that is in the queue.
    private static void fits(Desk desk, Canonical form) {
        Content content = desk.queue.messages.getLast().content();
        byte[] body = content.inlineBody();
        assertNotNull(body);
        BodyHash hash = new BodyHash(form, BodyHash.SHA256);
        hash.update(body, 0, body.length);
        assertEquals(Base64.getEncoder().encodeToString(hash.digest()), tag(desk.header(), "bh"));
    }

    private static Result submit(Desk desk, String sender, String header, String body) {
        return desk.submit(sender, OUT, header, body, Option.SIGN, Option.MAP, Option.FILTER);
    }

    private static Result.Rejected refused(Result result) {
        Result.Rejected refused = assertInstanceOf(Result.Rejected.class, result);
        assertEquals(
                "451 4.3.0 Error: queue file write error",
                refused.code() + " " + refused.status() + " " + refused.text());
        return refused;
    }

    // ---- whose mail, and with which keys

    @Test
    void withoutAKeyAMailIsLeftAlone() {
        Desk desk = desk();
        MemoryContent content =
                MemoryContent.of(
                        Desk.octets(HEADER.replace("\n", "\r\n")), Desk.octets("\r\nb\r\n"));
        submit(desk, content);
        assertSame(content, desk.queue.messages.getLast().content());
        assertFalse(desk.cleanup.signs());
    }

    private static void submit(Desk desk, Content content) {
        List<Recipient> to = List.of(Recipient.of(new Address("r@remote.example")));
        Envelope envelope = new Envelope(new Address("a@s.example"), to, 1, Attributes.NONE);
        EnumSet<Option> options = EnumSet.of(Option.SIGN);
        assertInstanceOf(
                Result.Queued.class,
                desk.cleanup.submit(
                        new CleanupService.Submission(
                                desk.queue.newId(), envelope, content, options)));
    }

    @Test
    void ourMailIsSignedAndThatOfStrangersIsNot() {
        Desk desk = desk(oneKey());
        assertTrue(desk.cleanup.signs());
        submit(desk, "a@own.example", HEADER, "\nb\n");
        assertEquals(List.of("own.example/s1"), signatures(desk));
        assertTrue(desk.header().startsWith("DKIM-Signature: v=1; a=rsa-sha256;"), desk.header());
        assertTrue(desk.header().endsWith("\n" + HEADER), desk.header());
        fits(desk, Canonical.RELAXED);
        assertTrue(desk.queue.messages.getLast().envelope().origin().ours());
        // The same From by a stranger.
        desk.submit("a@own.example", OUT, HEADER, "\nb\n", Option.MAP, Option.FILTER);
        assertEquals(HEADER, desk.header());
        assertFalse(desk.queue.messages.getLast().envelope().origin().ours());
        // Ours, in the name of a stranger.
        String foreign = HEADER.replace("own.example", "other.example");
        submit(desk, "a@own.example", foreign, "\nb\n");
        assertEquals(foreign, desk.header());
    }

    /// Notices and reports, whether they are filtered or not.
    @Test
    void mailOfOurOwnMakingIsSigned() {
        for (String filtered : List.of("", "bounce", "notify", "bounce, notify")) {
            Desk desk = desk("internal_mail_filter_classes = " + filtered);
            for (String each : List.of("bounce", "notify")) {
                assertTrue(
                        CleanupService.internal(desk.settings, each).contains(Option.SIGN),
                        filtered);
            }
        }
    }

    @Test
    void keysOfTheDomainOrTheNearestAboveItSignAllAtOnce() {
        Desk desk =
                desk(
                        "dkim_signing_keys = "
                                + key("own.example", "s1", "rsa.pem")
                                + ", "
                                + key("below.own.example", "b", "ed.pem")
                                + ", "
                                + key("Own.Example", "e1", "ed.pem")
                                + ", "
                                + key("xn--bcher-kva.example", "u", "ed.pem"));
        String[][] all = {
            {"a@own.example", "own.example/s1 own.example/e1"},
            {"a@OWN.Example", "own.example/s1 own.example/e1"},
            {"a@mx.own.example", "own.example/s1 own.example/e1"},
            {"a@x.below.own.example", "below.own.example/b"},
            {"a@notown.example", ""},
            {"a@own.example.", "own.example/s1 own.example/e1"},
            {"a@b\u00c3\u00bccher.example", "xn--bcher-kva.example/u"},
            {"a@mx.B\u00c3\u009cCHER.example", "xn--bcher-kva.example/u"},
            {"a@\u00ffown.example", ""},
            {"a@b\u00c3\u00bccher..example", ""},
            {"\"a@own.example\"@other.example", ""},
            {"\"a@other.example\"@own.example", "own.example/s1 own.example/e1"},
            {"@own.example:a@other.example", ""},
            {"a@example", ""},
        };
        for (String[] each : all) {
            submit(desk, "", "From: <" + each[0] + ">\n", "\nb\n");
            assertEquals(each[1], String.join(" ", signatures(desk)), each[0]);
        }
    }

    @Test
    void tablesNameTheKeysOfAnAddressADomainAndASender() throws IOException {
        Path table = directory.resolve("keys");
        Files.writeString(
                table,
                String.join(
                        "\n",
                        "boss@own.example " + key("own.example", "boss", "ed.pem"),
                        "own.example "
                                + key("own.example", "t1", "rsa.pem")
                                + ", "
                                + key("own.example", "t2", "ed.pem"),
                        "private@own.example none",
                        ".parent.example " + key("parent.example", "p", "ed.pem"),
                        "lists@own.example " + key("own.example", "lists", "ed.pem"),
                        "odd@own.example " + keys.resolve("rsa.pem"),
                        ""));
        Desk desk = desk(oneKey(), "dkim_signing_maps = texthash:" + table);
        String[][] all = {
            {"boss@own.example", "a@own.example", "own.example/boss"},
            {"b@own.example", "a@own.example", "own.example/t1 own.example/t2"},
            {"private@own.example", "a@own.example", ""},
            {"a@b.parent.example", "a@own.example", "parent.example/p"},
            // No table knows its author: its sender's domain answers for it.
            {"a@parent.example", "lists@own.example", "own.example/lists"},
            {"a@other.example", "a@other.example", ""},
            // Neither: dkim_signing_keys.
            {"a@mx.own.example", "", "own.example/s1"},
        };
        for (String[] each : all) {
            submit(desk, each[1], "From: " + each[0] + "\n", "\nb\n");
            assertEquals(each[2], String.join(" ", signatures(desk)), String.join(" ", each));
        }
        refused(submit(desk, "", "From: odd@own.example\n", "\nb\n"));
        assertTrue(desk.log.has("dkim_signing_maps: bad key"), String.join("\n", desk.log.lines));
        Desk failing = desk("dkim_signing_maps = fail:down");
        assertEquals(
                451,
                assertInstanceOf(Result.Rejected.class, submit(failing, "", HEADER, "\n")).code());
        assertTrue(failing.log.has("dkim_signing_maps lookup problem"));
    }

    @Test
    void mailThatStaysInsideIsSignedUnlessItIsSaidOtherwise() {
        List<String> in = List.of("root@own.example");
        for (String word : List.of("yes", "no")) {
            Desk desk = desk(oneKey(), "dkim_sign_inside = " + word);
            desk.submit("", in, HEADER, "\nb\n", Option.SIGN);
            assertEquals(word.equals("yes") ? 1 : 0, signatures(desk).size());
            desk.submit("", List.of(in.getFirst(), OUT.getFirst()), HEADER, "\n", Option.SIGN);
            assertEquals(1, signatures(desk).size());
        }
    }

    @Test
    void anAuthorThatRulesPutThereSigns() {
        Desk desk = desk(oneKey(), "from_rewrite_address = relay@own.example");
        submit(desk, "", HEADER.replace("own.example", "other.example"), "\nb\n");
        assertEquals(List.of("own.example/s1"), signatures(desk));
        assertTrue(desk.header().contains("\nReply-To: A <a@other.example>\n"), desk.header());
    }

    /// dkim_sign_forwarded: what strangers send and we pass on is signed where rules made us its
    /// author, and never in a name that the stranger chose.
    @Test
    void mailOfOthersIsSignedWhereRulesMadeUsItsAuthor() {
        String rules = "from_rewrite_address = relay@own.example";
        String verified = "from_verified_domains = own.example";
        String theirs = HEADER.replace("own.example", "other.example");
        for (String word : List.of("no", "rewritten")) {
            Desk desk = desk(oneKey(), rules, verified, "dkim_sign_forwarded = " + word);
            desk.submit("x@other.example", OUT, theirs, "\nb\n", Option.MAP, Option.FILTER);
            assertEquals(
                    word.equals("no") ? List.of() : List.of("own.example/s1"), signatures(desk));
            assertFalse(desk.queue.messages.getLast().envelope().origin().ours());
            desk.submit("x@other.example", OUT, HEADER, "\nb\n", Option.MAP, Option.FILTER);
            assertEquals(List.of(), signatures(desk));
        }
        assertThrows(ConfigException.class, () -> desk(oneKey(), "dkim_sign_forwarded = all"));
    }

    /// What comes again (from a filter, by postsuper -r) has one signature of a key, and those of
    /// others stay.
    @Test
    void aSignatureOfTheSameKeyGivesWay() {
        Desk desk = desk(oneKey());
        String others =
                "DKIM-Signature: v=1; d=other.example; s=s1; b=x\n"
                        + "DKIM-Signature: v=1; d=own.example; s=other; b=x\n";
        String ours = "DKIM-Signature: v=1;\n d=OWN.example ;\n\ts = s1; b=x\n";
        submit(desk, "", ours + others + HEADER, "\nb\n");
        assertEquals(
                List.of("own.example/s1", "other.example/s1", "own.example/other"),
                signatures(desk));
        assertFalse(desk.header().contains("OWN.example"));
    }

    // ---- the body

    /// A body is hashed as it comes: it is not read again for its signature.
    @Test
    void aBodyIsNotReadAgain() throws IOException {
        Desk desk = desk(oneKey());
        byte[] text = Desk.octets(HEADER.replace("\n", "\r\n") + "\r\nbody  text\r\n\r\n");
        Content received;
        try (ContentWriter writer = desk.cleanup.content()) {
            ContentReceiver receiver = new ContentReceiver(writer, false, false, 0);
            receiver.lines(text, 0, text.length);
            received = writer.finish(receiver.finish());
        }
        assertNotNull(received.facts().digest());
        submit(desk, new Unreadable(received.header(), received, received.facts()));
        Content signed = ((Unreadable) desk.queue.messages.getLast().content()).whole();
        desk.queue.messages.add(message(desk, signed));
        fits(desk, Canonical.RELAXED);
        // Another form of digest is no use.
        Desk simple = desk(oneKey(), "dkim_canonicalization = relaxed/simple");
        Content content = new Unreadable(received.header(), received, received.facts());
        assertThrows(RuntimeException.class, () -> submit(simple, content));
    }

    private static NewMessage message(Desk desk, Content content) {
        NewMessage last = desk.queue.messages.getLast();
        return new NewMessage(last.id(), last.envelope(), content, last.held());
    }

    private record Unreadable(byte[] header, Content of, Facts facts) implements Content {
        @Override
        public byte @Nullable [] inlineBody() {
            return null;
        }

        @Override
        public long bodyLength() {
            return of.bodyLength();
        }

        @Override
        public InputStream body() throws IOException {
            throw new IOException("read again");
        }

        @Override
        public Content withHeader(byte[] now, Facts other) {
            return new Unreadable(now, of, other);
        }

        Content whole() {
            return of.withHeader(header, facts);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"relaxed", "simple"})
    void whatABodyBecomesIsSigned(String form) {
        Desk desk =
                desk(
                        oneKey(),
                        "dkim_canonicalization = simple/" + form,
                        "body_checks = inline:{{word=REPLACE other word}}",
                        "message_strip_characters = q");
        submit(desk, "", HEADER, "\nword\nq y  z \n\n");
        assertEquals("\nother word\n y  z \n\n", desk.body());
        fits(desk, form.equals("simple") ? Canonical.SIMPLE : Canonical.RELAXED);
        assertEquals("simple/" + form, tag(desk.header(), "c"));
    }

    @Test
    void whatAMilterMakesOfAMailIsSigned() {
        Desk desk = desk(oneKey());
        MailFilter filter =
                new MailFilter() {
                    @Override
                    public Answer message(FilteredMail mail, Changes changes) {
                        byte[] body = Desk.octets("of the milter\r\n");
                        changes.addHeader("X-Seen", " yes");
                        changes.replaceBody(body, 0, body.length);
                        changes.settled("test");
                        return Answer.GO_ON;
                    }
                };
        EnumSet<Option> options = EnumSet.of(Option.SIGN, Option.MILTER);
        desk.cleanup.submit(
                new CleanupService.Submission(
                        desk.queue.newId(),
                        new Envelope(
                                Address.NULL,
                                List.of(Recipient.of(new Address("r@remote.example"))),
                                1,
                                Attributes.NONE),
                        MemoryContent.of(
                                Desk.octets(HEADER.replace("\n", "\r\n")),
                                Desk.octets("\r\nb\r\n")),
                        options,
                        filter));
        assertEquals("\nof the milter\n", desk.body());
        assertTrue(desk.header().contains("X-Seen: yes\n"), desk.header());
        fits(desk, Canonical.RELAXED);
    }

    @Test
    void eightBitPartsAndLongLinesThatLeaveAreConvertedFirst() {
        String header = HEADER + "MIME-Version: 1.0\nContent-Transfer-Encoding: 8bit\n";
        String body = "\nJ\u00fcrgen = J\n";
        Desk desk = desk(oneKey());
        submit(desk, "", header, body);
        assertTrue(desk.header().endsWith("Content-Transfer-Encoding: quoted-printable\n"));
        assertEquals("\nJ=FCrgen =3D J\n", desk.body());
        fits(desk, Canonical.RELAXED);
        assertFalse(desk.queue.messages.getLast().content().facts().eightBit());

        // Saying so is enough: what is sent to a hop of 7 bits is what was signed.
        submit(desk, "", header, "\na = b\n");
        assertEquals("\na =3D b\n", desk.body());
        fits(desk, Canonical.RELAXED);
        assertFalse(desk.queue.messages.getLast().content().facts().mime().saysEightBit());

        String tooLong = "\n" + "x".repeat(998) + "\n" + "y".repeat(2000) + "\n.z\n";
        submit(desk, "", HEADER, tooLong);
        assertEquals(
                "\n"
                        + "x".repeat(998)
                        + "\n"
                        + "y".repeat(998)
                        + "\n "
                        + "y".repeat(997)
                        + "\n "
                        + "y".repeat(5)
                        + "\n.z\n",
                desk.body());
        fits(desk, Canonical.RELAXED);

        // What stays here is as it was, and so is all that is not signed.
        desk.submit("", List.of("root@own.example"), header, body, Option.SIGN);
        assertEquals(body, desk.body());
        submit(desk, "", header.replace("own.example", "other.example"), body);
        assertEquals(body, desk.body());
        Desk keeps = desk(oneKey(), "dkim_convert_before_signing = no");
        submit(keeps, "", header, body);
        assertEquals(body, keeps.body());
        fits(keeps, Canonical.RELAXED);
    }

    /// MIME that nests deeper than is followed cannot be converted, and is signed as it is.
    @Test
    void whatCannotBeConvertedIsSignedAsItIs() {
        Desk desk = desk(oneKey(), "mime_nesting_limit = 1");
        String header = HEADER + "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=a\n";
        StringBuilder body = new StringBuilder("\n");
        for (char c = 'a'; c < 'h'; c++) {
            body.append("--").append(c).append("\nContent-Type: multipart/mixed; boundary=");
            body.append((char) (c + 1)).append("\n\n");
        }
        body.append("--h\nContent-Transfer-Encoding: 8bit\n\n\u00e4\n");
        submit(desk, "", header, body.toString());
        assertEquals(body.toString(), desk.body());
        fits(desk, Canonical.RELAXED);
    }

    // ---- keys and settings that are no use

    @ParameterizedTest
    @CsvSource({
        "missing.pem, No such file or directory",
        "directory.pem, Is a directory",
        "empty.pem, key",
        "text.pem, key",
        "short.pem, 512",
        "ec.pem, RSA",
        "open.pem, everybody may read",
        "written.pem, may write",
    })
    void mailThatCannotBeSignedWaits(String file, String why) {
        String setting = "dkim_signing_keys = " + key("own.example", "s1", file);
        Desk desk = desk(setting);
        String path = keys.resolve(file).toString();
        refused(submit(desk, "", HEADER, "\nb\n"));
        assertTrue(desk.queue.messages.isEmpty());
        String said = String.join("\n", desk.log.lines);
        assertTrue(said.contains("DKIM signature: ") && said.contains(path), said);
        assertTrue(said.contains(why), said);
        List<String> problems = Cleanup.problems(desk.settings);
        assertEquals(1, problems.size());
        String problem = problems.getFirst();
        assertTrue(problem.startsWith("dkim_signing_keys: ") && problem.contains(path), problem);
        assertTrue(problem.endsWith("mail from own.example is not taken until it can be signed"));
        // Other mail is none of its business.
        assertInstanceOf(
                Result.Queued.class,
                submit(desk, "", HEADER.replace("own.example", "other.example"), "\n"));
    }

    @Test
    void aKeyThatCanBeUsedAgainIsUsed() throws IOException {
        Path file = directory.resolve("late.pem");
        Desk desk = desk("dkim_signing_keys = own.example:s1:" + file);
        refused(submit(desk, "", HEADER, "\nb\n"));
        Files.copy(keys.resolve("rsa.pem"), file);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        assertInstanceOf(Result.Queued.class, submit(desk, "", HEADER, "\nb\n"));
        assertEquals(List.of("own.example/s1"), signatures(desk));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "dkim_signing_keys = own.example",
                "dkim_signing_keys = own.example:s1",
                "dkim_signing_keys = own.example:s1:key.pem",
                "dkim_signing_keys = own.example:s 1:/key.pem",
                "dkim_canonicalization = relaxed/strict",
                "dkim_canonicalization =",
                "dkim_signed_headers = To\ndkim_oversigned_headers = Cc",
                "dkim_signed_headers = From, Received",
                "dkim_oversigned_headers = From, Return-Path",
                "dkim_oversigned_headers = From, Subject:",
                "dkim_signed_headers = From, Subject:",
            })
    void settingsThatAreNotOfTheirFormAreRefused(String setting) {
        String before = setting.startsWith("dkim_signing_keys") ? "" : oneKey() + "\n";
        ConfigException e = assertThrows(ConfigException.class, () -> desk(before + setting));
        String name = setting.substring(0, setting.indexOf(' '));
        assertTrue(String.valueOf(e.getMessage()).startsWith(name), String.valueOf(e.getMessage()));
    }

    @Test
    void theDefaultsAreThoseOfTheRoomDkim() {
        ServiceSettings settings = desk().settings;
        assertEquals(
                SigningSettings.DEFAULT.signed(), settings.get(SigningParams.DKIM_SIGNED_HEADERS));
        assertEquals(
                SigningSettings.DEFAULT.oversigned(),
                settings.get(SigningParams.DKIM_OVERSIGNED_HEADERS));
    }

    // ---- what another program says of it

    /// python3-dkim verifies what comes of many mails, with both keys and in every form.
    @Test
    void anotherProgramVerifiesWhatIsSigned() throws IOException, InterruptedException {
        String python = Needs.program("/usr/bin/python3").toString();
        Random random = new Random(20261129);
        Path mails = Files.createDirectory(directory.resolve("mails"));
        int count = 0;
        for (String form :
                List.of("relaxed/relaxed", "relaxed/simple", "simple/relaxed", "simple/simple")) {
            Desk desk =
                    desk(
                            oneKey() + ", " + key("own.example", "e1", "ed.pem"),
                            "dkim_canonicalization = " + form);
            for (int n = 0; n < 12; n++) {
                submit(desk, "", header(random), body(random));
                Content c = desk.queue.messages.getLast().content();
                byte[] body = c.inlineBody();
                assertNotNull(body);
                byte[] all = Arrays.copyOf(c.header(), c.header().length + body.length);
                System.arraycopy(body, 0, all, c.header().length, body.length);
                Files.write(mails.resolve("mail" + count++), all);
            }
        }
        Process judge =
                new ProcessBuilder(
                                python,
                                "-c",
                                """
                                import sys
                                try:
                                    import dkim, nacl
                                except ImportError:
                                    print("absent"); sys.exit()
                                keys = {b"s1": sys.argv[2], b"e1": sys.argv[3]}
                                def dns(name, timeout=5):
                                    return keys[bytes(name).split(b".")[0]].encode()
                                import os
                                for f in sorted(os.listdir(sys.argv[1])):
                                    d = dkim.DKIM(open(sys.argv[1] + "/" + f, "rb").read(), minkey=1024)
                                    print(f, *[d.verify(idx=i, dnsfunc=dns) for i in (0, 1)])
                                """,
                                mails.toString(),
                                "v=DKIM1; k=rsa; p=" + base64(rsa.getPublic().getEncoded()),
                                "v=DKIM1; k=ed25519; p="
                                        + base64(
                                                Arrays.copyOfRange(
                                                        ed.getPublic().getEncoded(), 12, 44)))
                        .redirectErrorStream(true)
                        .start();
        String said = new String(judge.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, judge.waitFor(), said);
        Assumptions.assumeFalse(said.startsWith("absent"), "not installed: python3-dkim");
        assertEquals(count, said.lines().count(), said);
        said.lines().forEach(line -> assertTrue(line.endsWith(" True True"), said));
    }

    private static String base64(byte[] octets) {
        return Base64.getEncoder().encodeToString(octets);
    }

    private static String header(Random random) {
        StringBuilder out = new StringBuilder("From: \"A  B\"\n <a@own.example>\n");
        out.append("Subject:").append(" ".repeat(random.nextInt(3))).append("x  y\n\t z ");
        out.append("\nX-Other: 1\nTo: r@remote.example,\n s@remote.example\n");
        return out.append(random.nextBoolean() ? "Cc: \nDate: now\n" : "").toString();
    }

    private static String body(Random random) {
        StringBuilder out = new StringBuilder(random.nextInt(6) == 0 ? "" : "\n");
        String alphabet = "ab \t.\n\n=";
        int length = out.isEmpty() ? 0 : random.nextInt(200);
        for (int i = 0; i < length; i++) {
            out.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return out.isEmpty() ? "" : out + "\n".repeat(random.nextInt(1, 4));
    }

    @Test
    void aDigestGoesWithItsBodyAndNotIntoAnother() {
        Content content = MemoryContent.of(Desk.octets("a: b\r\n"), Desk.octets("\r\nb\r\n"));
        assertNull(content.facts().digest());
        byte[] octets = {1, 2};
        Facts with = content.facts().withDigest(new org.postrider.message.BodyDigest("k", octets));
        org.postrider.message.BodyDigest kept =
                with.withHeader(content.header(), Desk.octets("c: d\r\n"))
                        .withUnknownParts()
                        .digest();
        assertNotNull(kept);
        assertArrayEquals(octets, kept.octets());
    }
}
