package org.postrider.master.listen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.config.ConfigException;
import org.postrider.config.MasterCf;
import org.postrider.config.ServiceSettings;

class InterfacesTest {
    @TempDir Path temp;

    private static ServiceSettings settings(String protocols, String interfaces) {
        return ServiceSettings.none()
                .with(Map.of("inet_protocols", protocols, "inet_interfaces", interfaces));
    }

    @Test
    void aMachineWithoutIpv6IsNotAskedForNothingElse() throws Exception {
        Path none = Files.writeString(temp.resolve("if_inet6"), "");
        for (Path file : new Path[] {none, temp.resolve("not-there")}) {
            ConfigException e =
                    assertThrows(
                            ConfigException.class,
                            () -> new Interfaces(settings("ipv6", "all"), file));
            assertEquals("inet_protocols = ipv6: this machine has no IPv6 address", e.getMessage());
        }
    }

    @Test
    void aServiceThatCouldListenNowhereIsRefusedWithItsLine() throws Exception {
        Path six = Files.writeString(temp.resolve("if_inet6"), "0001 01 80 10 80 lo\n");
        Path file =
                Files.writeString(
                        temp.resolve("master.cf"),
                        "2525 inet n - n - - smtpd\n127.0.0.1:2526 inet n - n - - smtpd\n");
        MasterCf cf = MasterCf.read(file);
        Interfaces interfaces = new Interfaces(settings("ipv6", "127.0.0.1"), six);
        for (int i = 0; i < 2; i++) {
            int n = i;
            ConfigException e =
                    assertThrows(
                            ConfigException.class,
                            () -> interfaces.listen(cf.services().get(n), file.toString()));
            assertEquals(
                    file
                            + ": line "
                            + (n + 1)
                            + ": no address to listen on: none of inet_interfaces is of"
                            + " inet_protocols",
                    e.getMessage());
        }
    }
}
