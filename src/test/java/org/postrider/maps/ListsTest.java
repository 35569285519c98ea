package org.postrider.maps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.postrider.time.Clock;

/// Lists of networks and of domains: the first word that matches decides.
class ListsTest {
    private final Tables tables = new TableDirectory(Clock.system(), "hash");

    private boolean trusted(String ip, String... words) throws UnknownHostException {
        return new NetworkList("mynetworks", List.of(words), tables, false)
                .contains("unknown", InetAddress.getByName(ip));
    }

    @Test
    void anExcludedNeighbourIsNotTrusted() throws UnknownHostException {
        assertTrue(trusted("10.0.0.1", "10.0.0.0/8"));
        assertFalse(trusted("10.0.0.1", "!10.0.0.1", "10.0.0.0/8"));
        assertTrue(trusted("10.0.0.2", "!10.0.0.1", "10.0.0.0/8"));
        assertTrue(trusted("10.0.0.1", "10.0.0.0/8", "!10.0.0.1"));
        assertFalse(trusted("2001:db8::5", "![2001:db8::5]", "[2001:db8::]/32"));
    }

    /// A file that a list names and that is not there may hold anything: the list cannot answer.
    @Test
    void aListWhoseFileIsMissingDoesNotGuess() throws UnknownHostException {
        for (String word : List.of("/nosuch/list", "!/nosuch/list")) {
            DomainList domains =
                    DomainList.exact(
                            "mydestination", List.of("a.example", word, "b.example"), tables);
            assertTrue(domains.contains("a.example"));
            assertThrows(TableException.class, () -> domains.contains("b.example"));
            assertThrows(TableException.class, () -> trusted("10.0.0.1", word, "10.0.0.0/8"));
            StringList strings = new StringList("smtpd_noop_commands", List.of(word), tables);
            String why =
                    assertThrows(TableException.class, () -> strings.contains("x")).getMessage();
            assertEquals(
                    "non-existent:/nosuch/list is unavailable. open file /nosuch/list: No such file"
                            + " or directory",
                    why);
        }
    }

    @Test
    void aDomainIsExcludedBeforeItsParentMatches() {
        DomainList list =
                new DomainList(
                        "relay_domains", List.of("!a.example.com", ".example.com"), tables, false);
        assertFalse(list.contains("a.example.com"));
        assertTrue(list.contains("b.example.com"));
        assertFalse(list.contains("example.com"));
    }

    @Test
    void subdomainsMatchWhereTheListSaysSo() {
        List<String> words = List.of("example.com");
        assertEquals(
                true,
                new DomainList("relay_domains", words, tables, true).contains("x.example.com"));
        assertEquals(
                false,
                new DomainList("relay_domains", words, tables, false).contains("x.example.com"));
        assertEquals(
                true,
                new DomainList("relay_domains", List.of(".example.com"), tables, false)
                        .contains("x.example.com"));
        assertEquals(
                false,
                DomainList.exact("mydestination", List.of(".example.com"), tables)
                        .contains("x.example.com"));
        assertEquals(
                true, DomainList.exact("mydestination", words, tables).contains("EXAMPLE.com"));
    }
}
