package org.postrider.authentication.field;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ResultsFieldTest {
    private static final String OWN = "mx.example.org";

    private static byte[] octets(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String unescaped(String text) {
        Matcher hex = Pattern.compile("\\\\x(..)").matcher(text);
        return hex.replaceAll(m ->
                        Matcher.quoteReplacement(
                                String.valueOf((char) Integer.parseInt(m.group(1), 16))))
                .replace("\\r", "\r")
                .replace("\\n", "\n")
                .replace("\\t", "\t")
                .replace("\\0", "\0");
    }

    private static String removed(String header) {
        return new String(
                ForgedResults.removed(octets(header), 0, OWN), StandardCharsets.ISO_8859_1);
    }

    @Test
    void whatClaimsToBeOurWordIsTakenAway() throws IOException {
        List<String> wrong = new ArrayList<>();
        int rows = 0;
        for (String row :
                Files.readAllLines(Path.of("src/test/resources/authentication/forged.txt"))) {
            if (row.startsWith("#")) {
                continue;
            }
            rows++;
            int at = row.lastIndexOf(" = ");
            String value = unescaped(row.substring(0, at));
            String before = "Received: x\r\n";
            String field = "Authentication-results: " + value + "\r\n";
            String behind = "Subject: y\r\n";
            ResultsField read = ResultsField.of(value);
            String left = removed(before + field + behind);
            String said =
                    left.equals(before + field + behind)
                            ? "theirs"
                            : !left.equals(before + behind)
                                    ? "half"
                                    : read == null ? "broken" : "ours";
            if (!said.equals(row.substring(at + 3))) {
                wrong.add(row + " is " + said);
            }
        }
        assertTrue(rows > 30);
        assertEquals(List.of(), wrong);
    }

    /// Who reads Received-SPF knows whose it is by its receiver.
    @Test
    void aReceiverOfOurNameIsTakenAway() {
        String others =
                "Received-SPF: pass (mx.example.org: x) receiver=mx.other.example; helo=y\r\n"
                        + "Received-SPF: pass receiver=other.example; helo=mx.example.org;\r\n"
                        + "Received-SPF: fail (other.example: domain of a@b) client-ip=192.0.2.1;\r\n"
                        + "Received-SPF: none (c) x=\"; receiver=mx.example.org\";"
                        + " receiver=o.example\r\n"
                        + "X-Received-SPF: pass receiver=mx.example.org\r\n";
        byte[] plain = octets(others);
        assertSame(plain, ForgedResults.removed(plain, 0, OWN));
        for (String ours :
                List.of(
                        "pass receiver=mx.example.org;",
                        "pass (c) client-ip=192.0.2.1; RECEIVER = MX.Example.Org.; helo=y",
                        "pass client-ip=192.0.2.1 receiver=\"mx\\.example.org\" identity=helo",
                        "pass\r\n\t(c)\r\n\treceiver\r\n =\r\n mx.example.org\r\n ;",
                        "pass (mx.example.org: domain of a@b.example designates) x=y",
                        "pass (mx.exam\r\n\tple.org: domain of a@b.example",
                        "pass ;;= receiver=mx.example.org",
                        "pass a=b;".repeat(200) + "receiver=mx.example.org",
                        "pass receiver=\"mx.example.org")) {
            assertEquals(
                    "A: b\r\n" + others,
                    removed("A: b\r\nReceived-Spf : " + ours + "\r\n" + others),
                    ours);
        }
    }

    @Test
    void otherFieldsAndOurOwnStay() {
        String ours = "Authentication-Results: mx.example.org; none\r\n";
        String other =
                "ARC-Authentication-Results: i=1; mx.example.org; none\r\n"
                        + "X-Authentication-Results: mx.example.org; none\r\n"
                        + "Subject: Authentication-Results: mx.example.org\r\n";
        byte[] plain = octets(other);
        assertSame(plain, ForgedResults.removed(plain, 0, OWN));
        assertEquals(other, removed(ours + other + "AUTHENTICATION-RESULTS :mx.example.org\r\n"));
        byte[] stays = ForgedResults.removed(octets(ours + ours + other), ours.length(), OWN);
        assertEquals(ours + other, new String(stays, StandardCharsets.ISO_8859_1));
    }

    @Test
    void resultsAreRead() {
        ResultsField read =
                ResultsField.of(
                        " example.com 1 (c);\r\n\tdkim/1 (c) = pass reason=\"good; (signature)\""
                                + " header . d =example.com header.b=ab/c+= (2048-bit key);\r\n"
                                + " broken; x=; dmarc = fail (p=none dis=none)"
                                + " header.from=\"a\\\"b\" policy.x=1 policy.x=2;; iprev=pass");
        assertNotNull(read);
        assertEquals("example.com", read.identifier());
        assertEquals(3, read.results().size(), read.toString());
        assertEquals("dkim", read.results().getFirst().method());
        assertEquals("pass", read.results().getFirst().result());
        assertEquals("good; (signature)", read.results().getFirst().property("reason"));
        assertEquals("example.com", read.results().getFirst().property("header.d"));
        assertEquals("ab/c+=", read.results().getFirst().property("header.b"));
        assertEquals("a\"b", read.results().get(1).property("header.from"));
        assertEquals("1", read.results().get(1).property("policy.x"));
        assertEquals("", read.results().get(2).property("policy.iprev"));
    }

    private static final String EVIL =
            "a\r\nX: y;\0(c)\"\\ dmarc=pass\t\u00ff\u0080<>;=@.()\"\\\r\n\r\nbody";

    @Test
    void whatIsWrittenIsReadAsItWasMeant() {
        String text =
                new ResultsText("Authentication-Results", OWN)
                        .result("spf", "fail")
                        .reason(EVIL)
                        .property("smtp.mailfrom", "x@example.net")
                        .result("dmarc", "fail")
                        .comment(EVIL)
                        .property("header.from", EVIL)
                        .property("policy.empty", "")
                        .text();
        assertTrue(text.startsWith("Authentication-Results: mx.example.org;\r\n\tspf=fail "), text);
        String value = text.substring(text.indexOf(':') + 1);
        ResultsField read = ResultsField.of(value);
        assertNotNull(read, text);
        assertEquals(2, read.results().size(), text);
        assertEquals("fail", read.results().get(1).result());
        assertEquals("x@example.net", read.results().getFirst().property("smtp.mailfrom"));
        assertEquals(
                "a??X: y;?(c)\"\\ dmarc=pass???<>;=@.()\"\\????body",
                read.results().get(1).property("header.from"));
        assertEquals(
                "Authentication-Results: mx.example.org; none\r\n",
                new ResultsText("Authentication-Results", OWN).text());
    }

    /// Any octets in any value: one field comes of it, every line of it folded, with the results
    /// that were meant and none else.
    @Test
    void nothingOfAStrangerMakesALineOrAResult() {
        Random random = new Random(8601);
        String pieces = "a=;.()\"\\ \t\r\n\0\u00ff@:/<>-1,'\u0085\u2028";
        for (int i = 0; i < 20_000; i++) {
            StringBuilder evil = new StringBuilder();
            for (int n = random.nextInt(i % 100 == 0 ? 2000 : 30); n > 0; n--) {
                evil.append(pieces.charAt(random.nextInt(pieces.length())));
            }
            String text =
                    new ResultsText("Authentication-Results", OWN)
                            .result("spf", "fail")
                            .comment(evil.toString())
                            .reason(evil.toString())
                            .property("smtp.mailfrom", evil.toString())
                            .result("dmarc", "fail")
                            .property("header.from", evil.toString())
                            .text();
            assertTrue(
                    text.chars()
                            .allMatch(c ->
                                    c == '\r' || c == '\n' || c == '\t' || c >= ' ' && c < 127));
            assertTrue(text.endsWith("\r\n") && text.indexOf("\r\n\r\n") < 0);
            String[] lines = text.substring(0, text.length() - 2).split("\r\n", -1);
            for (int n = 0; n < lines.length; n++) {
                assertTrue(n == 0 || lines[n].startsWith("\t"), text);
                assertTrue(lines[n].length() < 998 && !lines[n].isBlank(), text);
                assertTrue(lines[n].indexOf('\r') < 0 && lines[n].indexOf('\n') < 0, text);
            }
            ResultsField read = ResultsField.of(text.substring(text.indexOf(':') + 1));
            assertNotNull(read, text);
            assertEquals(2, read.results().size(), text);
            assertTrue(read.results().stream().allMatch(r -> r.result().equals("fail")), text);
        }
    }

    /// Whatever comes is read in time, and what is taken away is whole fields.
    @Test
    void anyHeaderKeepsItsOtherFields() {
        Random random = new Random(5);
        String[] pieces = {
            "Authentication-Results:", "mx.example.org", ";", "(", ")", "\"", "\\", " ", "\r\n ",
            "\r\n\t", "spf=pass", "=", "/", ".", "1", "\0", "\u00ff", "other.example"
        };
        for (int i = 0; i < 20_000; i++) {
            StringBuilder field = new StringBuilder("Authentication-Results:");
            for (int n = random.nextInt(20); n > 0; n--) {
                field.append(pieces[random.nextInt(pieces.length)]);
            }
            String left = removed("A: b\r\n" + field + "\r\nC: d\r\n");
            assertTrue(
                    left.equals("A: b\r\nC: d\r\n")
                            || left.equals("A: b\r\n" + field + "\r\nC: d\r\n"),
                    left);
        }
        String deep = "Authentication-Results: " + "(".repeat(400_000) + "\r\n";
        assertEquals("", removed(deep));
    }
}
