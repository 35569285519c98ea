package org.postrider.smtpd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.dkim.ArcResult;
import org.postrider.dkim.ArcSealer;
import org.postrider.dkim.BodyHash;
import org.postrider.dkim.Signer;
import org.postrider.dkim.SigningKey;
import org.postrider.dkim.SigningSettings;
import org.postrider.dkim.Verdict;
import org.postrider.dmarcrpt.DmarcResults;
import org.postrider.dns.StubServer;

/// Mail of a stranger, signed and sealed by whom its name server knows, before a server that
/// checks.
abstract class SignedStranger {
    static final String MAIN =
            """
            mynetworks = 127.0.0.0/8
            relay_domains = test.example
            relay_recipient_maps =
            smtpd_relay_restrictions = reject_unauth_destination
            authentication_checks = dmarc arc
            """;

    static final String REJECTS =
            "smtpd_end_of_data_restrictions = reject_dkim_fail, reject_arc_fail, reject_dmarc\n";
    static final String HEADER =
            "From: A <a@signed.example>\r\nTo: b@test.example\r\nSubject: x\r\n";
    static final byte[] BODY = octets("\r\none  line \r\n\r\n\r\n");

    static final ArcResult NO_CHAIN = new ArcResult(Verdict.NONE, 0, 0, List.of(), "");
    static final String PASSED = "list.example; dmarc=pass header.from=signed.example; spf=pass";
    static final String TRUSTED =
            REJECTS.replace("reject_dkim_fail, ", "") + "arc_trusted_sealers = list.example\n";

    @TempDir Path temp;
    StubServer server;
    KeyPair pair;

    /// Chains are of RSA alone (RFC 8617).
    KeyPair sealing;

    int sessions;
    DmarcResults reports = DmarcResults.NONE;
    long receiving = 1L << 40;

    @BeforeEach
    void start() throws IOException, GeneralSecurityException {
        server = new StubServer();
        pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        byte[] spki = pair.getPublic().getEncoded();
        String p =
                Base64.getEncoder()
                        .encodeToString(Arrays.copyOfRange(spki, spki.length - 32, spki.length));
        for (String domain : List.of("signed.example", "list.example", "other.example")) {
            server.zone("s._domainkey." + domain + " TXT \"v=DKIM1; k=ed25519; p=" + p + "\"");
        }
        server.zone("s._domainkey.testing.example TXT \"v=DKIM1; k=ed25519; t=y; p=" + p + "\"");
        KeyPairGenerator rsa = KeyPairGenerator.getInstance("RSA");
        rsa.initialize(1024);
        sealing = rsa.generateKeyPair();
        String r = Base64.getEncoder().encodeToString(sealing.getPublic().getEncoded());
        for (String domain : List.of("list.example", "other.example")) {
            server.zone("r._domainkey." + domain + " TXT \"v=DKIM1; k=rsa; p=" + r + "\"");
        }
        server.zone(
                "_dmarc.signed.example TXT \"v=DMARC1; p=reject; rua=mailto:r@signed.example\"");
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    static byte[] octets(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    SigningKey key(String domain) {
        return new SigningKey(domain, "s", pair.getPrivate());
    }

    static byte[] hash(BodyHash hash, byte[] body) {
        hash.update(body, 0, body.length);
        return hash.digest();
    }

    String signed(String domain) {
        Signer signer = new Signer(SigningSettings.DEFAULT);
        return signer.sign(
                        List.of(key(domain)),
                        octets(HEADER),
                        hash(signer.bodyHash(), BODY),
                        System.currentTimeMillis() / 1000)
                + HEADER;
    }

    String sealed(String domain, String header, ArcResult chain, String results) {
        ArcSealer sealer = new ArcSealer(SigningSettings.DEFAULT);
        return sealer.seal(
                        new SigningKey(domain, "r", sealing.getPrivate()),
                        octets(header),
                        hash(sealer.bodyHash(), BODY),
                        chain,
                        results,
                        System.currentTimeMillis() / 1000)
                + header;
    }

    Reception session(String main, String header, String body) throws IOException {
        Path directory = Files.createDirectory(temp.resolve("s" + sessions++));
        String mail = header + body;
        return Reception.of(
                directory,
                MAIN + main,
                Reception.receiving(receiving),
                Reception.lists(directory, server.port()),
                reports,
                "EHLO c.example\r\nMAIL FROM:<x@other.example>\r\nRCPT TO:<b@test.example>\r\n"
                        + ("BDAT " + mail.length() + " LAST\r\n" + mail)
                        + "QUIT\r\n");
    }

    static String reply(Reception it) {
        List<String> heard = it.heard();
        return heard.get(heard.size() - 2);
    }

    static String header(Reception it) {
        assertEquals(1, it.headers().size(), () -> String.join("\n", it.heard()));
        return it.headers().getFirst().replace("\r\n\t", " ");
    }

    static String text(byte[] octets) {
        return new String(octets, StandardCharsets.ISO_8859_1);
    }
}
