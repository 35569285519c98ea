package org.postrider.smtp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.postrider.delivery.DeliveryRequest;
import org.postrider.log.LogTag;
import org.postrider.sasl.ClientChannel;
import org.postrider.sasl.ClientExchange;
import org.postrider.sasl.Credentials;
import org.postrider.smtp.policy.Login;
import org.postrider.smtp.route.Server;

/// Logins that fail in every way, with a secret that is looked for in all that is said of them:
/// log, outcomes with their diagnostics, transcripts for the postmaster, what a value shows of
/// itself.
class LoginLedgerTest {
    private static final String SECRET = "Marked-Secret-41";
    private static final List<String> MECHANISMS =
            List.of("PLAIN", "LOGIN", "CRAM-MD5", "DIGEST-MD5", "NTLM", "SCRAM-SHA-256");
    private static final List<String> LAST_WORDS =
            List.of(
                    "535 5.7.8 no",
                    "535 5.7.8 you said ECHO",
                    "535-5.7.8 you said\r\n535 5.7.8 ECHO",
                    "454 4.7.0 ECHO later",
                    "501 5.5.2 cannot decode ECHO",
                    "421 4.3.2 ECHO",
                    "250 2.0.0 ECHO",
                    "334 ECHO",
                    "334 !ECHO",
                    "334 ",
                    "334 bm9uc2Vuc2U=",
                    "300 bm9uc2Vuc2U=",
                    "no code\r\n334 bm9uc2Vuc2U=",
                    "no code\r\n501 5.5.2 ECHO",
                    "999 ECHO",
                    "ECHO",
                    "535 ECHO" + "x".repeat(5000),
                    "CLOSE",
                    "RST");

    private static List<String> forms() {
        byte[] octets = SECRET.getBytes(StandardCharsets.ISO_8859_1);
        byte[] plain = ("\0user\0" + SECRET).getBytes(StandardCharsets.ISO_8859_1);
        return List.of(
                SECRET,
                encoded(octets),
                encoded(plain),
                HexFormat.of().formatHex(octets),
                new StringBuilder(SECRET).reverse().toString());
    }

    private static String encoded(byte[] octets) {
        return Base64.getEncoder().encodeToString(octets);
    }

    private static void clean(String where, List<String> texts) {
        for (String text : texts) {
            for (String form : forms()) {
                assertFalse(text.contains(form), where + ": " + text);
            }
        }
    }

    /// What a server may know: what is said to it, by a mechanism that says the secret.
    private static String known(String mechanism) {
        byte[] said =
                (mechanism.equals("PLAIN") ? "\0user\0" + SECRET : SECRET)
                        .getBytes(StandardCharsets.ISO_8859_1);
        return encoded(said);
    }

    @Test
    void noSecretIsInWhatIsSaidOfALoginThatFails() throws IOException {
        int dialogues = 0;
        int told = 0;
        int transcripts = 0;
        for (String mechanism : MECHANISMS) {
            for (String word : LAST_WORDS) {
                // What has no code is waited for.
                boolean waits = word.equals("ECHO");
                for (String step : waits ? List.of("auth") : List.of("auth", "auth1", "auth2")) {
                    String last = word.replace("ECHO", known(mechanism) + " " + SECRET);
                    try (ScriptedServer server = server(mechanism, step, last)) {
                        List<String> said = deliver(server.nexthop());
                        clean(mechanism + " " + step + " " + word, said);
                        told += said.toString().contains("[...]") ? 1 : 0;
                        transcripts += said.toString().contains("Transcript of session") ? 1 : 0;
                        dialogues++;
                    }
                }
            }
        }
        assertEquals(MECHANISMS.size() * (LAST_WORDS.size() * 3 - 2), dialogues);
        assertTrue(transcripts > 40, "only " + transcripts + " transcripts");
        assertTrue(told > 20, "only " + told + " echoes were cut out");
    }

    /// A server that let the client in may repeat it with everything it says.
    @Test
    void noSecretIsInWhatIsSaidAfterALogin() throws IOException {
        String echo = known("PLAIN") + " " + SECRET;
        int told = 0;
        for (String step : List.of("other", "mail", "rcpt", "data", "dot", "rset")) {
            for (String code : List.of("250 2.0.0 ", "450 4.7.0 ", "550 5.7.0 ")) {
                boolean goesOn = code.startsWith("2") && step.equals("data");
                Map<String, String> script =
                        Map.of(
                                "keywords",
                                "PIPELINING,XFORWARD SOURCE IDENT,AUTH PLAIN",
                                step,
                                (goesOn ? "354 " : code) + echo);
                try (ScriptedServer server = new ScriptedServer(List.of(script))) {
                    List<String> said = deliver(server.nexthop());
                    clean(step + " " + code, said);
                    told += said.toString().contains("[...]") ? 1 : 0;
                }
            }
        }
        assertTrue(told >= 11, "only " + told + " echoes were cut out");
    }

    private static ScriptedServer server(String mechanism, String step, String last) {
        String challenge =
                mechanism.equals("DIGEST-MD5")
                        ? "nonce=\"abc\",realm=\"r\",qop=\"auth\",algorithm=md5-sess"
                        : "<1@hop.example>";
        String next = "334 " + encoded(challenge.getBytes(StandardCharsets.ISO_8859_1));
        Map<String, String> script =
                new java.util.HashMap<>(
                        Map.of(
                                "keywords",
                                "PIPELINING,AUTH " + mechanism,
                                "auth",
                                next,
                                "auth1",
                                next,
                                "auth2",
                                next));
        script.put(step, last);
        return new ScriptedServer(List.of(script));
    }

    private static List<String> deliver(String nexthop) {
        List<String> said = new ArrayList<>();
        try (Hop hop =
                new Hop(
                        "smtp_sasl_auth_enable",
                        "yes",
                        "smtp_helo_timeout",
                        "1s",
                        "notify_classes",
                        "protocol",
                        "smtp_send_xforward_command",
                        "yes",
                        "smtp_sasl_security_options",
                        "",
                        "smtp_sasl_password_maps",
                        "static:user:" + SECRET)) {
            DeliveryRequest request =
                    new DeliveryRequest(
                            Hop.Mail.to(1, "hello\r\n", Map.of("log_ident", "1")),
                            "smtp",
                            nexthop,
                            List.of(0),
                            true,
                            new LogTag("postfix/smtp", 2));
            said.add(
                    String.valueOf(
                            hop.agent.deliver(
                                    request, (n, outcome) -> said.add(outcome.toString()))));
            said.addAll(hop.log);
            said.addAll(hop.told);
        }
        return said;
    }

    /// Values that hold the secret show none of it, whoever puts them in a text.
    @Test
    void whatHoldsASecretHidesIt() throws IOException {
        Credentials who = new Credentials("user", SECRET, false);
        Login.User user = new Login.User("user", new Login.Secret(SECRET), "");
        List<String> texts = new ArrayList<>();
        texts.add(who.toString());
        texts.add(user.toString());
        ClientChannel over = new ClientChannel("smtp", "me", "hop", Set.of(), false, null);
        for (String mechanism : MECHANISMS) {
            ClientExchange.Choice choice = ClientExchange.choose(List.of(mechanism), who, over);
            texts.add(choice.toString());
            if (choice instanceof ClientExchange.Choice.Taken taken) {
                texts.add(taken.exchange().toString());
                texts.add(taken.exchange().first().toString());
                texts.add(taken.exchange().next("bm9uc2Vuc2U=").toString());
                texts.add(taken.exchange().next("bm9uc2Vuc2U=").toString());
            }
        }
        clean("toString", texts);
        Server server =
                new Server(
                        "hop", new InetSocketAddress(InetAddress.getLoopbackAddress(), 25), true);
        clean("key", List.of(new Keyed(user, server).toString()));
    }

    /// As a key of the cache has them.
    private record Keyed(Login login, Server server) {}
}
