package org.postrider.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostsFileTest {
    @TempDir Path directory;

    private static InetAddress at(String literal) {
        return InetAddress.ofLiteral(literal);
    }

    @Test
    void theFirstNameOfTheFirstLineCounts() throws IOException {
        Path file = directory.resolve("hosts");
        Files.writeString(
                file,
                """
                # a comment
                127.0.0.1  localhost
                192.0.2.7\tMail.example.org mail # the machine
                192.0.2.7 other.example.org
                2001:db8::7 mail.example.org
                not-an-address x.example
                192.0.2.9
                """);
        HostsFile hosts = new HostsFile(file);
        assertEquals("Mail.example.org", hosts.name(at("192.0.2.7")));
        assertEquals("mail.example.org", hosts.name(at("2001:db8:0:0:0:0:0:7")));
        assertNull(hosts.name(at("192.0.2.9")));
        assertEquals(
                List.of(at("192.0.2.7"), at("2001:db8::7")), hosts.addresses("mail.EXAMPLE.org"));
        assertEquals(List.of(at("192.0.2.7")), hosts.addresses("mail"));
        assertEquals(List.of(), hosts.addresses("machine"));
        assertEquals(List.of(), hosts.addresses("x.example"));
    }

    @Test
    void whatIsChangedOrMissingIsSeenAtOnce() throws IOException {
        Path file = directory.resolve("hosts");
        HostsFile hosts = new HostsFile(file);
        assertNull(hosts.name(at("192.0.2.7")));
        Files.writeString(file, "192.0.2.7 a.example\n");
        assertEquals("a.example", hosts.name(at("192.0.2.7")));
        Files.writeString(file, "192.0.2.7 b.example\n");
        assertEquals("b.example", hosts.name(at("192.0.2.7")));
    }
}
