package org.postrider.torture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.master.Server;
import org.postrider.sasl.SaslDb;

/// TORTURE's cases about AUTH, played over the socket; a DNS or database of nobody else's.
@Tag("alone")
class AuthTortureTest {
    private static final String PASSWORD = "a secret of some length";

    @TempDir Path temp;

    private Place place(String... more) throws Exception {
        Path file = temp.resolve("sasldb2");
        Files.write(
                file,
                SaslDb.file(
                        Map.of(new SaslDb.Entry("alice", "r.example", "userPassword"), PASSWORD)));
        Path settings = Files.createDirectories(temp.resolve("etc/sasl"));
        Files.writeString(
                settings.resolve("smtpd.conf"),
                "pwcheck_method: auxprop\nauxprop_plugin: sasldb\nsasldb_path: " + file + "\n");
        List<String> all =
                new ArrayList<>(
                        List.of(
                                "smtpd_sasl_auth_enable = yes",
                                "smtpd_sasl_local_domain = r.example",
                                "smtpd_error_sleep_time = 0"));
        all.addAll(List.of(more));
        return Place.at(temp, 9, all.toArray(new String[0]));
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String plain(String user, String password) {
        return "AUTH PLAIN " + base64("\0" + user + "\0" + password);
    }

    private static Client greeted(Place p) throws IOException {
        Client c = new Client(p.port());
        Client.expect("220", c.hear());
        Client.expect("250", c.say("EHLO client.example"));
        return c;
    }

    /// Takes part in a mechanism with a password, or for a user, that is wrong.
    private static String tried(Client c, String mechanism, String user) throws Exception {
        if (mechanism.equals("PLAIN")) {
            return c.say(plain(user, "wrong"));
        }
        if (mechanism.equals("CRAM-MD5")) {
            String challenge = c.say("AUTH CRAM-MD5").substring(4);
            Mac mac = Mac.getInstance("HmacMD5");
            mac.init(new SecretKeySpec("wrong".getBytes(StandardCharsets.US_ASCII), "HmacMD5"));
            String digest =
                    HexFormat.of().formatHex(mac.doFinal(Base64.getDecoder().decode(challenge)));
            return c.say(base64(user + " " + digest));
        }
        String first = "n,,n=" + user + ",r=clientnonce";
        String said =
                new String(
                        Base64.getDecoder()
                                .decode(
                                        c.say("AUTH " + mechanism + " " + base64(first))
                                                .substring(4)),
                        StandardCharsets.US_ASCII);
        String nonce = said.substring(2, said.indexOf(','));
        String proof = base64("x".repeat(mechanism.endsWith("256") ? 32 : 20));
        return c.say(base64("c=biws,r=" + nonce + ",p=" + proof));
    }

    private static double median(List<Long> nanos) {
        long[] sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
        return sorted[sorted.length / 2] / 1e6;
    }

    @Test
    void aWrongUserLooksAndLastsLikeAWrongPassword() throws Exception {
        Place p = place("smtpd_hard_error_limit = 10000");
        try (Server server = Server.start(p.conf())) {
            for (String mechanism : List.of("PLAIN", "CRAM-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256")) {
                List<Long> known = new ArrayList<>();
                List<Long> unknown = new ArrayList<>();
                try (Client c = greeted(p)) {
                    for (int i = 0; i < 200; i++) {
                        long start = System.nanoTime();
                        String one = tried(c, mechanism, "alice");
                        long between = System.nanoTime();
                        String other = tried(c, mechanism, "nobody");
                        known.add(between - start);
                        unknown.add(System.nanoTime() - between);
                        assertEquals(
                                "535 5.7.8 Error: authentication failed: authentication failure",
                                one);
                        assertEquals(one, other);
                    }
                }
                double difference = Math.abs(median(known) - median(unknown));
                System.out.printf(
                        "auth: %s: wrong password %.2f ms, wrong user %.2f ms, 200 tries each%n",
                        mechanism, median(known), median(unknown));
                assertTrue(difference < 50, mechanism + ": " + difference + " ms");
            }
            p.noPanic();
        }
    }

    @Test
    void fiftyRoundsOfFailuresEndAtTheErrorLimit() throws Exception {
        Place p = place("smtpd_hard_error_limit = 40");
        try (Server server = Server.start(p.conf())) {
            try (Client c = greeted(p)) {
                int failures = 0;
                String reply = "";
                for (int i = 0; i < 50 && !reply.startsWith("421"); i++) {
                    Client.expect("334", c.say("AUTH LOGIN"));
                    assertEquals("501 5.7.0 Authentication aborted", c.say("*"));
                    Client.expect("535", c.say(plain("alice", "wrong")));
                    Client.expect("334", c.say("AUTH CRAM-MD5"));
                    reply = c.say(base64("alice 00"));
                    Client.expect("535", reply);
                    failures += 3;
                    if (failures > 39) {
                        reply = c.hear();
                    } else if (failures == 39) {
                        Client.expect("535", c.say(plain("alice", "wrong")));
                        reply = c.hear();
                    }
                }
                assertEquals("421 4.7.0 mx.torture.example Error: too many errors", reply);
            }
            p.greets();
            p.noPanic();
        }
    }

    @Test
    void anyBase64IsRefusedOrAborted() throws Exception {
        Place p = place("smtpd_hard_error_limit = 100000");
        Random random = new Random(30);
        String letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=-_ ";
        int tried = 0;
        try (Server server = Server.start(p.conf());
                Client c = greeted(p)) {
            for (String mechanism :
                    List.of("PLAIN", "LOGIN", "CRAM-MD5", "DIGEST-MD5", "NTLM", "SCRAM-SHA-256")) {
                for (int length = 0; length <= 64; length++) {
                    for (int kind = 0; kind < 4; kind++) {
                        StringBuilder text = new StringBuilder();
                        for (int i = 0; i < length; i++) {
                            text.append(letters.charAt(random.nextInt(62 + 2 * kind)));
                        }
                        boolean initial = kind % 2 == 0 && length > 0;
                        String reply =
                                initial
                                        ? c.say("AUTH " + mechanism + " " + text)
                                        : c.say("AUTH " + mechanism);
                        for (int i = 0; i < 4 && reply.startsWith("334"); i++) {
                            reply = c.say(text.toString());
                        }
                        tried++;
                        assertTrue(
                                reply.matches(
                                        "(535 5\\.7\\.8|501 5\\.[57]\\.[04]|454 4\\.7\\.0) .*"),
                                mechanism + " " + text + ": " + reply);
                    }
                }
            }
            Client.expect("235", c.say(plain("alice", PASSWORD)));
            System.out.println("auth: " + tried + " malformed responses refused");
            p.noPanic();
        }
    }

    @Test
    void aResponseOfAHundredKilobytesIsTooLong() throws Exception {
        Place p = place();
        try (Server server = Server.start(p.conf());
                Client c = greeted(p)) {
            Client.expect("334", c.say("AUTH PLAIN"));
            assertEquals("500 5.5.6 SASL response limit exceeded", c.say("A".repeat(100 << 10)));
            Client.expect("235", c.say(plain("alice", PASSWORD)));
        }
    }

    @Test
    void aThousandWrongPasswordsOfOneAddressHurtNobodyElse() throws Exception {
        Place p =
                place(
                        "smtpd_client_auth_rate_limit = 100",
                        "smtpd_client_event_limit_exceptions =",
                        "smtpd_hard_error_limit = 10000");
        try (Server server = Server.start(p.conf());
                Client c = greeted(p)) {
            int wrong = 0;
            int limited = 0;
            for (int i = 0; i < 1000; i++) {
                String reply = c.say(plain("alice", "wrong" + i));
                wrong += reply.startsWith("535 5.7.8") ? 1 : 0;
                limited +=
                        reply.equals("450 4.7.1 Error: too many AUTH commands from 127.0.0.1")
                                ? 1
                                : 0;
            }
            assertEquals(100, wrong);
            assertEquals(900, limited);
            try (Client other = new Client(p.port(), "127.0.0.77")) {
                Client.expect("220", other.hear());
                Client.expect("250", other.say("EHLO x"));
                Client.expect("235", other.say(plain("alice", PASSWORD)));
            }
            p.noPanic();
        }
    }

    /// By every mechanism, right and wrong, cancelled and cut: neither clear text nor base64.
    @Test
    void noCredentialReachesTheLog() throws Exception {
        Place p =
                place(
                        "smtpd_hard_error_limit = 1000",
                        "notify_classes = protocol, policy, software, resource",
                        "smtpd_forbid_unauth_pipelining = no");
        String other = "another secret entirely";
        try (Server server = Server.start(p.conf())) {
            try (Client c = greeted(p)) {
                Client.expect("535", c.say(plain("alice", other)));
                Client.expect("334", c.say("AUTH LOGIN"));
                Client.expect("334", c.say(base64("alice")));
                Client.expect("535", c.say(base64(other)));
                Client.expect("334", c.say("AUTH LOGIN"));
                Client.expect("334", c.say(base64("alice")));
                Client.expect("535", c.say(other));
                Client.expect("501", c.say(plain("alice", other) + " more"));
                Client.expect("535", c.say("AUTH " + base64(other)));
                Client.expect("235", c.say(plain("alice", PASSWORD)));
                Client.expect("503", c.say(plain("alice", PASSWORD)));
            }
            try (Client c = greeted(p)) {
                Client.expect("334", c.say("AUTH PLAIN"));
                c.send(base64("\0alice\0" + PASSWORD));
            }
            try (Client c = greeted(p)) {
                // sent before the reply that asks for it
                c.send("AUTH PLAIN\r\n" + base64("\0alice\0" + PASSWORD) + "\r\nQUIT\r\n");
                c.hear();
            }
            Place.await("the sessions", () -> count(p, "disconnect from") == 3);
            String log = p.log();
            for (String secret : List.of(PASSWORD, other)) {
                for (String form :
                        List.of(
                                secret,
                                base64(secret),
                                base64("\0alice\0" + secret),
                                base64("\0alice\0" + secret).substring(0, 24))) {
                    assertFalse(log.contains(form), form + " in " + log);
                }
            }
        }
    }

    private static int count(Place p, String text) {
        try {
            return p.log().split(java.util.regex.Pattern.quote(text), -1).length - 1;
        } catch (IOException e) {
            return 0;
        }
    }

    /// Where no mechanism is as safe as it must be, the server serves without AUTH and says so.
    @Test
    void withoutAMechanismThereIsNoAuth() throws Exception {
        Place p = place("smtpd_sasl_security_options = forward_secrecy");
        try (Server server = Server.start(p.conf());
                Client c = greeted(p)) {
            assertEquals(
                    "535 5.7.8 Error: authentication failed: no mechanism available",
                    c.say("AUTH SCRAM-SHA-256"));
            Place.await("a warning", () -> count(p, "no SASL authentication mechanisms") == 1);
        }
    }

    /// Settings that cannot be used put AUTH off and stop nothing else.
    @Test
    void brokenSettingsPutAuthOff() throws Exception {
        Place p = place();
        Files.writeString(temp.resolve("etc/sasl/smtpd.conf"), "auxprop_plugin: sql\n");
        try (Server server = Server.start(p.conf());
                Client c = greeted(p)) {
            Client.expect("454 4.7.0", c.say(plain("alice", PASSWORD)));
            Client.expect("250", c.say("MAIL FROM:<a@b.example>"));
            assertTrue(p.log().contains("auxprop_plugin sql is not supported"), p.log());
        }
    }
}
