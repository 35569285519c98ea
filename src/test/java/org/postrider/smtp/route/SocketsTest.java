package org.postrider.smtp.route;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Where a path of a next hop leads, by the chroot column of the service (lmtp(8)).
class SocketsTest {
    @ParameterizedTest
    @CsvSource({
        "false, private/lmtp, /q/private/lmtp",
        "false, /run/lmtp, /run/lmtp",
        "true, private/lmtp, /q/private/lmtp",
        "true, /run/lmtp, /q/run/lmtp",
        "true, //run/lmtp, /q/run/lmtp",
    })
    void itLiesWhereTheServiceSeesIt(boolean chrooted, String written, String there) {
        Server server = new Sockets("mx.example", Path.of("/q"), chrooted).at(written);
        assertEquals(UnixDomainSocketAddress.of(there), server.at());
        assertEquals("mx.example[" + written + "]", server.labelWithPort());
    }
}
