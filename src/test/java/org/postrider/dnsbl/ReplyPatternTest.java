package org.postrider.dnsbl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ReplyPatternTest {
    private static final List<String> ADDRESSES =
            List.of(
                    "127.0.0.2",
                    "127.0.0.10",
                    "127.0.0.11",
                    "127.0.1.4",
                    "1.2.3.4",
                    "1.3.0.7",
                    "2.9.0.7",
                    "0.0.0.0",
                    "255.255.255.255",
                    "10.1.2.3");

    private static String fault(String pattern) {
        try {
            ReplyPattern.of(pattern);
            return "";
        } catch (IllegalArgumentException e) {
            return String.valueOf(e.getMessage());
        }
    }

    @Test
    void eachPatternIsReadAsPostfixReadsIt() throws IOException {
        int good = 0;
        List<String> lines = Files.readAllLines(Path.of("src/test/resources/dnsbl/patterns.txt"));
        for (String line : lines.subList(1, lines.size())) {
            String[] parts = line.split("\t", -1);
            assertEquals(parts[1], fault(parts[0]), parts[0]);
            if (parts[1].isEmpty()) {
                good++;
                ReplyPattern pattern = ReplyPattern.of(parts[0]);
                List<String> matched =
                        ADDRESSES.stream()
                                .filter(a -> pattern.matches(InetAddress.ofLiteral(a)))
                                .toList();
                assertEquals(parts[2], String.join(" ", matched), parts[0]);
            }
        }
        assertTrue(good > 100, () -> "too few good ones");
    }

    @Test
    void anAddressOfSixteenOctetsNeverMatches() {
        ReplyPattern any = ReplyPattern.of("[0..255].[0..255].[0..255].[0..255]");
        assertTrue(any.matches(InetAddress.ofLiteral("9.9.9.9")));
        assertEquals(false, any.matches(InetAddress.ofLiteral("2001:db8::1")));
    }

    /// A pattern made of numbers matches just those; one that is spoiled is refused with a place in
    /// it, or is another pattern.
    @Test
    void patternsMadeAtRandomMatchWhatTheyWereMadeOf() throws UnknownHostException {
        Random random = new Random(20261129);
        for (int n = 0; n < 20_000; n++) {
            boolean[][] want = new boolean[4][256];
            List<String> fields = new ArrayList<>();
            for (int f = 0; f < 4; f++) {
                fields.add(field(random, want[f]));
            }
            String text = String.join(".", fields);
            ReplyPattern pattern = ReplyPattern.of(text);
            byte[] octets = new byte[4];
            random.nextBytes(octets);
            boolean all = true;
            for (int f = 0; f < 4; f++) {
                if (random.nextBoolean()) {
                    octets[f] = (byte) firstOf(want[f]);
                }
                all &= want[f][octets[f] & 0xff];
            }
            assertEquals(all, pattern.matches(InetAddress.getByAddress(octets)), text);
            spoiled(random, text);
        }
    }

    private static String field(Random random, boolean[] want) {
        if (random.nextInt(3) == 0) {
            int one = random.nextInt(256);
            want[one] = true;
            return Integer.toString(one);
        }
        List<String> parts = new ArrayList<>();
        for (int i = random.nextInt(4); i >= 0; i--) {
            int low = random.nextInt(256);
            int high = random.nextBoolean() ? low : low + random.nextInt(256 - low);
            for (int v = low; v <= high; v++) {
                want[v] = true;
            }
            parts.add(low == high ? Integer.toString(low) : low + ".." + high);
        }
        return "[" + String.join(";", parts) + "]";
    }

    private static int firstOf(boolean[] want) {
        int i = 0;
        while (!want[i]) {
            i++;
        }
        return i;
    }

    private static void spoiled(Random random, String text) {
        int at = random.nextInt(text.length());
        char c = "x[].; 09-\u00e9".charAt(random.nextInt(10));
        String spoiled = text.substring(0, at) + c + text.substring(at + random.nextInt(2));
        String fault = fault(spoiled);
        if (!fault.isEmpty() && !spoiled.startsWith("[")) {
            String where = fault.substring(fault.indexOf(" at \"") + 5, fault.length() - 1);
            int open = where.indexOf('>');
            int close = where.indexOf('<', open);
            assertEquals(
                    spoiled,
                    where.substring(0, open)
                            + where.substring(open + 1, close)
                            + where.substring(close + 1));
        }
    }

    @Test
    void aSiteHasAFilterAndAWeight() {
        DnsList plain = DnsList.site("list.example");
        assertEquals("list.example", plain.domain());
        assertEquals(1, plain.weight());
        DnsList all = DnsList.site("list.example=127.0.0.[2;4]*-3");
        assertEquals("list.example=127.0.0.[2;4]", all.text());
        assertEquals("list.example", all.domain());
        assertEquals(-3, all.weight());
        assertEquals(
                "bad DNSBL weight factor \"x\" in \"list.example*x\"", siteFault("list.example*x"));
        assertEquals("bad DNSBL weight factor \"\" in \"a.example*\"", siteFault("a.example*"));
        assertEquals(
                "bad DNSBL filter syntax: empty address pattern", siteFault("list.example=*2"));
        assertEquals("bad DNSBL domain name \"\" in \"=1.2.3.4\"", siteFault("=1.2.3.4"));
    }

    private static String siteFault(String site) {
        return String.valueOf(
                assertThrows(IllegalArgumentException.class, () -> DnsList.site(site))
                        .getMessage());
    }

    @Test
    void addressesAreAskedForBackwards() {
        DnsList list = DnsList.of("list.example=127.0.0.2");
        assertEquals("4.3.2.1.list.example", list.query(InetAddress.ofLiteral("1.2.3.4")));
        assertEquals(
                "1.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.list.example",
                list.query(InetAddress.ofLiteral("2001:db8::21")));
        assertEquals("a.example.list.example", list.query("a.example"));
    }
}
