package org.postrider.smtpd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.dkim.BodyHash;
import org.postrider.dkim.Signer;
import org.postrider.dkim.SigningKey;
import org.postrider.dkim.SigningSettings;
import org.postrider.dns.StubServer;
import org.postrider.dns.SystemResolver;
import org.postrider.dnsbl.DnsLists;
import org.postrider.queue.JournalQueue;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;
import org.xbill.DNS.Rcode;

/// Signed and sealed mail of a stranger before a server that checks.
class SignedMailTest {
    private static final String MAIN =
            """
            mynetworks = 127.0.0.0/8
            relay_domains = test.example
            relay_recipient_maps =
            smtpd_relay_restrictions = reject_unauth_destination
            authentication_checks = dmarc arc
            """;

    private static final String REJECTS =
            "smtpd_end_of_data_restrictions = reject_dkim_fail, reject_arc_fail, reject_dmarc\n";
    private static final String HEADER =
            "From: A <a@signed.example>\r\nTo: b@test.example\r\nSubject: x\r\n";
    private static final byte[] BODY = octets("\r\none  line \r\n\r\n\r\n");

    @TempDir Path temp;
    private StubServer server;
    private KeyPair pair;

    private int sessions;

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
        server.zone("_dmarc.signed.example TXT \"v=DMARC1; p=reject\"");
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private static byte[] octets(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private SigningKey key(String domain) {
        return new SigningKey(domain, "s", pair.getPrivate());
    }

    private static byte[] hash(BodyHash hash, byte[] body) {
        hash.update(body, 0, body.length);
        return hash.digest();
    }

    private String signed(String domain) {
        Signer signer = new Signer(SigningSettings.DEFAULT);
        return signer.sign(
                        List.of(key(domain)),
                        octets(HEADER),
                        hash(signer.bodyHash(), BODY),
                        System.currentTimeMillis() / 1000)
                + HEADER;
    }

    private Reception session(String main, String header, String body) throws IOException {
        Path directory = Files.createDirectory(temp.resolve("s" + sessions++));
        Path conf = directory.resolve("resolv.conf");
        Files.writeString(conf, "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n");
        String mail = header + body;
        return Reception.of(
                directory,
                MAIN + main,
                new JournalQueue.Options(
                        1 << 20, 1 << 20, 0, false, JournalQueue.Limits.ofContents(0, 1 << 20)),
                new DnsLists(
                        new SystemResolver(conf, server.port(), Clock.system()),
                        Supervisor.alone(),
                        Clock.system()),
                "EHLO c.example\r\nMAIL FROM:<x@other.example>\r\nRCPT TO:<b@test.example>\r\n"
                        + ("BDAT " + mail.length() + " LAST\r\n" + mail)
                        + "QUIT\r\n");
    }

    private static String reply(Reception it) {
        List<String> heard = it.heard();
        return heard.get(heard.size() - 2);
    }

    private static String header(Reception it) {
        assertEquals(1, it.headers().size(), () -> String.join("\n", it.heard()));
        return it.headers().getFirst().replace("\r\n\t", " ");
    }

    private static String text(byte[] octets) {
        return new String(octets, StandardCharsets.ISO_8859_1);
    }

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

    /// What is added to From after it was signed is no author's.
    @Test
    void aSecondFromIsRefused() throws IOException {
        Reception it =
                session(REJECTS, "From: evil@x.example\r\n" + signed("signed.example"), text(BODY));
        assertTrue(reply(it).startsWith("550 5.7."), reply(it));
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
