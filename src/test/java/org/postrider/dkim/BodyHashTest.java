package org.postrider.dkim;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// The canonical forms of bodies: each case by itself, and any octets in any pieces beside a plain
/// rendering of RFC 6376 3.4.3 and 3.4.4.
class BodyHashTest {
    private static final Canonical S = Canonical.SIMPLE;
    private static final Canonical R = Canonical.RELAXED;

    private static String hex(byte[] octets) {
        return HexFormat.of().formatHex(octets);
    }

    private static byte[] sha256(String text) throws GeneralSecurityException {
        return MessageDigest.getInstance("SHA-256")
                .digest(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /// The body has this canonical form.
    static void same(String canonical, Canonical form, String body)
            throws GeneralSecurityException {
        byte[] octets = body.getBytes(StandardCharsets.ISO_8859_1);
        for (int size = 1; size <= octets.length + 1; size++) {
            BodyHash hash = new BodyHash(form, BodyHash.SHA256);
            for (int at = 0; at < octets.length; at += size) {
                hash.update(octets, at, Math.min(size, octets.length - at));
            }
            assertEquals(
                    hex(sha256(canonical)),
                    hex(hash.digest()),
                    form + " " + body.replace("\r", "\\r") + " by " + size);
        }
    }

    @Test
    void anEmptyBodyIsALineEndOrNothing() throws GeneralSecurityException {
        for (String empty : new String[] {"", "\r\n", "\r\n\r\n", "\r\n\r\n\r\n\r\n"}) {
            same("\r\n", S, empty);
            same("", R, empty);
        }
        same("", R, "\r\n \t\r\n\t");
        same(" \t\r\n\t\r\n", S, "\r\n \t\r\n\t");
    }

    @Test
    void emptyLinesAtTheEndAreNotThereAndOthersAre() throws GeneralSecurityException {
        same("\r\n\r\na\r\n\r\nb\r\n", S, "\r\n\r\n\r\na\r\n\r\nb\r\n\r\n\r\n");
        same("\r\n\r\na\r\n\r\nb\r\n", R, "\r\n\r\n\r\na \t\r\n \r\nb\r\n \r\n\t\r\n");
    }

    @Test
    void aLastLineHasALineEnd() throws GeneralSecurityException {
        same("a\r\n", S, "\r\na");
        same("a\r\n", R, "\r\na");
        same("a \r\n", S, "\r\na ");
        same("a\r\n", R, "\r\na ");
    }

    @Test
    void whiteSpaceIsOneBlank() throws GeneralSecurityException {
        same(" a b c\r\n", R, "\r\n\ta \t b\tc \r\n");
        same("\ta \t b\tc \r\n", S, "\r\n\ta \t b\tc \r\n");
    }

    @Test
    void aCrOrLfByItselfIsOfItsLine() throws GeneralSecurityException {
        same("a\rb\nc\r\r\n", S, "\r\na\rb\nc\r\r\n\r\n");
        same("a \r b \n\r\n", R, "\r\na \t\r b \t\n\r\n");
        same("\r\r\n", S, "\r\n\r");
        same("\r\r\n", S, "\r");
        same("\ra\r\n", S, "\ra");
        same("\n\r\n", R, "\r\n\n");
    }

    @Test
    void aBodyWithoutTheEmptyLineIsHashedFromItsFirstOctet() throws GeneralSecurityException {
        same("a\r\n", S, "a\r\n");
    }

    @Test
    void anyOctetsInAnyPieces() throws GeneralSecurityException {
        Random random = new Random(6376);
        byte[] alphabet = {'\r', '\n', '\r', '\n', ' ', '\t', 'a', (byte) 0xe4, '.', 0};
        for (int round = 0; round < 20_000; round++) {
            StringBuilder text = new StringBuilder();
            int length = random.nextInt(40);
            while (text.length() < length) {
                int kind = random.nextInt(alphabet.length + 2);
                text.append(kind < alphabet.length ? "" + (char) (alphabet[kind] & 0xff) : "\r\n");
            }
            String body = text.toString();
            byte[] octets = ("\r\n" + body).getBytes(StandardCharsets.ISO_8859_1);
            for (Canonical form : Canonical.values()) {
                BodyHash hash = new BodyHash(form, BodyHash.SHA256);
                for (int at = 0; at < octets.length; ) {
                    int size = Math.min(octets.length - at, 1 + random.nextInt(9));
                    hash.update(octets, at, size);
                    at += size;
                }
                String plain = form == S ? simple(body) : relaxed(body);
                assertEquals(hex(sha256(plain)), hex(hash.digest()), form + " round " + round);
            }
        }
    }

    private static String simple(String body) {
        String out = body;
        while (out.endsWith("\r\n")) {
            out = out.substring(0, out.length() - 2);
        }
        return out + "\r\n";
    }

    private static String relaxed(String body) {
        StringBuilder out = new StringBuilder();
        for (String line : body.split("\r\n", -1)) {
            out.append(line.replaceAll("[ \t]+", " ").replaceAll(" \\z", "")).append("\r\n");
        }
        String lines = out.toString();
        while (lines.endsWith("\r\n")) {
            lines = lines.substring(0, lines.length() - 2);
        }
        return lines.isEmpty() ? "" : lines + "\r\n";
    }

    /// Larger than every buffer, with all octets in it.
    @Test
    void aLargeBodyIsHashedAsOne() throws GeneralSecurityException {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 100_000; i++) {
            text.append((char) (i * 7 % 251 + 3)).append(i % 71 == 0 ? "\r\n" : "");
        }
        text.append("\r\n".repeat(9000)).append("x").append("y".repeat(20_000));
        for (int size : new int[] {1, 4095, 4096, 4097, 200_000}) {
            byte[] octets = ("\r\n" + text).getBytes(StandardCharsets.ISO_8859_1);
            BodyHash hash = new BodyHash(S, BodyHash.SHA256);
            for (int at = 0; at < octets.length; at += size) {
                hash.update(octets, at, Math.min(size, octets.length - at));
            }
            assertEquals(hex(sha256(simple(text.toString()))), hex(hash.digest()));
        }
    }

    @Test
    void aLimitHashesTheBeginning() throws GeneralSecurityException {
        String body = "\r\nabc  def\r\n\r\n";
        for (int limit = 0; limit < 12; limit++) {
            BodyHash hash = new BodyHash(R, BodyHash.SHA256, limit);
            byte[] octets = body.getBytes(StandardCharsets.ISO_8859_1);
            hash.update(octets, 0, octets.length);
            String canonical = "abc def\r\n";
            assertEquals(
                    hex(sha256(canonical.substring(0, Math.min(limit, canonical.length())))),
                    hex(hash.digest()));
            assertEquals(canonical.length() - limit, hash.beyond());
        }
    }
}
