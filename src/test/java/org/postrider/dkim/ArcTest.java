package org.postrider.dkim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Chains of ARC: made hand by hand, validated, and broken at each instance.
class ArcTest {
    private static final long NOW = SignerTest.NOW;
    private static final String MAIL = SignerTest.HEADER + SignerTest.BODY;

    private KeyZone zone;
    private final ArcSealer sealer = new ArcSealer(SigningSettings.DEFAULT);

    @BeforeEach
    void keys() throws IOException {
        zone =
                new KeyZone()
                        .with("s._domainkey.one.example", TestKeys.record(2048))
                        .with("s._domainkey.two.example", TestKeys.record(0))
                        .at(NOW);
    }

    @AfterEach
    void end() throws IOException {
        zone.close();
    }

    private static SigningKey key(int instance) {
        return instance % 2 == 1
                ? TestKeys.key("one.example", "s", 2048)
                : TestKeys.key("two.example", "s", 0);
    }

    private String sealed(SigningKey key, ArcResult chain, String mail) {
        byte[] octets = KeyZone.octets(mail);
        int at = KeyZone.bodyAt(octets);
        BodyHash body = sealer.bodyHash();
        body.update(octets, at, octets.length - at);
        String results =
                "mx.example; spf=pass smtp.mailfrom=ann@example.com; dkim=pass (2048 bits)"
                        + " header.d=example.com; dmarc=pass header.from=example.com";
        byte[] header = java.util.Arrays.copyOf(octets, at);
        return sealer.seal(key, header, body.digest(), chain, results, NOW) + mail;
    }

    /// A mail that went through hands, each of which changed nothing.
    private String chain(int hands) {
        String mail = MAIL;
        for (int i = 1; i <= hands; i++) {
            mail = sealed(key(i), zone.chain(mail), mail);
        }
        return mail;
    }

    private String said(String mail) {
        ArcResult result = zone.chain(mail);
        return result.verdict().word()
                + " "
                + result.instances()
                + (result.reason().isEmpty() ? "" : " " + result.reason());
    }

    @Test
    void handsAddToAChain() {
        assertEquals("none 0", said(MAIL));
        for (int hands = 1; hands <= 4; hands++) {
            String mail = chain(hands);
            assertEquals("pass " + hands, said(mail), mail);
            ArcResult result = zone.chain(mail);
            assertEquals(0, result.oldestPass());
            assertEquals(hands, result.sets().size());
            assertEquals("one.example", result.sets().getFirst().domain());
            assertTrue(
                    result.sets().getFirst().results().startsWith("mx.example; spf=pass smtp."),
                    result.sets().getFirst().results());
        }
    }

    @Test
    void aSetHasThreeFoldedFields() {
        String fields = chain(1).replace(MAIL, "");
        assertTrue(
                fields.startsWith("ARC-Seal: i=1; a=rsa-sha256; t=1700000000; cv=none;"), fields);
        int message = fields.indexOf("\r\nARC-Message-Signature: i=1;");
        int results = fields.indexOf("\r\nARC-Authentication-Results: i=1; mx.example;");
        assertTrue(0 < message && message < results, fields);
        for (String line : fields.split("\r\n", -1)) {
            assertTrue(line.replace("\t", " ".repeat(8)).length() <= 78, line);
        }
    }

    /// A hand that changed the mail signs what it made of it: the chain holds, and the oldest pass
    /// is its own.
    @Test
    void theOldestPassIsWhereTheMailWasChangedLast() {
        String changed = chain(2).replace("Hello", "[list] Hello");
        ArcResult before = zone.chain(chain(2));
        String mail = sealed(key(3), before, changed);
        assertEquals("pass 3", said(mail));
        assertEquals(3, zone.chain(mail).oldestPass());
        mail = sealed(key(4), zone.chain(mail), mail);
        assertEquals("pass 4", said(mail));
        assertEquals(3, zone.chain(mail).oldestPass());
    }

    @Test
    void aChangeBehindTheLastHandFails() {
        assertEquals(
                "fail 3 the message signature of set 3: the body is not the one that was signed",
                said(chain(3).replace("Hello", "Hullo")));
        assertEquals(
                "fail 3 the message signature of set 3: the header is not the one that was signed",
                said(chain(3).replace("Subject:", "Subject: x")));
    }

    /// Each field of each set missing, there twice, and changed.
    @Test
    void aChainBrokenAtAnyInstanceFails() {
        String whole = chain(4);
        List<String> names =
                List.of("ARC-Seal", "ARC-Message-Signature", "ARC-Authentication-Results");
        for (int i = 1; i <= 4; i++) {
            for (String name : names) {
                int from = whole.indexOf(name + ": i=" + i + ";");
                int to = from;
                do {
                    to = whole.indexOf("\r\n", to) + 2;
                } while (whole.charAt(to) == '\t');
                String field = whole.substring(from, to);
                assertEquals("fail 4 set " + i + " is not whole", gone(whole, field), name);
                assertEquals("fail 4 two fields of a kind in set " + i, said(field + whole), name);
                String changed = field.replaceFirst("\r\n$", ".\r\n").replace("=.\r\n", "Q==\r\n");
                String said = said(whole.replace(field, changed));
                assertTrue(said.startsWith("fail 4 the "), said);
            }
        }
    }

    private String gone(String whole, String field) {
        String mail = whole.replace(field, "");
        String said = said(mail);
        return said.replace("fail 3", "fail 4");
    }

    @Test
    void whatSealsSayOfTheChainBeforeThemIsHeld() {
        String mail = chain(2);
        assertEquals(
                "fail 2 the seal of set 2 says cv=none", said(mail.replace("cv=pass", "cv=none")));
        assertEquals(
                "fail 2 the seal of set 1 says cv=pass", said(mail.replace("cv=none", "cv=pass")));
        assertEquals(
                "fail 2 the seal of set 2: a seal with h= or bh=",
                said(mail.replace("cv=pass;", "cv=pass; h=from;")));
        assertTrue(
                said(mail.replace("i=2;", "i=51;")).startsWith("fail 50 a field of no instance"));
        assertTrue(said(mail.replace("i=2;", "i=3;")).startsWith("fail 3 set 2 is not whole"));
        assertTrue(said(mail.replace("i=1;", "i=0;")).startsWith("fail 2 a field of no instance"));
    }

    @Test
    void aFailedChainIsSealedAsFailedOnceAndNotGoneOnWith() {
        String broken = chain(2).replace("Hello", "Hullo");
        ArcResult failed = zone.chain(broken);
        String mail = sealed(key(3), failed, broken);
        assertTrue(mail.contains("ARC-Seal: i=3; a=rsa-sha256; t=1700000000; cv=fail;"), mail);
        assertEquals("fail 3 the seal of set 3 says cv=fail", said(mail));
        assertEquals(mail, sealed(key(4), zone.chain(mail), mail));
    }

    @Test
    void aKeyThatIsNotToBeHadIsNoVerdictAndIsNotSealed() {
        String mail = chain(2);
        zone.server.rcodes.put("s._domainkey.one.example", 2);
        assertEquals(
                "temperror 2 the seal of set 1: no answer for the key s._domainkey.one.example",
                said(mail));
        assertEquals(mail, sealed(key(3), zone.chain(mail), mail));
    }

    /// Fifty sets are the most there may be (RFC 8617 4.2.1), and cost a bounded time.
    @Test
    void fiftySetsAreTheMost() {
        String mail = MAIL;
        ArcResult chain = ArcResult.NONE;
        for (int i = 1; i <= 50; i++) {
            mail = sealed(key(2), chain, mail);
            chain = new ArcResult(Verdict.PASS, i, 0, List.of(), "");
        }
        long from = System.nanoTime();
        assertEquals("pass 50", said(mail));
        assertTrue(System.nanoTime() - from < 60_000_000_000L);
        assertEquals(1, zone.server.asked.get(), "one question for one key");
        assertEquals(mail, sealed(key(1), chain, mail));
    }

    /// Whoever writes a chain has us ask for the names of twenty keys (twice dkim_signature_limit),
    /// not of a hundred; one that names more is asked nothing about.
    @Test
    void aChainNamesTwentyKeysAtMost() throws IOException {
        String mail = MAIL;
        ArcResult chain = ArcResult.NONE;
        for (int i = 1; i <= 50; i++) {
            zone.with("n" + i + "._domainkey.two.example", TestKeys.record(0));
            mail = sealed(TestKeys.key("two.example", "n" + i, 0), chain, mail);
            chain = new ArcResult(Verdict.PASS, i, 0, List.of(), "");
            if (i == 20) {
                assertEquals("pass 20", said(mail));
                assertEquals(20, zone.server.asked.get());
            } else if (i == 21 || i == 50) {
                assertEquals("fail " + i + " more than 20 keys", said(mail));
                assertEquals(20, zone.server.asked.get());
            }
        }
    }
}
