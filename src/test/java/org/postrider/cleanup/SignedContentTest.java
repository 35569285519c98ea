package org.postrider.cleanup;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
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
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postrider.Needs;
import org.postrider.address.Address;
import org.postrider.cleanup.CleanupService.Option;
import org.postrider.dkim.Canonical;
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

/// A signature fits what is in the queue then, whatever became of the mail on its way there.
class SignedContentTest extends SigningDesk {
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
                        received(desk, HEADER, "\nb\n"),
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

        // A relay domain's mail goes to another machine, too.
        Desk relay = desk(oneKey(), "relay_domains = partner.example");
        relay.submit("", List.of("x@partner.example"), header, body, Option.SIGN);
        assertEquals("\nJ=FCrgen =3D J\n", relay.body());

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
