package org.postrider.dmarc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.dmarc.DmarcRecord.Psd;

class DmarcTest {
    private static List<String> lines(String name) throws IOException {
        try (Stream<String> all = Files.lines(Path.of("src/test/resources/dmarc").resolve(name))) {
            return all.filter(l -> !l.startsWith("#") && !l.isEmpty()).toList();
        }
    }

    private static String shown(@Nullable DmarcRecord r) {
        if (r == null) {
            return "none";
        }
        if (r.fault() != null) {
            return "fault: " + r.fault();
        }
        return String.join(
                " ",
                r.policies().p().word(),
                r.policies().sp() == null ? "-" : r.policies().sp().word(),
                r.policies().np() == null ? "-" : r.policies().np().word(),
                r.alignment().dkim() ? "s" : "r",
                r.alignment().spf() ? "s" : "r",
                r.reports().rua().toString(),
                r.reports().ruf().toString(),
                r.reports().fo(),
                r.testing() ? "y" : "n",
                r.psd() == Psd.YES ? "y" : r.psd() == Psd.NO ? "n" : "u");
    }

    @Test
    void recordsAreReadStrictly() throws IOException {
        List<String> wrong = new ArrayList<>();
        List<String> rows = lines("records.txt");
        for (String row : rows) {
            int at = row.lastIndexOf(" = ");
            String said = shown(DmarcRecord.read(row.substring(0, at)));
            if (!said.equals(row.substring(at + 3))) {
                wrong.add(row + "\n  is " + said);
            }
        }
        assertTrue(rows.size() > 30);
        assertEquals(List.of(), wrong);
    }

    private static Identifier identifier(String text) {
        String[] parts = text.split("[=:]", 3);
        return new Identifier(
                Identifier.Method.valueOf(parts[0].toUpperCase(java.util.Locale.ROOT)),
                parts[1],
                Identifier.State.valueOf(parts[2].toUpperCase(java.util.Locale.ROOT)));
    }

    private static String said(DmarcResult r) {
        boolean spf = r.aligned().spf();
        boolean dkim = r.aligned().dkim();
        return String.join(
                " ",
                r.verdict().word(),
                r.policy().word(),
                r.found() == null ? "-" : r.found().domain(),
                spf && dkim ? "spf+dkim" : spf ? "spf" : dkim ? "dkim" : "-");
    }

    @Test
    void policiesAreFoundAndIdentifiersAlignedAsTheRfcHasIt() throws IOException {
        List<String> wrong = new ArrayList<>();
        Records zone = new Records();
        PublicSuffixes suffixes = null;
        String title = "";
        int asked = 0;
        for (String line : lines("results.txt")) {
            if (line.startsWith("zone:")) {
                zone = new Records();
                title = line;
            } else if (line.startsWith("suffixes:")) {
                suffixes = PublicSuffixes.of(line.substring(9).strip().replace(' ', '\n'));
            } else if (!line.startsWith("? ")) {
                zone.add(line);
            } else {
                String[] part = line.substring(2).split("\\|", -1);
                List<Identifier> found =
                        part[1].isBlank()
                                ? List.of()
                                : Stream.of(part[1].strip().split(" "))
                                        .map(DmarcTest::identifier)
                                        .toList();
                zone.asked.clear();
                String from = "x@" + part[0].strip();
                String said =
                        said(new Dmarc(zone, suffixes).check(Author.of(List.of(from), 100), found));
                String names = part.length > 3 ? " | " + zone.asked.size() : "";
                String wanted = part[2].strip() + (part.length > 3 ? " | " + part[3].strip() : "");
                asked++;
                if (!wanted.equals(said + names)) {
                    wrong.add(title + ": " + line + "\n  is " + said + " | " + zone.asked);
                }
            }
        }
        assertTrue(asked > 60);
        assertEquals(List.of(), wrong);
    }

    @Test
    void theWalkIsThatOfTheRfcsExample() {
        assertEquals(
                List.of(
                        "a.b.c.d.e.f.g.h.i.j.mail.example.com",
                        "g.h.i.j.mail.example.com",
                        "h.i.j.mail.example.com",
                        "i.j.mail.example.com",
                        "j.mail.example.com",
                        "mail.example.com",
                        "example.com",
                        "com"),
                TreeWalk.names("a.b.c.d.e.f.g.h.i.j.mail.example.com"));
        assertEquals(8, TreeWalk.names("a.b.c.d.e.mail.example.com").size());
        assertEquals(List.of("com"), TreeWalk.names("com"));
    }

    private static String author(String... froms) {
        return switch (Author.of(List.of(froms), 100)) {
            case Author.Of(String domain) -> domain;
            case Author.Unclear(String why) -> "! " + why;
        };
    }

    @Test
    void anAuthorIsOneDomainInOneField() {
        assertEquals("example.org", author("<a@example.org>"));
        assertEquals("example.org", author("\"x@evil.example\" <a@Example.ORG>"));
        assertEquals("example.org", author("a@example.org, b@example.org"));
        assertEquals("example.org", author("a@example.org (b@evil.example)"));
        assertEquals("example.org", author("\r\n a@example.org"));
        assertEquals("xn--bcher-kva.example", author("a@b\u00c3\u00bccher.example"));
        assertEquals("! authors of several domains", author("a@example.org, b@evil.example"));
        assertEquals("! authors of several domains", author("g: a@example.org, b@evil.example;"));
        assertEquals("! several From fields", author("a@example.org", "a@example.org"));
        assertEquals("! no From field", author());
        assertEquals("! no author", author("undisclosed:;"));
        assertEquals("! no author", author(""));
        assertEquals("! an author without a domain", author("root"));
        assertEquals("! an author without a domain", author("a@[192.0.2.1]"));
        assertEquals("! an author without a domain", author("a@example..org"));
    }

    @Test
    void theFileOfTheDistributionIsRead(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("list");
        Files.writeString(file, "// nothing\n\n");
        assertThrows(IOException.class, () -> PublicSuffixes.read(file));
        assertThrows(IOException.class, () -> PublicSuffixes.read(directory.resolve("none")));
        Files.writeString(file, "// x\ncom\n  co.uk  trailing words\n!\u00c3\u00bc.x\n");
        PublicSuffixes list = PublicSuffixes.read(file);
        assertEquals("b.co.uk", list.organization("a.b.co.uk"));
        assertEquals("co.uk", list.organization("co.uk"));
        assertEquals("b.zz", list.organization("a.b.zz"));
        Path shipped = Path.of("/usr/share/publicsuffix/public_suffix_list.dat");
        if (Files.exists(shipped)) {
            PublicSuffixes real = PublicSuffixes.read(shipped);
            assertEquals("example.co.uk", real.organization("a.b.example.co.uk"));
            assertEquals("www.ck", real.organization("www.ck"));
        }
    }

    /// What can be made of any octets: nothing but a record, and never one that asks for more than
    /// its text says.
    @Test
    void anyOctetsAreARecordOrNone() {
        Random random = new Random(9989);
        String[] pieces = {
            "v=DMARC1",
            ";",
            "p=",
            "reject",
            "none",
            " ",
            "rua=",
            "mailto:a@b.c",
            ",",
            "sp=",
            "t=y",
            "psd=n",
            "=",
            "\t",
            "\0",
            "\u00ff",
            "x",
            "v=",
            "np=quarantine",
            "!10m",
            "\r\n"
        };
        int records = 0;
        for (int i = 0; i < 200_000; i++) {
            StringBuilder text = new StringBuilder(random.nextInt(4) > 0 ? "v=DMARC1" : "");
            for (int n = random.nextInt(14); n > 0; n--) {
                text.append(pieces[random.nextInt(pieces.length)]);
            }
            DmarcRecord record = DmarcRecord.read(text.toString());
            if (record == null) {
                continue;
            }
            records++;
            assertTrue(text.toString().stripLeading().regionMatches(true, 0, "v", 0, 1));
            for (DmarcPolicy policy : DmarcPolicy.values()) {
                if (record.policies().p() == policy && policy != DmarcPolicy.NONE) {
                    assertTrue(text.indexOf(policy.word()) > 0, text.toString());
                }
            }
            assertTrue(record.fault() == null || record.policies().p() == DmarcPolicy.NONE);
            assertTrue(record.reports().rua().stream().allMatch(u -> text.indexOf(u) > 0));
        }
        assertTrue(records > 10_000);
    }

    @Test
    void aResultSaysNothingThatAStrangerWrote() {
        Records zone = new Records();
        zone.add("_dmarc.example.org TXT v=DMARC1; evil\r\nX: y=1; evil\r\nX: y=2");
        DmarcResult result =
                new Dmarc(zone, null).check(Author.of(List.of("a@example.org"), 100), List.of());
        assertEquals(DmarcResult.Verdict.PERMERROR, result.verdict());
        assertEquals(-1, result.reason().indexOf("evil"));
        assertInstanceOf(Author.Unclear.class, Author.of(List.of("a@evil\r\nX: y"), 100));
    }

    /// A mail asks for no more names than its limit, whatever signs it: what is not asked is not
    /// known.
    @Test
    void aMailHasItsQuestions() {
        Records zone = new Records();
        zone.add("_dmarc.example.org TXT v=DMARC1; p=reject");
        zone.add("_dmarc.x39.example.org TXT v=DMARC1; p=none; psd=n");
        List<Identifier> many = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            many.add(
                    new Identifier(
                            Identifier.Method.DKIM,
                            "x" + i + ".example.org",
                            i < 39 ? Identifier.State.UNKNOWN : Identifier.State.PASS));
        }
        DmarcResult result =
                new Dmarc(zone, null).check(Author.of(List.of("a@example.org"), 100), many);
        assertNotEquals(DmarcResult.Verdict.PASS, result.verdict());
        assertNotNull(result.found());
        assertTrue(zone.asked.size() <= Zone.MOST_QUESTIONS, zone.asked.toString());
    }
}
