package org.postrider.spf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.Needs;
import org.postrider.dns.StubServer;
import org.postrider.dns.SystemResolver;
import org.postrider.time.Clock;

/// Our verdicts beside those of python3-spf, both asking the same name server.
class SpfJudgeTest {
    private static final Path ROWS = Path.of("src/test/resources/spf");

    /// Where both differ, and why ours stands.
    private static final Map<String, String> DIFFERENT =
            Map.of(
                    "multispf1", "its DNS library drops the second of two equal records",
                    "two-that-are-the-same",
                            "its DNS library drops the second of two equal records",
                    "ptr-cname-loop", "its DNS library fails; the suite itself says neutral",
                    "ptr-that-dns-fails-on-does-not-match", "RFC 7208 5.5: no match",
                    "a-number-behind-the-r", "RFC 7208 7.1: the number stands before the r",
                    "no-parts", "RFC 7208 7.1: the number is not zero",
                    "a-name-that-is-cut", "it takes off one label alone, and fails");

    /// Whose time a busy machine takes is nobody's opinion.
    private static final SpfLimits PATIENT =
            new SpfLimits(10, 2, 10, Duration.ofMinutes(5), 256, "unknown");

    private static final int RANDOM_RECORDS = Integer.getInteger("postrider.spf.records", 150);

    @TempDir Path directory;

    private int compared;

    private List<String> differing(Zones.Zone zone) throws IOException {
        Path python = Needs.program("python3");
        assumeTrue(
                Files.exists(Path.of("/usr/lib/python3/dist-packages/spf.py")),
                "not installed: python3-spf");
        List<String> out = new ArrayList<>();
        try (StubServer server = new StubServer()) {
            server.answers(zone);
            Path conf = Files.createTempFile(directory, "resolv", ".conf");
            Files.writeString(conf, "nameserver 127.0.0.1\noptions timeout:30 attempts:3\n");
            Spf spf = new Spf(new SystemResolver(conf, server.port(), Clock.system()), PATIENT);
            Process judge =
                    new ProcessBuilder(
                                    python.toString(),
                                    "src/test/spf/judge.py",
                                    Integer.toString(server.port()))
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start();
            try (BufferedReader in = judge.inputReader();
                    Writer to = judge.outputWriter()) {
                for (Zones.Case each : zone.cases) {
                    compared++;
                    String difference = differs(each, spf, in, to);
                    if (difference != null) {
                        out.add(difference);
                    }
                }
            } finally {
                judge.destroy();
            }
        }
        return out;
    }

    /// What both say of a case, if it is not the same.
    private static @Nullable String differs(Zones.Case asked, Spf spf, BufferedReader in, Writer to)
            throws IOException {
        to.write(asked.client() + "\t" + asked.helo() + "\t" + asked.sender() + "\n");
        to.flush();
        String theirs = String.valueOf(in.readLine());
        SpfResult result =
                spf.check(SpfVectorsTest.address(asked.client()), asked.helo(), asked.sender());
        String ours = result.verdict().word() + "\t" + result.explanation();
        return ours.equals(theirs)
                ? null
                : asked.name() + ": ours " + ours + ", theirs " + theirs + ", " + result.reason();
    }

    @Test
    void bothSayTheSameOfEachCase() throws IOException {
        List<String> wrong = new ArrayList<>();
        TreeSet<String> explained = new TreeSet<>();
        for (String file : List.of("rfc7208.txt", "own.txt")) {
            for (Zones.Zone zone : Zones.read(ROWS.resolve(file)).zones()) {
                for (String each : differing(zone)) {
                    String name = each.substring(0, each.indexOf(':'));
                    if (DIFFERENT.containsKey(name)) {
                        explained.add(name);
                    } else {
                        wrong.add(each);
                    }
                }
            }
        }
        assertEquals("", String.join("\n", wrong));
        assertEquals(new TreeSet<>(DIFFERENT.keySet()), explained);
        assertTrue(compared > 250, compared + " cases");
    }

    /// Records of random terms that name each other.
    @Test
    void bothSayTheSameOfRandomRecords() throws IOException {
        long seed = Long.getLong("postrider.spf.seed", 7208);
        Zones.Zone zone = random(new Random(seed));
        List<String> wrong = differing(zone);
        assertEquals("", String.join("\n", wrong), "seed " + seed);
        assertEquals(RANDOM_RECORDS, compared);
    }

    private static Zones.Zone random(Random random) throws IOException {
        Zones.Zone zone = new Zones.Zone("random");
        for (int i = 0; i < 6; i++) {
            zone.line("h" + i + ".example A 192.0.2." + (i + 1));
            zone.line("h" + i + ".example AAAA 2001:db8::" + (i + 1));
            zone.line("m" + i + ".example MX 10 h" + i + ".example.");
            zone.line((i + 1) + ".2.0.192.in-addr.arpa PTR h" + i + ".example.");
        }
        zone.line("e.example * TIMEOUT");
        zone.line("why.example TXT \"%{s} %{i} %{d2} %{h} %{v}\"");
        for (int i = 0; i < RANDOM_RECORDS; i++) {
            String name = "r" + i + ".example";
            StringBuilder record = new StringBuilder("v=spf1");
            int terms = random.nextInt(6);
            for (int t = 0; t < terms; t++) {
                record.append(' ').append(pick(random, "", "", "", "-", "~", "?", "+"));
                record.append(term(random, i));
            }
            record.append(pick(random, "", " -all", " ~all", " exp=why.example -all", " ?all"));
            zone.line(name + " TXT \"" + record + "\"");
            zone.cases.add(
                    new Zones.Case(
                            name + " " + record,
                            random.nextInt(4) == 0
                                    ? "2001:db8::" + (1 + random.nextInt(8))
                                    : "192.0.2." + (1 + random.nextInt(8)),
                            "h" + random.nextInt(6) + ".example",
                            pick(random, "a", "strong-bad", "x+y") + "@" + name,
                            List.of(),
                            null));
        }
        return zone;
    }

    private static String term(Random random, int below) {
        int n = random.nextInt(7);
        String other = "r" + random.nextInt(Math.max(1, below)) + ".example";
        return pick(
                random,
                "a:h" + n + ".example",
                "a:h" + n + ".example/" + (28 + random.nextInt(5)),
                "mx:m" + n + ".example",
                "mx:m" + n + ".example/30//126",
                "ip4:192.0.2." + n + "/" + (26 + random.nextInt(8)),
                "ip6:2001:db8::" + n + "/" + (120 + random.nextInt(10)),
                "include:" + other,
                "include:" + other,
                "redirect=" + other,
                "exists:%{l1r-}.h" + n + ".example",
                "exists:h%{h1}.example",
                "a:e.example",
                "ptr:h" + n + ".example",
                "a:%{d1r}" + n + ".example",
                "x-mod=%{d}",
                "a:h" + n + "..example",
                "ip4:192.0.2",
                "exp=why.example",
                "a:%{z}.example");
    }

    private static String pick(Random random, String... of) {
        return of[random.nextInt(of.length)];
    }
}
