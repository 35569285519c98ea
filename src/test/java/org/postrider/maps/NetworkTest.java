package org.postrider.maps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postrider.time.Clock;

/// Addresses in lists: one spelling for all tables, names and their parents.
class NetworkTest {
    private final Tables tables = new TableDirectory(Clock.system(), "hash");

    /// Right values are those of inet_ntop(3).
    @ParameterizedTest
    @CsvSource({
        "192.0.2.7, 192.0.2.7",
        "2001:DB8:0:0:0:0:0:5, 2001:db8::5",
        "2001:db8:0:0:1:0:0:5, 2001:db8::1:0:0:5",
        "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "1:0:0:0:0:0:0:0, 1::",
        "0:0:0:0:0:0:0:0, ::",
        "0:0:0:0:0:0:0:1, ::1",
        "0:0:0:0:0:0:1:2, ::0.1.0.2",
        "0:0:0:0:0:1:0:0, ::1:0:0",
        "0:0:0:0:0:ffff:c000:207, ::ffff:192.0.2.7",
        "0:0:0:0:ffff:0:c000:207, ::ffff:0:c000:207",
        "fe80:0:0:0:0:0:0:a, fe80::a"
    })
    void anAddressHasOneSpelling(String written, String text) {
        byte[] octets = Network.literal(written);
        assertEquals(text, Network.text(octets == null ? new byte[4] : octets));
    }

    @Test
    void aScopeIsNoPartOfIt() throws Exception {
        byte[] octets = Network.literal("fe80::1");
        assertEquals("fe80::1", Network.text(Inet6Address.getByAddress("x", octets, 3)));
    }

    private static InetAddress address(String text) throws Exception {
        return InetAddress.getByName(text);
    }

    /// Review A16: the neighbour that a table excludes was trusted.
    @Test
    void tablesAreAskedForThatSpelling() throws Exception {
        String table = "inline:{{2001:db8::5=x},{192.0.2.7=x}}";
        NetworkList listed = new NetworkList("mynetworks", List.of(table), tables, true);
        assertTrue(listed.contains("unknown", address("2001:db8:0:0:0:0:0:5")));
        assertTrue(listed.contains("unknown", address("::ffff:192.0.2.7")));
        assertFalse(listed.contains("unknown", address("2001:db8::6")));
        NetworkList excluded =
                new NetworkList(
                        "mynetworks", List.of("!" + table, "[2001:db8::]/32"), tables, true);
        assertFalse(excluded.contains("unknown", address("2001:db8::5")));
        assertTrue(excluded.contains("unknown", address("2001:db8::6")));
    }

    /// Right values are real Postfix's, see parents.case.
    @Test
    void subdomainsCountByTheList() throws Exception {
        List<String> words =
                List.of(
                        "example.org",
                        ".example.com",
                        "inline:{{example.info=x},{.example.biz=x}}");
        Map<String, List<Boolean>> wanted =
                Map.of(
                        "example.org", List.of(true, true),
                        "host.example.org", List.of(true, false),
                        "example.com", List.of(false, false),
                        "host.example.com", List.of(false, true),
                        "host.example.info", List.of(true, false),
                        "host.example.biz", List.of(false, true),
                        "notexample.org", List.of(false, false));
        NetworkList parents = new NetworkList("mynetworks", words, tables, true);
        NetworkList dotted = new NetworkList("mynetworks", words, tables, false);
        DomainList domains = new DomainList("relay_domains", words, tables, true);
        DomainList dottedDomains = new DomainList("relay_domains", words, tables, false);
        for (Map.Entry<String, List<Boolean>> e : wanted.entrySet()) {
            String name = e.getKey();
            InetAddress other = address("198.51.100.1");
            assertEquals(e.getValue().get(0), parents.contains(name, other), name);
            assertEquals(e.getValue().get(1), dotted.contains(name, other), name);
            assertEquals(e.getValue().get(0), domains.contains(name), name);
            assertEquals(e.getValue().get(1), dottedDomains.contains(name), name);
        }
    }
}
