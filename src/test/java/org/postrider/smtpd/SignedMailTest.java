package org.postrider.smtpd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.postrider.cleanup.CleanupService;
import org.postrider.dkim.Signer;
import org.postrider.dkim.SigningKey;
import org.postrider.dkim.SigningSettings;
import org.postrider.log.LogTag;
import org.postrider.message.Content;
import org.postrider.message.ContentWriter;
import org.postrider.message.Facts;
import org.postrider.queue.QueueId;
import org.xbill.DNS.Rcode;

/// Signed mail of a stranger before a server that checks.
class SignedMailTest extends SignedStranger {
    @Test
    void anAuthorsSignatureIsEnough() throws IOException {
        String header = header(session(REJECTS, signed("signed.example"), text(BODY)));
        assertTrue(header.contains("dkim=pass (256-bit key) header.d=signed.example header.s=s"));
        assertTrue(header.contains(" header.b="), header);
        assertTrue(
                header.contains("dmarc=pass (p=reject dis=none) header.from=signed.example"),
                header);
    }

    @Test
    void anotherBodyFails() throws IOException {
        Reception it = session(REJECTS, signed("signed.example"), "\r\nanother\r\n");
        assertTrue(
                reply(it).startsWith("550 5.7.20 <END-OF-MESSAGE>: Message rejected"), reply(it));
        Reception plain = session("", signed("signed.example"), "\r\nanother\r\n");
        assertTrue(header(plain).contains("dkim=fail"));
        assertTrue(header(plain).contains("dmarc=fail (p=reject dis=reject)"), header(plain));
    }

    @Test
    void somebodyElsesSignatureIsNotTheAuthors() throws IOException {
        Reception it = session(REJECTS, signed("other.example"), text(BODY));
        assertTrue(reply(it).startsWith("550 5.7.1 <END-OF-MESSAGE>: Message rejected: not of"));
    }

    @Test
    void theLimitsAreThoseOfMainCf() throws IOException {
        String two = signed("other.example").replace(HEADER, "") + signed("signed.example");
        Reception both = session(REJECTS, two, text(BODY));
        assertTrue(reply(both).startsWith("250 "), reply(both));
        Reception one = session("dkim_signature_limit = 1\n" + REJECTS, two, text(BODY));
        assertTrue(reply(one).startsWith("550 5.7.1 <END-OF-MESSAGE>"), reply(one));
    }

    @Test
    void aKeyThatCannotBeHadPutsOff() throws IOException {
        server.rcodes.put("s._domainkey.signed.example", Rcode.SERVFAIL);
        Reception it = session(REJECTS, signed("signed.example"), text(BODY));
        assertTrue(reply(it).startsWith("451 4.7."), reply(it));
        Reception only =
                session(
                        "smtpd_end_of_data_restrictions = reject_dmarc\n",
                        signed("signed.example"),
                        text(BODY));
        assertTrue(reply(only).startsWith("451 4.7.1 <END-OF-MESSAGE>"), reply(only));
    }

    private List<String> reported(String main, String header, String body) throws IOException {
        List<String> out = new ArrayList<>();
        reports =
                outcome ->
                        out.add(
                                outcome.row().evaluated().disposition()
                                        + " "
                                        + outcome.row().evaluated().override());
        session("dmarc_reporting = yes\n" + main, header, body);
        return out;
    }

    /// What reports of DMARC tell of: mail that has its last answer, and no reports that pass,
    /// since two that report of each other's reports would never end.
    @Test
    void whatIsReportedOf() throws IOException {
        String report =
                signed("signed.example")
                        .replace(
                                "Subject: x\r\n",
                                "Subject: Report Domain: a.example\r\n\tSubmitter: b.example\r\n"
                                        + "\tReport-ID: <1@b.example>\r\n");
        server.zone("_dmarc.list.example TXT \"v=DMARC1; p=reject\"");
        String unasked = HEADER.replace("signed.example", "list.example");
        assertEquals(List.of(), reported("", unasked, text(BODY)));
        assertEquals(List.of("pass "), reported("", signed("signed.example"), text(BODY)));
        assertEquals(
                List.of("reject "), reported(REJECTS, HEADER.replace("A <", "B <"), text(BODY)));
        assertEquals(List.of("none local_policy"), reported("", HEADER, text(BODY)));
        // whatever it says it is
        assertEquals(List.of("none local_policy"), reported("", report, text(BODY)));
        server.zone("other.example TXT \"v=spf1 ip4:198.51.100.7 -all\"");
        server.zone("_dmarc.other.example TXT \"v=DMARC1; p=none; rua=mailto:r@other.example\"");
        String fromOther = HEADER.replace("signed.example", "other.example");
        assertEquals(List.of("none "), reported("", fromOther, text(BODY)));
        assertEquals(
                List.of(),
                reported("", report.replace("@signed.example", "@other.example"), text(BODY)));
        server.zone("_dmarc.q.example TXT \"v=DMARC1; p=quarantine; rua=mailto:r@q.example\"");
        String held = HEADER.replace("signed.example", "q.example");
        String judged = "smtpd_end_of_data_restrictions = reject_dmarc\n";
        for (String action : List.of("hold", "header")) {
            String main = judged + "dmarc_quarantine_action = " + action + "\n";
            assertEquals(List.of("quarantine "), reported(main, held, text(BODY)), action);
        }
        server.rcodes.put("s._domainkey.signed.example", Rcode.SERVFAIL);
        assertEquals(List.of(), reported(REJECTS, signed("signed.example"), text(BODY)));
    }

    /// Without its reply a mail that is in the queue would come again.
    @Test
    void aFaultOfReportsTakesNoMailItsReply() throws IOException {
        reports =
                _ -> {
                    throw new IllegalStateException("of ours");
                };
        Reception it = session("dmarc_reporting = yes\n", signed("signed.example"), text(BODY));
        assertEquals(1, it.queued());
        assertTrue(reply(it).contains(" queued as "), reply(it));
        assertTrue(it.log().contains("of ours"), it.log());
    }

    /// What is added to From after it was signed is no author's.
    @Test
    void aSecondFromIsRefused() throws IOException {
        Reception it =
                session(REJECTS, "From: evil@x.example\r\n" + signed("signed.example"), text(BODY));
        assertTrue(reply(it).startsWith("550 5.7."), reply(it));
    }

    /// A domain that only tests is not held to its signatures (RFC 6376 3.6.1).
    @Test
    void aKeyOnTestRefusesNothing() throws IOException {
        String fails = "smtpd_end_of_data_restrictions = reject_dkim_fail\n";
        String other = "\r\nanother\r\n";
        assertEquals(1, session(fails, signed("testing.example"), other).queued());
        assertEquals(0, session(fails, signed("signed.example"), other).queued());
        String none = fails.replace("_fail", "_none");
        assertEquals(0, session(none, signed("testing.example"), other).queued());
    }

    /// A header that is checked costs more than one that is only kept: paid for before it is read.
    @Test
    void whereThereIsNoMemoryForChecksTheMailIsPutOff() throws IOException {
        receiving = 300_000;
        String header = signed("signed.example") + of(250_000);
        String off = "authentication_checks =\n";
        assertEquals(1, session(off, header, text(BODY)).queued());
        Reception none = session("", header, text(BODY));
        assertEquals("452 4.3.1 Insufficient system storage", reply(none));
        assertEquals(0, none.queued());
    }

    /// Each name that a signature covers may be one octet, and is more once it is read.
    @Test
    void namesThatSignaturesCoverArePaidForBeforeTheyAreRead() throws IOException {
        receiving = 200_000;
        String header =
                "DKIM-Signature: v=1; a=rsa-sha256; d=signed.example; s=s; bh=YQ==; b=YQ==; h=from"
                        + (":a".repeat(400) + "\r\n ").repeat(38)
                        + "\r\n"
                        + HEADER;
        assertEquals(1, session("authentication_checks =\n", header, text(BODY)).queued());
        Reception none = session("", header, text(BODY));
        assertEquals("452 4.3.1 Insufficient system storage", reply(none));
        receiving = 5_000_000;
        assertTrue(header(session("", header, text(BODY))).contains("dkim="));
    }

    /// main.cf says how much is computed for a stranger, and what is taken as proof.
    @Test
    void parametersOfVerificationCount() throws IOException {
        Signer signer = new Signer(SigningSettings.DEFAULT);
        String rsa =
                signer.sign(
                                List.of(new SigningKey("list.example", "r", sealing.getPrivate())),
                                octets(HEADER),
                                hash(signer.bodyHash(), BODY),
                                System.currentTimeMillis() / 1000)
                        + HEADER;
        assertTrue(header(session("", rsa, text(BODY))).contains("dkim=pass (1024-bit key)"));
        String weak = header(session("dkim_least_key_bits = 2048\n", rsa, text(BODY)));
        assertTrue(weak.contains("dkim=policy (1024-bit key)"), weak);
        String one =
                header(
                        session(
                                "dkim_signature_limit = 1\n",
                                rsa.substring(0, rsa.length() - HEADER.length())
                                        + signed("signed.example"),
                                text(BODY)));
        assertFalse(one.contains("header.d=signed.example"), one);
        assertTrue(one.contains("1 more signatures are not looked at"), one);
        String padded = rsa.replaceFirst("; s=", ";" + " ".repeat(70).repeat(20) + "s=");
        String large = header(session("dkim_signature_size_limit = 1024\n", padded, text(BODY)));
        assertTrue(large.contains("a signature of more than 1024 octets"), large);
        String chain = sealed("list.example", HEADER, NO_CHAIN, PASSED);
        Reception weakChain = session("dkim_least_key_bits = 2048\n" + TRUSTED, chain, text(BODY));
        assertTrue(reply(weakChain).startsWith("550 5.7.29"), reply(weakChain));
    }

    private static String of(int octets) {
        return ("X-Padding: " + "x".repeat(900) + "\r\n").repeat(octets / 913 + 1);
    }

    /// Of a longer header than is held, the rest is where the checks do not look for fields: a
    /// second From there, or a word in our name, is refused with it.
    @Test
    void aHeaderThatIsNotHeldWholeIsRefused() throws IOException {
        for (String hidden :
                List.of(
                        "From: evil@x.example\r\n",
                        "Authentication-Results: mx.test.example\r\n")) {
            String header = signed("signed.example") + of(530_000) + hidden;
            for (String main : List.of(REJECTS, "", "authentication_checks = spf\n")) {
                Reception it = session(main, header, text(BODY));
                assertEquals("552 5.3.4 Error: message header too big to be checked", reply(it));
                assertEquals(0, it.queued());
                assertTrue(it.log().contains("reject: END-OF-MESSAGE from unknown"), it.log());
            }
            Reception known = session("mynetworks = 198.51.100.0/24\n", header, text(BODY));
            assertEquals(1, known.queued(), () -> String.join("\n", known.heard()) + known.log());
        }
        String below = signed("signed.example") + of(500_000) + "From: evil@x.example\r\n";
        assertTrue(reply(session(REJECTS, below, text(BODY))).startsWith("550 5.7."));
        String forged = of(500_000) + "Authentication-Results: MX.test.example; forged=1\r\n";
        assertFalse(header(session("", HEADER + forged, text(BODY))).contains("forged=1"));
    }

    /// Who reads the mail sees what cleanup leaves of a long From.
    @Test
    void anAuthorBehindWhatIsCutOffIsNone() throws IOException {
        server.zone("other.example TXT \"v=spf1 ip4:198.51.100.7 -all\"");
        server.zone("_dmarc.other.example TXT \"v=DMARC1; p=reject\"");
        String judged = "smtpd_end_of_data_restrictions = reject_dmarc\n";
        String rest = "To: b@test.example\r\n";
        String from =
                "From: a@signed.example"
                        + ("\r\n" + " ".repeat(900)).repeat(130)
                        + " <x@other.example>\r\n";
        Reception hidden = session(judged, from + rest, text(BODY));
        assertTrue(reply(hidden).contains("a From field that is too long"), reply(hidden));
        String many =
                "From: x@other.example"
                        + ", x@other.example".repeat(3000)
                        + ", a@signed.example\r\n";
        Reception tokens = session(judged, many + rest, text(BODY));
        assertTrue(reply(tokens).contains("a From field that is too long"), reply(tokens));
        String plain = "From: a@signed.example\r\n <x@other.example>\r\n" + rest;
        assertTrue(header(session(judged, plain, text(BODY))).contains("dmarc=pass"));
    }

    /// The checks have not heard all of it: it is put off, not refused for good.
    @Test
    void aContentThatCannotBeKeptIsNotJudged() throws IOException {
        String mail = signed("signed.example") + text(BODY);
        Script client =
                Script.of(
                        "EHLO c.example\r\n"
                                + "MAIL FROM:<x@other.example>\r\n"
                                + "RCPT TO:<b@test.example>\r\n"
                                + ("BDAT " + mail.length() + " LAST\r\n" + mail)
                                + "QUIT\r\n");
        Reception.smtpd(temp, MAIN + REJECTS, new FullDisk(), Reception.lists(temp, server.port()))
                .session(client, new LogTag("postfix/smtpd", 1));
        String heard = client.out().toString(StandardCharsets.ISO_8859_1);
        assertTrue(
                heard.contains("\r\n452 4.3.1 Insufficient system storage\r\n")
                        || heard.contains("\r\n451 4.3.0 "),
                heard);
    }

    /// Keeps a header, and no octet of a body.
    private static final class FullDisk implements CleanupService {
        @Override
        public QueueId newId() {
            return new QueueId("4XkZ0000000001z");
        }

        @Override
        public ContentWriter content() {
            ByteArrayOutputStream kept = new ByteArrayOutputStream();
            return new ContentWriter() {
                @Override
                public void header(byte[] from, int offset, int length) {
                    kept.write(from, offset, length);
                }

                @Override
                public byte[] header() {
                    return kept.toByteArray();
                }

                @Override
                public void body(byte[] from, int offset, int length) throws IOException {
                    throw new IOException("No space left on device");
                }

                @Override
                public Content finish(Facts facts) {
                    throw new AssertionError("a content that was not kept");
                }

                @Override
                public void close() {}
            };
        }

        @Override
        public Prepared prepare(Submission submission) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Result submit(Submission submission) {
            throw new UnsupportedOperationException();
        }
    }

    @Test
    void aLargeBodyIsHeardWhole() throws IOException {
        String line = "x".repeat(70) + "\r\n";
        byte[] large = octets("\r\n" + line.repeat(8000));
        Signer signer = new Signer(SigningSettings.DEFAULT);
        String fields =
                signer.sign(
                        List.of(key("signed.example")),
                        octets(HEADER),
                        hash(signer.bodyHash(), large),
                        System.currentTimeMillis() / 1000);
        Reception it = session(REJECTS, fields + HEADER, text(large));
        assertTrue(header(it).contains("dmarc=pass"));
        assertFalse(header(it).contains("dkim=fail"));
    }
}
