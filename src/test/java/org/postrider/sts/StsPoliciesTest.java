package org.postrider.sts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.Until;
import org.postrider.https.WebServer;

/// Policies found, fetched, kept, fetched anew, and all that policy hosts and name servers do
/// instead.
class StsPoliciesTest {
    private static final String GOOD = "mode: enforce|mx: mx.x.example|max_age: 864000";
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final long DAY = 86_400_000;

    @TempDir static Path keys;
    @TempDir Path directory;
    private StsWorld world;

    @BeforeAll
    static void make() throws Exception {
        WebServer.authority(keys);
        WebServer.certificate(
                keys,
                "host",
                "DNS:mta-sts.x.example,DNS:mta-sts.y.example,DNS:mta-sts.lost.example",
                30);
        WebServer.certificate(keys, "past", "DNS:mta-sts.x.example", -1);
        WebServer.certificate(keys, "other", "DNS:x.example", 30);
    }

    private static void copy(Path to) throws Exception {
        for (String each : List.of("ca.pem", "host", "past", "other")) {
            for (String end : each.endsWith(".pem") ? List.of("") : List.of(".pem", ".key")) {
                Files.copy(keys.resolve(each + end), to.resolve(each + end));
            }
        }
    }

    @BeforeEach
    void begin() throws Exception {
        copy(directory);
        world = new StsWorld(directory, "host");
        world.records.put("x.example", List.of("v=STSv1; id=1"));
        world.policy(GOOD);
    }

    @AfterEach
    void end() throws Exception {
        world.close();
    }

    private StsPolicies begun() {
        StsPolicies out = world.policies();
        out.begin(world.settings(LONG, 100));
        return out;
    }

    private static @Nullable String id(StsPolicies of, String domain) {
        StsPolicy policy = of.of(domain).policy();
        return policy == null ? null : policy.id();
    }

    /// What the log says and the finding has, of one that cannot be had.
    private String failure() throws Exception {
        int before = world.log.size();
        StsPolicies policies = begun();
        StsFinding found = policies.of("x.example");
        assertNull(found.policy());
        StsFinding.Failure why = found.failure();
        assertNotNull(why);
        String line = world.log.get(before);
        assertEquals(
                "warning: MTA-STS policy of x.example: "
                        + why.kind().word()
                        + ": "
                        + why.text()
                        + "; mail goes as without a policy",
                line);
        policies.close();
        return why.kind().word()
                + ": "
                + why.text().replace("https://mta-sts.x.example/.well-known/mta-sts.txt: ", "");
    }

    private void until(BooleanSupplier what) {
        Until.seen(() -> "it comes: " + world.log, what::getAsBoolean);
    }

    @Test
    void aPolicyIsFoundSaidAndKeptOverARestart() throws Exception {
        StsPolicies policies = begun();
        assertEquals("1", id(policies, "X.Example."));
        assertEquals(
                List.of(
                        "MTA-STS policy of x.example: found: id=1, mode=enforce, max_age=864000,"
                                + " mx=mx.x.example"),
                world.log);
        assertTrue(
                world.host
                        .asked
                        .getFirst()
                        .startsWith("GET /.well-known/mta-sts.txt HTTP/1.1\r\n"));
        assertEquals("1", id(policies, "x.example"));
        assertNull(id(policies, "none.example"));
        assertEquals(1, world.host.asked.size());
        policies.close();
        Path file = directory.resolve("sts_policies");
        assertTrue(
                Files.readString(file)
                        .matches(
                                "postrider-sts-policies 1\n"
                                        + "x.example\t1\tenforce\t864000\t\\d+\t\\d+\tmx.x.example\n"));
        assertEquals(
                "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        // The record, the host and the DNS are gone: it counts for as long as it said.
        world.records.clear();
        world.host.says("HTTP/1.1 404 Gone\r\nContent-Length: 0\r\n\r\n");
        // A start makes it no younger.
        world.laterMillis = 5 * DAY;
        StsPolicies again = begun();
        int before = world.asked.get();
        assertEquals("1", id(again, "x.example"));
        until(() -> world.asked.get() > before && again.idle());
        assertEquals("1", id(again, "x.example"));
        world.noAnswer = true;
        world.laterMillis = 9 * DAY;
        assertEquals("1", id(again, "x.example"));
        world.laterMillis = 10 * DAY + 1000;
        assertNull(id(again, "x.example"));
        assertEquals("MTA-STS policy of x.example: ended, max_age is over", world.log.getLast());
        again.close();
        assertEquals("postrider-sts-policies 1\n", Files.readString(file));
    }

    @Test
    void anotherIdIsFetchedBehindTheMail() {
        StsPolicies policies = begun();
        assertEquals("1", id(policies, "x.example"));
        world.records.put("x.example", List.of("v=STSv1; id=2"));
        world.policy("mode: testing|mx: *.x.example|max_age: 86400");
        // The record is not asked for each time.
        int asked = world.asked.get();
        assertEquals("1", id(policies, "x.example"));
        assertEquals(asked, world.asked.get());
        world.laterMillis += 61_000;
        until(() -> "2".equals(id(policies, "x.example")));
        until(policies::idle);
        assertEquals(
                "MTA-STS policy of x.example: changed: id=2, mode=testing, max_age=86400,"
                        + " mx=*.x.example",
                world.log.getLast());
        // What cannot be fetched does not take the place of what was.
        world.records.put("x.example", List.of("v=STSv1; id=3"));
        world.host.says("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n");
        world.laterMillis += 61_000;
        until(() -> policies.of("x.example").failure() != null);
        assertEquals("2", id(policies, "x.example"));
        assertEquals(
                "warning: MTA-STS policy of x.example: sts-policy-fetch-error:"
                        + " https://mta-sts.x.example/.well-known/mta-sts.txt: answered 500; the"
                        + " one of id 2 counts on",
                world.log.getLast());
    }

    /// Nobody who spoils the record or the host gains more than the time that is left.
    @Test
    void aPolicyIsFetchedAnewBeforeItEnds() {
        StsPolicies policies = begun();
        assertEquals("1", id(policies, "x.example"));
        int before = world.host.asked.size();
        world.laterMillis += 5 * DAY + 1000;
        assertEquals("1", id(policies, "x.example"));
        until(() -> world.host.asked.size() > before && policies.idle());
        world.laterMillis += 6 * DAY;
        assertEquals("1", id(policies, "x.example"), "its time began anew");
    }

    @Test
    void whatHostsDoInstead() throws Exception {
        assertNull(world.policies().of("x.example").policy(), "nobody has begun");
        world.host.says("HTTP/1.1 301 Moved\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n");
        assertEquals("sts-policy-fetch-error: answered 301", failure());
        assertEquals(1, world.host.asked.size());
        world.host.says("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>");
        assertEquals("sts-policy-invalid: not text/plain", failure());
        world.host.says("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n<html>");
        assertEquals("sts-policy-invalid: line 1 is no key and value", failure());
        world.policy("mode: enforce|max_age: 1");
        assertEquals("sts-policy-invalid: no mx in it", failure());
        world.host.says(
                "HTTP/1.1 200 OK\r\n"
                        + "Content-Type: text/plain\r\n"
                        + "Content-Length: 1073741824\r\n\r\n");
        assertEquals("sts-policy-fetch-error: answer is too large", failure());
        byte[] line = "x: 0123456789\r\n".repeat(100).getBytes(StandardCharsets.US_ASCII);
        world.host.says((head, out) -> {
            out.write(
                    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            for (long n = 0; n < 1L << 30; n += line.length) {
                out.write(line);
            }
        });
        assertEquals("sts-policy-fetch-error: answer is too large", failure());
        world.host.says((head, out) -> world.host.awaitEnd());
        world.whole = Duration.ofMillis(500);
        assertEquals("sts-policy-fetch-error: timed out", failure());
        for (String each : List.of("past", "other")) {
            world.close();
            world = new StsWorld(directory, each);
            world.records.put("x.example", List.of("v=STSv1; id=1"));
            world.policy(GOOD);
            assertEquals(
                    "sts-webpki-invalid: certificate not verified: "
                            + (each.equals("past")
                                    ? "certificate has expired"
                                    : "hostname mismatch"),
                    failure());
            assertEquals(List.of(), world.host.asked);
        }
    }

    @Test
    void aRecordThatIsTwoOrBadIsNone() {
        StsPolicies policies = begun();
        world.records.put("x.example", List.of("v=STSv1; id=1", "v=STSv1; id=2"));
        world.records.put("y.example", List.of("v=STSv1; id=!"));
        world.records.put("lost.example", List.of("v=STSv1; id=1"));
        assertNull(id(policies, "x.example"));
        assertNull(id(policies, "y.example"));
        assertNull(id(policies, "[127.0.0.1]"));
        assertEquals(List.of(), world.host.asked);
        assertNull(id(policies, "lost.example"));
        StsFinding.Failure why = policies.of("lost.example").failure();
        assertNotNull(why);
        assertTrue(why.text().endsWith(": Host not found"), why.text());
    }

    /// A second mail does not have the host asked again, and a host that fails is left alone.
    @Test
    void aHostThatFailsIsLeftAloneForAWhile() {
        StsPolicies policies = begun();
        world.host.says("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n");
        assertNull(id(policies, "x.example"));
        world.laterMillis += 61_000;
        int asked = world.asked.get();
        assertNull(id(policies, "x.example"));
        until(() -> world.asked.get() > asked && policies.idle());
        assertEquals(1, world.host.asked.size());
        world.policy(GOOD);
        world.laterMillis += 301_000;
        until(() -> id(policies, "x.example") != null);
        assertNull(policies.of("x.example").failure());
    }

    @Test
    void aPolicyOfNoAgeCountsForNothingAndEndsTheOneBefore() {
        StsPolicies policies = begun();
        assertEquals("1", id(policies, "x.example"));
        world.records.put("x.example", List.of("v=STSv1; id=2"));
        world.policy("mode: enforce|mx: mx.x.example|max_age: 0");
        world.laterMillis += 61_000;
        until(() -> id(policies, "x.example") == null);
        assertNull(policies.of("x.example").failure());
    }

    @Test
    void onlyTheFirstMailWaitsAndNotForLong() {
        StsPolicies policies = world.policies();
        policies.begin(world.settings(Duration.ofMillis(200), 100));
        world.hangs = true;
        long before = System.nanoTime();
        assertNull(id(policies, "x.example"));
        long first = System.nanoTime() - before;
        assertTrue(first >= 190_000_000L && first < 60_000_000_000L, "waited " + first);
        before = System.nanoTime();
        for (int i = 0; i < 100; i++) {
            assertNull(id(policies, "x.example"));
        }
        // It would wait 200 ms a hundred times.
        assertTrue(System.nanoTime() - before < 15_000_000_000L, "later mail does not wait");
        world.hangs = false;
        world.dnsHangs.countDown();
        until(() -> id(policies, "x.example") != null);
    }

    @Test
    void aBugEndsOneFetchAndItIsAskedAgain() {
        StsPolicies policies = begun();
        world.bug = new AssertionError("made up by the test");
        assertNull(id(policies, "x.example"));
        until(() -> "1".equals(id(policies, "x.example")));
    }

    /// Names without end take no memory without end, and of policies that are too large for all the
    /// largest goes.
    @Test
    void memoryIsBounded() {
        StsPolicies policies = begun();
        assertEquals("1", id(policies, "x.example"));
        world.host.says("HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n");
        for (int i = 0; i < 300; i++) {
            policies.of("n" + i + ".example");
        }
        assertEquals(100, policies.size());
        assertEquals("1", id(policies, "x.example"), "those without a policy go first");
        KnownDomains domains = new KnownDomains(100_000);
        List<String> large = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            large.add("mx" + i + ".example");
        }
        List<String> gone = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            boolean all = i % 10 == 5;
            Known known = domains.add("d" + i, 1000);
            assertNotNull(known);
            gone.addAll(
                    domains.put(
                            known,
                            new StsPolicy(
                                    "d" + i,
                                    "1",
                                    StsPolicy.Mode.ENFORCE,
                                    1,
                                    all ? large : List.of("mx.example"))));
        }
        assertTrue(domains.octets() <= 100_000);
        assertEquals(9, gone.size());
        assertTrue(gone.stream().allMatch(d -> d.endsWith("5")), gone.toString());
    }

    @Test
    void whatCannotBeReadIsPassedOverAndSaid() throws Exception {
        Path file = directory.resolve("sts_policies");
        Files.writeString(
                file,
                "postrider-sts-policies 1\nx.example\t7\tenforce\t864000\t"
                        + System.currentTimeMillis() / 1000
                        + "\t1\tmx.x.example\nodd\nx.example\t7\tenforce\n"
                        + "y.example\t7\tenforce\tbad\t1\t1\tmx.x.example\n");
        world.records.clear();
        assertEquals("7", id(begun(), "x.example"));
        assertEquals(List.of("warning: " + file + ": 3 lines cannot be read"), world.log);
        Files.writeString(file, "postrider-sts-policies 2\nx\n");
        world.log.clear();
        assertNull(id(begun(), "x.example"));
        assertEquals(
                "warning: " + file + ": not of this version: policies are fetched again",
                world.log.getFirst());
    }
}
