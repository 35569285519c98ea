package org.postrider.local.write;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Who listens as comsat(8) does hears of each mail, by one socket.
class BiffTest {
    private DatagramSocket comsat;
    private Biff biff;

    @BeforeEach
    void listen() throws IOException {
        comsat = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        comsat.setSoTimeout(120_000);
        biff = new Biff((InetSocketAddress) comsat.getLocalSocketAddress());
    }

    @AfterEach
    void close() {
        biff.close();
        comsat.close();
    }

    private void tell(String user, long at) {
        biff.tell(user, at, warning -> fail(warning));
    }

    /// @return the port that it came from
    private int hears(String text) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[100], 100);
        comsat.receive(packet);
        assertEquals(
                text + "\0",
                new String(packet.getData(), 0, packet.getLength(), StandardCharsets.US_ASCII));
        return packet.getPort();
    }

    @Test
    void theSocketIsKept() throws IOException {
        tell("anna", 0);
        int port = hears("anna@0");
        tell("bert", 1L << 40);
        assertEquals(port, hears("bert@1099511627776"));
    }

    @Test
    void whoIsInterruptedTakesTheSocketFromNobody() throws Exception {
        tell("anna", 0);
        hears("anna@0");
        Thread other =
                Thread.ofVirtual()
                        .start(() -> {
                            Thread.currentThread().interrupt();
                            biff.tell("carl", 1, warning -> {});
                        });
        assertTrue(other.join(java.time.Duration.ofSeconds(120)));
        tell("bert", 2);
        DatagramPacket packet = new DatagramPacket(new byte[100], 100);
        do {
            comsat.receive(packet);
        } while (packet.getData()[0] == 'c');
        assertEquals('b', packet.getData()[0]);
    }

    @Test
    void afterTheEndMailIsStillToldOf() throws IOException {
        tell("anna", 0);
        hears("anna@0");
        biff.close();
        tell("bert", 1);
        hears("bert@1");
        tell("carl", 2);
        hears("carl@2");
    }
}
