package org.postrider.access.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.address.Address;
import org.postrider.maps.Table;
import org.postrider.maps.TableDirectory;
import org.postrider.time.Clock;

/// The order of keys of access(5): the most special first, domains up to the last label.
class AccessTableTest {
    @TempDir Path temp = Path.of("");
    private final AccessTable parents = new AccessTable(true, "", "<>");
    private final AccessTable dots = new AccessTable(false, "", "<>");

    @BeforeEach
    void write() throws IOException {
        Files.writeString(
                temp.resolve("t"),
                "a@b.example address\nb.example domain\nexample parent\n.example below\na@ local\n"
                        + "<> null\n");
    }

    private Table table() {
        return new TableDirectory(Clock.system(), "hash").open("texthash:" + temp.resolve("t"));
    }

    @Test
    void theMostSpecialKeyCounts() {
        assertEquals("address", parents.mail(table(), new Address("a@b.example")));
        assertEquals("domain", parents.mail(table(), new Address("x@b.example")));
        assertEquals("local", parents.mail(table(), new Address("a@elsewhere.test")));
        assertNull(parents.mail(table(), new Address("x@elsewhere.test")));
        assertEquals("null", parents.mail(table(), Address.NULL));
    }

    @Test
    void parentsAreAskedAsTheListSays() {
        assertEquals("parent", parents.domain(table(), "x.y.example"));
        assertEquals("below", dots.domain(table(), "x.y.example"));
        assertEquals("domain", parents.domain(table(), "c.b.example"));
        assertNull(parents.domain(table(), "example.test"));
    }
}
