package org.postrider.dkim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postrider.dkim.form.HeaderFields;
import org.postrider.dkim.form.Octets;
import org.postrider.dkim.key.Signing;

/// The examples of the RFCs, one by one.
class VectorsTest {
    private static final String RSA_6376 =
            "v=DKIM1; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDwIRP/UC3SBsEmGqZ9ZJW3/DkM"
                    + "oGeLnQg1fWn7/zYtIxN2SnFCjxOCKG9v3b4jYfcTNh5ijSsq631uBItLa7od+v/R"
                    + "tdC2UzJ1lWT947qR+Rcac2gbto/NMqJ0fzfVjH4OuKhitdY9tf6mcwGjaNBcWToI"
                    + "MmPSPDdQPNUYckcQ2QIDAQAB";
    private static final String ED25519_8463 =
            "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
    private static final String RSA_8463 =
            "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWR"
                    + "iGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/b"
                    + "yYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKr"
                    + "M3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K"
                    + "4w3QIDAQAB";
    private static final String BODY_6376 = " C \r\nD \t E\r\n\r\n\r\n";
    private static final String HEADER_6376 = "A: X\r\nB : Y\t\r\n\tZ  \r\n";

    private KeyZone zone;

    @BeforeEach
    void keys() throws IOException {
        zone =
                new KeyZone()
                        .with("brisbane._domainkey.example.com", RSA_6376)
                        .with("brisbane._domainkey.football.example.com", ED25519_8463)
                        .with("test._domainkey.football.example.com", RSA_8463);
    }

    @AfterEach
    void end() throws IOException {
        zone.close();
    }

    static String mail(String name) throws IOException {
        try (InputStream in = VectorsTest.class.getResourceAsStream("/dkim/" + name)) {
            byte[] all = Objects.requireNonNull(in, name).readAllBytes();
            return new String(all, StandardCharsets.ISO_8859_1).replace("\n", "\r\n");
        }
    }

    /// As errata 3192 and 4926 have it: one blank in the body, indented lines.
    @Test
    void rfc6376AppendixA2IsVerified() throws IOException {
        String mail = mail("rfc6376-a.2.mail");
        assertEquals(
                List.of(
                        new DkimResult(
                                Verdict.PASS, "example.com", "brisbane", "rsa-sha256", 1024, "")),
                zone.verified(mail));
        assertEquals(
                "fail (the body is not the one that was signed)",
                KeyZone.said(zone.verified(mail.replace("Joe.\r\n", "Joe!\r\n"))));
        assertEquals(
                "fail (the header is not the one that was signed)",
                KeyZone.said(zone.verified(mail.replace("dinner", "supper"))));
    }

    @Test
    void rfc8463AppendixA3IsVerifiedInBothWays() throws IOException {
        String mail = mail("rfc8463-a.3.mail");
        assertEquals(
                List.of(
                        new DkimResult(
                                Verdict.PASS,
                                "football.example.com",
                                "brisbane",
                                "ed25519-sha256",
                                256,
                                ""),
                        new DkimResult(
                                Verdict.PASS,
                                "football.example.com",
                                "test",
                                "rsa-sha256",
                                1024,
                                "")),
                zone.verified(mail));
        String other = mail.replace("Subject: Is", "Subject: Was");
        assertEquals(
                "fail (the header is not the one that was signed),"
                        + " fail (the header is not the one that was signed)",
                KeyZone.said(zone.verified(other)));
    }

    /// Appendix A.2's private key makes the signature of A.3: Ed25519 is deterministic.
    @Test
    void rfc8463AppendixA2SignsAppendixA3() throws IOException, GeneralSecurityException {
        PrivateKey key =
                KeyFactory.getInstance("Ed25519")
                        .generatePrivate(
                                new EdECPrivateKeySpec(
                                        NamedParameterSpec.ED25519,
                                        Base64.getDecoder()
                                                .decode(
                                                        "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=")));
        String mail = mail("rfc8463-a.3.mail");
        HeaderFields fields =
                new HeaderFields(KeyZone.octets(mail.substring(0, mail.indexOf("\r\n\r\n") + 2)));
        Octets data =
                Signer.canonical(
                        fields,
                        List.of(
                                "from",
                                "to",
                                "subject",
                                "date",
                                "message-id",
                                "from",
                                "subject",
                                "date"),
                        Canonical.RELAXED);
        ParsedSignature parsed =
                new ParsedSignature(ParsedSignature.Kind.DKIM, fields.text(0), fields.value(0));
        HeaderFields.signature(parsed.unsigned(), Canonical.RELAXED, data);
        assertArrayEquals(parsed.signature, Signing.sign(Signing.prepared(key), data.all()));
        assertArrayEquals(parsed.signature, Signing.sign(key, data.all()));
    }

    private static String header(Canonical form) {
        HeaderFields fields = new HeaderFields(KeyZone.octets(HEADER_6376));
        Octets out = new Octets(64);
        for (int i = 0; i < fields.count(); i++) {
            fields.canonical(i, form, out);
        }
        return new String(out.all(), StandardCharsets.ISO_8859_1);
    }

    @Test
    void rfc6376Section345Example1IsRelaxed() throws GeneralSecurityException {
        assertEquals("a:X\r\nb:Y Z\r\n", header(Canonical.RELAXED));
        BodyHashTest.same(" C\r\nD E\r\n", Canonical.RELAXED, "\r\n" + BODY_6376);
    }

    @Test
    void rfc6376Section345Example2IsSimple() throws GeneralSecurityException {
        assertEquals(HEADER_6376, header(Canonical.SIMPLE));
        BodyHashTest.same(" C \r\nD \t E\r\n", Canonical.SIMPLE, "\r\n" + BODY_6376);
    }
}
