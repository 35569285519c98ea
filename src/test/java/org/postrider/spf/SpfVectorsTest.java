package org.postrider.spf;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.dns.AddressText;
import org.postrider.dns.StubServer;
import org.postrider.dns.SystemResolver;
import org.postrider.time.Clock;

/// The public test suite of RFC 7208, and rows of our own, over a real name server. With RECORD=1
/// in the environment each case with its result is written into docs/evidence.
class SpfVectorsTest {
    private static final Path ROWS = Path.of("src/test/resources/spf");
    private static final int SUITE = 203;
    private static final int OWN = 86;

    @TempDir Path directory;

    private List<String> wrong(String file, int least) throws IOException {
        List<String> wrong = new ArrayList<>();
        List<String> told = new ArrayList<>();
        int cases = 0;
        for (Zones.Zone zone : Zones.read(ROWS.resolve(file)).zones()) {
            try (StubServer server = new StubServer()) {
                server.answers(zone);
                Path conf = Files.createTempFile(directory, "resolv", ".conf");
                Files.writeString(conf, "nameserver 127.0.0.1\noptions timeout:5 attempts:1\n");
                Spf spf =
                        new Spf(
                                new SystemResolver(conf, server.port(), Clock.system()),
                                SpfLimits.DEFAULT);
                for (Zones.Case each : zone.cases) {
                    cases++;
                    SpfResult result =
                            spf.check(address(each.client()), each.helo(), each.sender());
                    told.add(
                            String.format(
                                    "%-40s %-10s wanted %s",
                                    each.name(),
                                    result.verdict().word(),
                                    String.join(" or ", each.results())));
                    if (!each.results().contains(result.verdict().word())) {
                        wrong.add(each.name() + ": " + each.results() + ", " + result);
                    }
                    String explanation = each.explanation();
                    if (explanation != null
                            && !result.explanation()
                                    .equals(explanation.equals("DEFAULT") ? "" : explanation)) {
                        wrong.add(each.name() + ": " + explanation + ", " + result);
                    }
                }
            }
        }
        assertEquals(least, cases, "cases of " + file);
        if (System.getenv("RECORD") != null) {
            told.add(cases + " cases, " + wrong.size() + " wrong");
            told.addFirst("Written by RECORD=1 bin/mvn25 test -Dtest=SpfVectorsTest");
            Files.write(Path.of("docs/evidence/spf-" + file), told);
        }
        return wrong;
    }

    static InetAddress address(String text) throws IOException {
        byte[] octets = AddressText.octets(text);
        if (octets == null) {
            throw new IOException(text);
        }
        return InetAddress.getByAddress(octets);
    }

    @Test
    void theSuiteOfTheRfc() throws IOException {
        assertEquals(List.of(), wrong("rfc7208.txt", SUITE));
    }

    @Test
    void ourOwnCases() throws IOException {
        assertEquals(List.of(), wrong("own.txt", OWN));
    }
}
