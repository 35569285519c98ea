package org.postrider.spf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.Effort;
import org.postrider.dns.Resolver;
import org.postrider.dns.StubServer;
import org.postrider.dns.SystemResolver;
import org.postrider.time.Clock;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.MXRecord;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.PTRRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/// Attack 110: domains whose records are made to cost. Each check ends, within its limits, with a
/// verdict that lets nothing pass that the record does not.
class SpfTortureTest {
    private static final int SIZE = 60_000;
    private static final Duration LONG = Duration.ofSeconds(10);

    @TempDir Path directory;
    private StubServer server;
    private final AtomicInteger asked = new AtomicInteger();
    private InetAddress client;

    @BeforeEach
    void start() throws IOException {
        server = new StubServer();
        client = SpfVectorsTest.address("192.0.2.1");
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private interface Says {
        List<Record> of(Name name, int type) throws IOException;
    }

    private void says(Says says) {
        server.answers(query -> {
            asked.incrementAndGet();
            Record question = query.getQuestion();
            Message out = new Message(query.getHeader().getID());
            out.getHeader().setFlag(Flags.QR);
            out.addRecord(question, Section.QUESTION);
            List<Record> found = says.of(question.getName(), question.getType());
            found.forEach(r -> out.addRecord(r, Section.ANSWER));
            out.getHeader().setRcode(found.isEmpty() ? Rcode.NXDOMAIN : Rcode.NOERROR);
            return out;
        });
    }

    private static Record text(Name name, byte[] octets) {
        List<byte[]> strings = new ArrayList<>();
        for (int i = 0; i < octets.length; i += 255) {
            strings.add(java.util.Arrays.copyOfRange(octets, i, Math.min(octets.length, i + 255)));
        }
        if (strings.isEmpty()) {
            strings.add(new byte[0]);
        }
        return new Texts(name, strings).record();
    }

    /// TXT in octets, which dnsjava's own constructors take as a presentation only.
    private record Texts(Name name, List<byte[]> strings) {
        Record record() {
            java.io.ByteArrayOutputStream wire = new java.io.ByteArrayOutputStream();
            for (byte[] each : strings) {
                wire.write(each.length);
                wire.writeBytes(each);
            }
            return TXTRecord.newRecord(name, Type.TXT, DClass.IN, 60, wire.toByteArray());
        }
    }

    private static Record text(Name name, String text) {
        return text(name, text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private SpfResult check(SpfLimits limits, String sender) throws IOException {
        Path conf = directory.resolve("resolv.conf");
        Files.writeString(conf, "nameserver 127.0.0.1\noptions timeout:30 attempts:1\n");
        Clock clock = Clock.system();
        long begun = clock.nanos();
        SpfResult result =
                new Spf(new SystemResolver(conf, server.port(), clock), limits)
                        .check(client, "h.example", sender);
        Duration took = Duration.ofNanos(clock.nanos() - begun);
        assertTrue(took.compareTo(LONG) < 0, "took " + took);
        assertTrue(result.reason().chars().allMatch(c -> c >= ' ' && c < 127), result.reason());
        assertTrue(result.reason().length() < 1000, result.reason());
        return result;
    }

    private Verdict verdict(String record) throws IOException {
        says((name, type) -> type == Type.TXT ? List.of(text(name, record)) : List.of());
        return check(SpfLimits.DEFAULT, "a@d.example").verdict();
    }

    @Test
    void recordsOfSixtyKilobytes() throws IOException {
        String many = " ip4:203.0.113.7".repeat(SIZE / 16);
        assertEquals(Verdict.PASS, verdict("v=spf1" + many + " ip4:192.0.2.1 -all"));
        assertEquals(Verdict.FAIL, verdict("v=spf1" + many + " -all"));
        assertEquals(Verdict.PERMERROR, verdict("v=spf1 +all a:" + "1".repeat(SIZE)));
        assertEquals(Verdict.PERMERROR, verdict("v=spf1 +all a:x." + "1".repeat(SIZE) + "-"));
        assertEquals(Verdict.PERMERROR, verdict("v=spf1 +all a" + "/1".repeat(SIZE / 2)));
        assertEquals(Verdict.PERMERROR, verdict("v=spf1 +all exists:" + "%{".repeat(SIZE / 2)));
        assertEquals(Verdict.FAIL, verdict("v=spf1 x=" + "%{l}".repeat(SIZE / 4) + " -all"));
        assertEquals(Verdict.NEUTRAL, verdict("v=spf1" + " ".repeat(SIZE)));
        assertEquals(Verdict.PERMERROR, verdict("v=spf1 +all ip4:" + "1.".repeat(SIZE / 2)));
        assertEquals(Verdict.PERMERROR, verdict("v=spf1 +all a:x.example/" + "9".repeat(SIZE)));
    }

    /// Sixty kilobytes of macros, each of which is a local part of two kilobytes.
    @Test
    void macrosThatGrow() throws IOException {
        String grows = "v=spf1 exists:" + "%{s}%{L999r-+}".repeat(SIZE / 14) + "%{d} -all";
        says((name, type) -> type == Type.TXT ? List.of(text(name, grows)) : List.of());
        SpfResult result = check(SpfLimits.DEFAULT, "x-y+".repeat(500) + "@d.example");
        assertEquals(Verdict.FAIL, result.verdict());
        // Nobody waits for those that leave the name again: ten terms in one record, and each long.
        String escapes = (" exists:" + "%{S}".repeat(SIZE / 44) + "%{d}").repeat(10);
        says((name, type) ->
                type == Type.TXT ? List.of(text(name, "v=spf1" + escapes + " -all")) : List.of());
        SpfLimits many = new SpfLimits(10, 10, 10, Duration.ofSeconds(20), 256, "unknown");
        long took =
                Effort.millis(() ->
                        assertEquals(
                                Verdict.FAIL,
                                check(many, "(".repeat(2000) + "@d.example").verdict()));
        assertTrue(took < 5000, "took " + took + " ms");
    }

    private static long used() {
        System.gc();
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    /// Records that include each other are held at the same time, while a slow name server thinks
    /// about the last: as they came, not as all the terms that they are made of.
    @Test
    void recordsWithinRecordsTakeLittle() {
        long[] least = {Long.MAX_VALUE};
        long[] most = {0};
        Resolver nested =
                new TextsOnly() {
                    @Override
                    public Answer<String> texts(String name) {
                        int depth = Integer.parseInt(name.substring(1, name.indexOf('.')));
                        long now = depth == 0 || depth == 9 ? used() : -1;
                        least[0] = depth == 0 ? now : least[0];
                        most[0] = depth == 9 ? now : most[0];
                        String many = " a".repeat(SIZE / 2);
                        String record = "v=spf1 include:n" + (depth + 1) + ".example" + many;
                        return new Answer.Found<>(
                                List.of(depth == 9 ? "v=spf1 -all" : record), Duration.ZERO);
                    }
                };
        SpfResult result = new Spf(nested, SpfLimits.DEFAULT).check(client, "h", "a@n0.example");
        assertEquals(Verdict.PERMERROR, result.verdict(), result.reason());
        assertTrue(most[0] > 0);
        long grown = most[0] - least[0];
        assertTrue(grown < 12L << 20, grown + " octets for nine records of sixty kilobytes");
    }

    private abstract static class TextsOnly implements Resolver {
        @Override
        public Answer<Mx> mx(String domain) {
            return new Answer.NoName<>(domain);
        }

        @Override
        public Answer<InetAddress> addresses(String host, boolean ipv4, boolean ipv6) {
            return new Answer.NoName<>(host);
        }

        @Override
        public Answer<String> names(InetAddress address) {
            return new Answer.NoName<>("");
        }

        @Override
        public Answer<Srv> srv(String service) {
            return new Answer.NoName<>(service);
        }
    }

    @Test
    void includesWithoutEnd() throws IOException {
        says((name, type) -> {
            String next = "n" + asked.get() + ".example";
            return List.of(text(name, "v=spf1 include:" + next + " include:x" + next + " +all"));
        });
        assertEquals(Verdict.PERMERROR, check(SpfLimits.DEFAULT, "a@d.example").verdict());
        assertEquals(11, asked.get());
        asked.set(0);
        says((name, type) -> List.of(text(name, "v=spf1 redirect=n" + asked.get() + ".example")));
        assertEquals(Verdict.PERMERROR, check(SpfLimits.DEFAULT, "a@d.example").verdict());
        assertEquals(11, asked.get());
    }

    @Test
    void exchangersAndNamesByTheHundred() throws IOException {
        says((name, type) ->
                switch (type) {
                    case Type.TXT ->
                            List.of(
                                    text(
                                            name,
                                            "v=spf1 mx:%{p}.example mx:b.example mx:c.example"
                                                    + " mx:d.example mx:e.example mx:f.example"
                                                    + " mx:g.example ptr mx:h.example"
                                                    + " mx:i.example -all"));
                    case Type.MX -> exchangers(name, 10);
                    case Type.PTR -> names(name);
                    case Type.A ->
                            List.of(
                                    new ARecord(
                                            name,
                                            DClass.IN,
                                            60,
                                            SpfVectorsTest.address("203.0.113.1")));
                    default -> List.of();
                });
        check(SpfLimits.DEFAULT, "a@d.example");
        assertTrue(asked.get() <= 1 + 9 * 11 + 11 + 1, asked + " questions");
        says((name, type) ->
                type == Type.TXT ? List.of(text(name, "v=spf1 mx +all")) : exchangers(name, 100));
        assertEquals(Verdict.PERMERROR, check(SpfLimits.DEFAULT, "a@d.example").verdict());
        asked.set(0);
        says((name, type) ->
                switch (type) {
                    case Type.TXT -> List.of(text(name, "v=spf1 ptr ptr:x.example -all"));
                    case Type.PTR -> names(name);
                    default -> List.of();
                });
        assertEquals(Verdict.FAIL, check(SpfLimits.DEFAULT, "a@d.example").verdict());
        // The names over TCP once more, as they do not fit into a datagram.
        assertEquals(13, asked.get());
    }

    private static List<Record> exchangers(Name domain, int count) throws TextParseException {
        List<Record> out = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Name host = Name.fromString("m" + i, domain);
            out.add(new MXRecord(domain, DClass.IN, 60, i, host));
        }
        return out;
    }

    private static List<Record> names(Name reverse) throws TextParseException {
        List<Record> out = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            out.add(new PTRRecord(reverse, DClass.IN, 60, Name.fromString("p" + i + ".example.")));
        }
        return out;
    }

    /// A name server that says nothing, at once or from the second question on.
    @Test
    void silence() throws IOException {
        SpfLimits short1 = new SpfLimits(10, 2, 10, Duration.ofSeconds(1), 256, "unknown");
        server.silent(true);
        SpfResult result = check(short1, "a@d.example");
        assertEquals(Verdict.TEMPERROR, result.verdict());
        server.silent(false);
        says((name, type) -> {
            server.silent(true);
            return List.of(text(name, "v=spf1 a:slow.example +all"));
        });
        // The first answer still goes out: it was being made.
        assertEquals(Verdict.TEMPERROR, check(short1, "a@d.example").verdict());
        // The client's names cannot be had in time: no fail for good.
        server.silent(false);
        says((name, type) -> {
            server.silent(true);
            return List.of(text(name, "v=spf1 ptr -all"));
        });
        assertEquals(Verdict.TEMPERROR, check(short1, "a@d.example").verdict());
    }

    @Test
    void explanationsAreCutAndHarmless() throws IOException {
        says((name, type) ->
                List.of(
                        text(
                                name,
                                name.toString().startsWith("why")
                                        ? "%{l} ".repeat(SIZE / 5)
                                        : "v=spf1 exp=why.example -all")));
        SpfResult result = check(SpfLimits.DEFAULT, "a\r\n550 b\u00e9".repeat(20) + "@d.example");
        assertEquals(Verdict.FAIL, result.verdict());
        assertEquals("", result.explanation(), "a local part that is no ASCII has no value");
        result = check(SpfLimits.DEFAULT, "a\r\n550 b@d.example");
        assertEquals(256, result.explanation().length());
        assertTrue(result.explanation().startsWith("a??550 b a??550 b"), result.explanation());
        for (String bad : List.of("line\r\nbreak", "caf\u00e9", "100%", "%{x}", "\0")) {
            says((name, type) ->
                    List.of(
                            text(
                                    name,
                                    name.toString().startsWith("why")
                                            ? bad
                                            : "v=spf1 exp=why.example -all")));
            result = check(SpfLimits.DEFAULT, "a@d.example");
            assertEquals(Verdict.FAIL, result.verdict());
            assertEquals("", result.explanation());
        }
        asked.set(0);
        SpfLimits none = new SpfLimits(10, 2, 10, Duration.ofSeconds(5), 0, "unknown");
        assertEquals(Verdict.FAIL, check(none, "a@d.example").verdict());
        assertEquals(1, asked.get(), "no explanation is asked for where none is kept");
        asked.set(0);
        client = SpfVectorsTest.address("203.0.113.5");
        says((name, type) -> List.of(text(name, "v=spf1 ip4:203.0.113.5 exp=why.example -all")));
        assertEquals(Verdict.PASS, check(SpfLimits.DEFAULT, "a@d.example").verdict());
        assertEquals(1, asked.get(), "nor but for a fail");
    }

    /// Octets of all kinds in records, senders and names of HELO: a verdict, never an exception;
    /// and pass only by what passes.
    @Test
    void mutatedRecords() throws IOException {
        Random random = new Random(110);
        String good =
                "v=spf1 a:%{l1r-}.x.example/24//64 mx ptr:x.example ip4:203.0.113.0/24"
                        + " ip6:2001:db8::/32 exists:%{ir}.%{v}.x.example include:y.example"
                        + " exp=%{d2}.example redirect=z.example";
        for (int i = 0; i < 1500; i++) {
            byte[] octets = good.getBytes(StandardCharsets.ISO_8859_1);
            int changes = 1 + random.nextInt(4);
            for (int c = 0; c < changes; c++) {
                octets[7 + random.nextInt(octets.length - 7)] =
                        random.nextBoolean()
                                ? (byte) random.nextInt(256)
                                : (byte) "%{}:/.-+~? =0lrs".charAt(random.nextInt(16));
            }
            String record = new String(octets, StandardCharsets.ISO_8859_1);
            Policy policy;
            try {
                policy = Policy.parse(record);
            } catch (SpfException e) {
                assertEquals(Verdict.PERMERROR, e.verdict());
                continue;
            }
            assertTrue(record.chars().allMatch(c -> c >= ' ' && c < 127), record);
            Policy.Directives all = policy.directives();
            int count = 0;
            try {
                while (all.next() != null) {
                    count++;
                }
            } catch (SpfException e) {
                throw new AssertionError(record, e);
            }
            assertTrue(count <= 12, record);
        }
        for (int i = 0; i < 100; i++) {
            StringBuilder odd = new StringBuilder();
            for (int c = 0; c < 20; c++) {
                odd.append((char) random.nextInt(256));
            }
            says((name, type) ->
                    type == Type.TXT
                            ? List.of(text(name, "v=spf1 exists:%{s}.%{h}.x.example -all"))
                            : List.of());
            Verdict verdict = check(SpfLimits.DEFAULT, odd + "@d.example").verdict();
            assertTrue(verdict == Verdict.FAIL || verdict == Verdict.NONE, verdict.toString());
        }
    }
}
