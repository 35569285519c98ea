package org.postrider.command.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.log.DatagramReceiver;

/// What systemd hears, against a socket that stands for its own.
class ServiceManagerTest {
    @TempDir Path directory;

    private static void heard(String socket) throws Throwable {
        try (DatagramReceiver systemd = new DatagramReceiver(socket)) {
            ServiceManager manager = new ServiceManager(socket);
            manager.ready(4711);
            assertEquals("MAINPID=4711\nREADY=1", systemd.next());
            manager.reloading();
            String said = systemd.next();
            assertTrue(said.matches("RELOADING=1\nMONOTONIC_USEC=\\d+"), said);
            manager.ready(-1);
            assertEquals("READY=1", systemd.next());
            manager.stopping();
            assertEquals("STOPPING=1", systemd.next());
        }
    }

    @Test
    void aSocketOfAPathHearsHowItGoes() throws Throwable {
        heard(directory.resolve("notify").toString());
    }

    @Test
    void soDoesOneOfAnAbstractName() throws Throwable {
        heard("@" + directory.resolve("notify"));
    }

    @Test
    void nobodyIsToldWhereNobodyAsks() {
        new ServiceManager(null).ready(1);
        new ServiceManager("").ready(1);
    }

    @Test
    void aManagerThatIsGoneIsNoFault() {
        new ServiceManager(directory.resolve("gone").toString()).ready(1);
    }
}
