package org.postrider.dkim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.postrider.config.ConfigException;
import org.postrider.dkim.form.HeaderFields;
import org.postrider.dkim.form.Octets;
import org.postrider.dkim.form.TagException;
import org.postrider.dkim.form.Tags;

/// Every parser of the room with octets that nobody meant: values come of them, printable and
/// bounded, and never a pass.
class DkimFuzzTest {
    private static final String[] PIECES = {
        "v=1",
        "a=rsa-sha256",
        "d=example.com",
        "s=r",
        "h=from:to",
        "bh=",
        "b=",
        "i=",
        "l=5",
        "t=",
        "x=1",
        "p=",
        "k=rsa",
        ";",
        "=",
        ":",
        " ",
        "\t",
        "\r\n ",
        "\r\n",
        "\n",
        "\r",
        "\0",
        "\u00e4",
        "\u00ff",
        "AAAA",
        "cv=pass",
        "i=1",
        "i=51",
        "DKIM-Signature:",
        "ARC-Seal:",
        "ARC-Message-Signature:",
        "ARC-Authentication-Results:",
        "From: a@b",
        "99999999999999999999",
        "v=DKIM1",
        "MIGf",
        "q=dns/txt"
    };

    private static String garbage(Random random, int pieces) {
        StringBuilder out = new StringBuilder();
        for (int i = random.nextInt(pieces); i > 0; i--) {
            out.append(PIECES[random.nextInt(PIECES.length)]);
        }
        return out.toString();
    }

    /// One to three octets put in, taken out or changed.
    private static String mutated(Random random, String text) {
        StringBuilder out = new StringBuilder(text);
        for (int i = random.nextInt(3); i >= 0 && !out.isEmpty(); i--) {
            int at = random.nextInt(out.length());
            switch (random.nextInt(3)) {
                case 0 -> out.deleteCharAt(at);
                case 1 -> out.setCharAt(at, (char) random.nextInt(256));
                default -> out.insert(at, PIECES[random.nextInt(PIECES.length)]);
            }
        }
        return out.toString();
    }

    @Test
    void tagListsAndRecordsAreValuesOrRefusals() {
        Random random = new Random(1);
        for (int i = 0; i < 10_000; i++) {
            String text = garbage(random, 12);
            try {
                Tags tags = Tags.of(text);
                for (String name : tags.names()) {
                    assertTrue(tags.value(name) != null);
                }
            } catch (TagException e) {
                printable(String.valueOf(e.getMessage()));
            }
            try {
                KeyRecord record = KeyRecord.of(text);
                printable(record.type());
                record.bits();
            } catch (IllegalArgumentException e) {
                printable(String.valueOf(e.getMessage()));
            }
        }
    }

    @Test
    void keysOfAnyDerAreKeysOrRefusals() {
        Random random = new Random(2);
        byte[] der =
                java.util.Base64.getDecoder()
                        .decode(TestKeys.record(2048).replaceFirst(".*p=", ""));
        for (int i = 0; i < 2_000; i++) {
            byte[] changed =
                    java.util.Arrays.copyOf(
                            der, random.nextInt(20) == 0 ? random.nextInt(der.length) : der.length);
            for (int n = random.nextInt(3); n >= 0 && changed.length > 0; n--) {
                changed[random.nextInt(Math.min(40, changed.length))] = (byte) random.nextInt(256);
            }
            try {
                KeyRecord.of("p=" + java.util.Base64.getEncoder().encodeToString(changed)).bits();
            } catch (IllegalArgumentException e) {
                printable(String.valueOf(e.getMessage()));
            }
        }
    }

    @Test
    void settingsOfKeysAreValuesOrRefusals() {
        Random random = new Random(3);
        for (int i = 0; i < 10_000; i++) {
            String text = mutated(random, "example.com:sel:/a/b, example.net:x:/c");
            try {
                assertTrue(SigningKeys.parse(text).size() <= SigningKeys.MOST);
            } catch (ConfigException e) {
                assertTrue(String.valueOf(e.getMessage()).contains("key"));
            }
        }
    }

    @Test
    void headersOfAnythingHaveFieldsWithinThem() {
        Random random = new Random(4);
        for (int i = 0; i < 10_000; i++) {
            byte[] block = garbage(random, 30).getBytes(StandardCharsets.ISO_8859_1);
            HeaderFields fields = new HeaderFields(block);
            Octets out = new Octets(0);
            int octets = 0;
            for (int field = 0; field < fields.count(); field++) {
                octets += fields.length(field);
                fields.canonical(field, Canonical.RELAXED, out);
                fields.canonical(field, Canonical.SIMPLE, out);
                assertTrue(fields.named(fields.name(field)).contains(field));
            }
            assertTrue(octets <= block.length);
            assertTrue(out.length() <= 2 * block.length + 4 * fields.count());
        }
    }

    /// Signed mails of which some octets are others: no exception, printable reasons, and a pass
    /// only where what changed is not signed or does not count.
    @Test
    void changedMailsHaveVerdicts() throws IOException {
        Random random = new Random(5);
        List<SigningKey> keys =
                List.of(
                        TestKeys.key("example.com", "r", 2048),
                        TestKeys.key("example.com", "e", 0));
        String mail =
                SignerTest.signed(
                        SigningSettings.DEFAULT, keys, SignerTest.HEADER + SignerTest.BODY);
        try (KeyZone zone =
                new KeyZone()
                        .with("r._domainkey.example.com", TestKeys.record(2048))
                        .with("e._domainkey.example.com", TestKeys.record(0))
                        .at(SignerTest.NOW)) {
            int passed = 0;
            for (int i = 0; i < 200; i++) {
                String changed = mutated(random, mail);
                for (DkimResult result : zone.verified(changed)) {
                    printable(result.reason() + result.domain() + result.selector());
                    printable(result.algorithm());
                    boolean pass = result.verdict() == Verdict.PASS;
                    passed += pass ? 1 : 0;
                    if (pass) {
                        assertEquals(words(signed(mail)), words(signed(changed)), changed);
                    }
                }
            }
            assertNotEquals(0, passed);
        }
    }

    /// What both keys sign: From, To, Subject, Date, Message-ID and the body.
    private static String signed(String mail) {
        StringBuilder out = new StringBuilder();
        int body = KeyZone.bodyAt(KeyZone.octets(mail));
        HeaderFields fields = new HeaderFields(KeyZone.octets(mail.substring(0, body)));
        for (String name : List.of("from", "to", "subject", "date", "message-id")) {
            for (int field : fields.named(name)) {
                out.append(name).append(fields.value(field));
            }
        }
        return out + mail.substring(body);
    }

    private static String words(String text) {
        return text.replaceAll("[ \t\r\n]+", "");
    }

    @Test
    void anyHeaderHasAVerdictAndNoPass() throws IOException {
        Random random = new Random(6);
        try (KeyZone zone = new KeyZone().with("r._domainkey.example.com", TestKeys.record(2048))) {
            for (int i = 0; i < 200; i++) {
                String header =
                        "DKIM-Signature: "
                                + "v=1; a=rsa-sha256; d=example.com; s=r; h=from; "
                                + garbage(random, 8)
                                + "; bh=AAAA; b=AAAA\r\n"
                                + garbage(random, 20)
                                + "\r\nARC-Seal: i=1; "
                                + garbage(random, 6);
                Verification heard =
                        zone.heard(VerifyLimits.DEFAULT, KeyZone.octets(header + "\r\n\r\nbody"));
                for (DkimResult result : heard.end()) {
                    assertNotEquals(Verdict.PASS, result.verdict());
                    printable(result.reason());
                }
                assertNotEquals(Verdict.PASS, heard.arc().verdict());
                printable(heard.arc().reason());
            }
        }
    }

    private static void printable(String text) {
        assertTrue(text.length() < 1000, text);
        assertTrue(text.chars().allMatch(c -> c >= ' ' && c < 127), text);
    }
}
