package org.postrider.milter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postrider.milter.wire.MilterException;

/// Where milters are looked for. What the log says of it is in src/test/twin/milterstages.case.
class MilterSocketsTest {
    private static List<SocketAddress> asked(String name, boolean chrooted) throws IOException {
        List<SocketAddress> asked = new ArrayList<>();
        MilterSockets sockets =
                new MilterSockets(
                        (to, _, _) -> {
                            asked.add(to);
                            throw new ConnectException("Connection refused");
                        },
                        new MilterSockets.Room(Path.of("/var/spool/postfix"), chrooted),
                        port -> port.equals("milter") ? 8891 : Integer.parseInt(port),
                        MilterSockets.budget());
        assertThrows(ConnectException.class, () -> sockets.connect(name, 1000, _ -> {}));
        return asked;
    }

    @ParameterizedTest
    @CsvSource({
        "unix:/run/x.sock, false, /run/x.sock",
        "unix:/run/x.sock, true, /var/spool/postfix/run/x.sock",
        "local://run/x.sock, true, /var/spool/postfix/run/x.sock",
        "unix:private/x, false, /var/spool/postfix/private/x",
        "UNIX:private/x, true, /var/spool/postfix/private/x",
        "inet:127.0.0.1:milter, true, /127.0.0.1:8891",
        "inet:[::1]:99, false, '/[0:0:0:0:0:0:0:1]:99'",
    })
    void aMilterIsLookedForWherePostfixWould(String name, boolean chrooted, String at)
            throws IOException {
        assertEquals(List.of(at), asked(name, chrooted).stream().map(Object::toString).toList());
    }

    @Test
    void aNameThatIsNoneReachesNobody() {
        for (String name : List.of("", ":", "inet", "inet:", ":x", "inet6:[::1]:1", "tcp:x:1")) {
            assertThrows(
                    MilterException.class,
                    () -> MilterSockets.nowhere().connect(name, 1000, _ -> {}),
                    name);
        }
    }
}
