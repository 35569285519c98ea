package org.postrider.dkim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.postrider.dkim.form.HeaderFields;

/// What a signature says, how it is folded, and what breaks it.
class SignerTest {
    static final String HEADER =
            "Received: from a by b\r\n"
                    + "From: Ann <ann@example.com>\r\n"
                    + "To: Bob <bob@example.net>,\r\n\tCarol\r\n <carol@example.net>\r\n"
                    + "Subject:  A  subject \r\n"
                    + "Date: Fri, 11 Jul 2003 21:00:37 -0700\r\n"
                    + "Message-ID: <1@example.com>\r\n";
    static final String BODY = "\r\nHello\t there  \r\n\r\n";
    static final long NOW = 1_700_000_000;

    static final SigningSettings SIMPLE =
            new SigningSettings(
                    Canonical.SIMPLE,
                    Canonical.SIMPLE,
                    List.of("From", "Subject"),
                    List.of("From"),
                    0,
                    null);

    static String signed(SigningSettings settings, List<SigningKey> keys, String mail) {
        Signer signer = new Signer(settings);
        byte[] octets = KeyZone.octets(mail);
        int at = KeyZone.bodyAt(octets);
        BodyHash body = signer.bodyHash();
        body.update(octets, at, octets.length - at);
        byte[] header = java.util.Arrays.copyOf(octets, at);
        return signer.sign(keys, header, body.digest(), NOW) + mail;
    }

    private static KeyZone zone() throws IOException {
        return new KeyZone()
                .with("r._domainkey.example.com", TestKeys.record(2048))
                .with("e._domainkey.example.com", TestKeys.record(0))
                .at(NOW + 60);
    }

    private static List<SigningKey> both() {
        return List.of(TestKeys.key("example.com", "r", 2048), TestKeys.key("example.com", "e", 0));
    }

    @Test
    void aFieldForEachKeyIsVerified() throws IOException {
        try (KeyZone zone = zone()) {
            for (SigningSettings settings : List.of(SigningSettings.DEFAULT, SIMPLE)) {
                String mail = signed(settings, both(), HEADER + BODY);
                assertEquals("pass, pass", KeyZone.said(zone.verified(mail)), mail);
            }
        }
    }

    @Test
    void theSameMailKeyAndTimeMakeTheSameField() {
        assertEquals(
                signed(SigningSettings.DEFAULT, both(), HEADER + BODY),
                signed(SigningSettings.DEFAULT, both(), HEADER + BODY));
    }

    /// All but the signature is known.
    @Test
    void theTagsAreTheseAndFolded() {
        String field =
                signed(SigningSettings.DEFAULT, List.of(both().getLast()), HEADER + BODY)
                        .replaceAll("(?s)b=[A-Za-z0-9+/]{30}.*", "b=…");
        assertEquals(
                "DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed; d=example.com; s=e;\r\n"
                        + "\tt=1700000000;\r\n"
                        + "\th=From:From:Sender:Reply-To:To:To:Cc:Subject:Subject:Date:Date:\r\n"
                        + "\tMessage-ID:Message-ID:MIME-Version:Content-Type:\r\n"
                        + "\tContent-Transfer-Encoding;\r\n"
                        + "\tbh=qhoJ+psZWWwGBFo47vMkZ+rqMzSRnateL1Q1CLX3aAM=;\r\n"
                        + "\tb=…",
                field);
    }

    @Test
    void noLineHasMoreThan78ColumnsAndTheLastHasALineEnd() {
        for (int length = 1; length < 54; length++) {
            SigningKey key = TestKeys.key("a".repeat(length) + ".example.com", "s", 2048);
            String mail = signed(SigningSettings.DEFAULT, List.of(key), HEADER + BODY);
            String field = mail.substring(0, mail.length() - HEADER.length() - BODY.length());
            assertTrue(field.endsWith("\r\n"));
            for (String line : field.split("\r\n", -1)) {
                assertTrue(line.replace("\t", " ".repeat(8)).length() <= 78, line);
            }
        }
    }

    @Test
    void anExpiryAndAnIdentityAreSaid() {
        SigningSettings settings =
                new SigningSettings(
                        Canonical.RELAXED,
                        Canonical.SIMPLE,
                        List.of("From"),
                        List.of(),
                        3600,
                        "ann@example.com");
        String mail = signed(settings, List.of(both().getFirst()), HEADER + BODY);
        assertTrue(mail.contains("t=1700000000; x=1700003600;"), mail);
        assertTrue(mail.contains("i=ann@example.com;"), mail);
        assertTrue(mail.contains("c=relaxed/simple;"), mail);
        assertTrue(mail.contains("h=From;"), mail);
        assertFalse(signed(SIMPLE, both(), HEADER + BODY).contains("x="));
        assertFalse(signed(SIMPLE, both(), HEADER + BODY).contains("i="));
    }

    /// RFC 6376 5.4.2: repeated fields are signed from the bottom, and over-signing forbids more.
    @Test
    void fieldsAddedOnTheWayBreakWhatIsOverSigned() throws IOException {
        String mail = signed(SigningSettings.DEFAULT, both(), HEADER + BODY);
        try (KeyZone zone = zone()) {
            for (String added :
                    List.of("From: x@y", "Subject: another", "Content-Type: text/html")) {
                assertEquals(
                        "fail (the header is not the one that was signed),"
                                + " fail (the header is not the one that was signed)",
                        KeyZone.said(zone.verified(added + "\r\n" + mail)));
            }
            assertEquals("pass, pass", KeyZone.said(zone.verified("X-Other: a\r\n" + mail)));
            assertEquals("pass, pass", KeyZone.said(zone.verified("Received: a\r\n" + mail)));
        }
    }

    @Test
    void repeatedFieldsAreSignedFromTheBottom() throws IOException {
        SigningSettings settings =
                new SigningSettings(
                        Canonical.RELAXED,
                        Canonical.RELAXED,
                        List.of("From", "X-Two"),
                        List.of(),
                        0,
                        null);
        String mail =
                signed(settings, both(), "X-Two: first\r\n" + HEADER + "X-Two: second\r\n" + BODY);
        assertTrue(mail.contains("h=From:X-Two:X-Two;"), mail);
        try (KeyZone zone = zone()) {
            assertEquals("pass, pass", KeyZone.said(zone.verified(mail)));
            assertEquals("pass, pass", KeyZone.said(zone.verified("X-Two: zeroth\r\n" + mail)));
            String swapped =
                    mail.replace("first", "§").replace("second", "first").replace("§", "second");
            assertTrue(KeyZone.said(zone.verified(swapped)).startsWith("fail"));
        }
    }

    @Test
    void relaxedBearsWhatSimpleDoesNot() throws IOException {
        try (KeyZone zone = zone()) {
            String relaxed = signed(SigningSettings.DEFAULT, both(), HEADER + BODY);
            String simple = signed(SIMPLE, both(), HEADER + BODY);
            String folded = "Subject: A\r\n\tsubject\r\n";
            assertEquals(
                    "pass, pass",
                    KeyZone.said(
                            zone.verified(relaxed.replace("Subject:  A  subject \r\n", folded))));
            assertTrue(
                    KeyZone.said(zone.verified(simple.replace("Subject:  A  subject \r\n", folded)))
                            .startsWith("fail"));
            assertEquals(
                    "pass, pass", KeyZone.said(zone.verified(relaxed.replace("FROM", "from"))));
            assertEquals(
                    "pass, pass",
                    KeyZone.said(zone.verified(relaxed.replace("\t there  \r\n", " there\r\n"))));
        }
    }

    @Test
    void withoutKeysNothingIsAdded() {
        assertEquals(HEADER + BODY, signed(SigningSettings.DEFAULT, List.of(), HEADER + BODY));
    }

    @Test
    void settingsThatDoNotSignFromAreRefused() {
        assertThrows(
                IllegalArgumentException.class,
                () ->
                        new SigningSettings(
                                Canonical.SIMPLE,
                                Canonical.SIMPLE,
                                List.of("To"),
                                List.of(),
                                0,
                                null));
        assertThrows(
                IllegalArgumentException.class,
                () ->
                        new SigningSettings(
                                Canonical.SIMPLE,
                                Canonical.SIMPLE,
                                List.of("From", "a:b"),
                                List.of(),
                                0,
                                null));
    }

    @Test
    void keysThatAreTooShortOrOfAnotherKindAreRefused() throws Exception {
        assertThrows(IllegalArgumentException.class, () -> TestKeys.key("example.com", "s", 512));
        java.security.KeyPairGenerator ec = java.security.KeyPairGenerator.getInstance("EC");
        java.security.PrivateKey key = ec.generateKeyPair().getPrivate();
        assertThrows(IllegalArgumentException.class, () -> new SigningKey("example.com", "s", key));
    }

    /// A name has at most 50 of its fields signed, from the bottom.
    @Test
    void aThousandFieldsOfANameMakeNoHugeSignature() throws IOException {
        String mail = "Sender: a@example.com\r\n".repeat(1000) + HEADER + BODY;
        String signed = signed(SigningSettings.DEFAULT, both(), mail);
        assertTrue(signed.length() - mail.length() < 3000, "" + (signed.length() - mail.length()));
        try (KeyZone zone = zone()) {
            assertEquals("pass, pass", KeyZone.said(zone.verified(signed)));
        }
    }

    @Test
    void whatIsNoFieldIsPassedOver() {
        HeaderFields fields =
                new HeaderFields(KeyZone.octets("no field\r\nA: b\r\n : c\r\n:\r\nB\t: d\r\n e"));
        assertEquals(2, fields.count());
        assertEquals("a", fields.name(0));
        assertEquals(" b\r\n : c", fields.value(0));
        assertEquals("b", fields.name(1));
        assertEquals(" d\r\n e", fields.value(1));
    }
}
