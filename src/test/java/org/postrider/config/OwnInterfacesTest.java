package org.postrider.config;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Which inet_interfaces postfix(1) begins with.
final class OwnInterfacesTest {
    private static void look(String interfaces) {
        look(interfaces, "all");
    }

    private static void look(String interfaces, String protocols) {
        MainCf cf =
                MainCf.parse(
                        Path.of("/c/main.cf"),
                        "inet_interfaces = %s\ninet_protocols = %s\n"
                                .formatted(interfaces, protocols));
        CommonParameters.interfaces(ServiceSettings.of(cf, Catalogue.load(), Map.of()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "all",
                "loopback-only",
                "127.0.0.1",
                "[127.0.0.1]",
                "127.0.0.20",
                "127.0.0.1, 127.1.2.3"
            })
    void whoseAddressesAreHere(String interfaces) {
        assertDoesNotThrow(() -> look(interfaces));
    }

    @Test
    void anAddressOfAnotherMachineIsNamed() {
        assertEquals(
                "parameter inet_interfaces: no local interface found for 192.0.2.77",
                assertThrows(ConfigException.class, () -> look("127.0.0.20 192.0.2.77"))
                        .getMessage());
    }

    /// One of a protocol that is not spoken is none, though a machine without it would have it.
    @ParameterizedTest
    @CsvSource({"::1, ipv4", "[::1], ipv4", "127.0.0.1, ipv6"})
    void anAddressOfAProtocolThatIsNotSpokenIsNoHost(String interfaces, String protocols) {
        assertEquals(
                "config variable inet_interfaces: host not found: " + interfaces,
                assertThrows(ConfigException.class, () -> look(interfaces, protocols))
                        .getMessage());
    }
}
