package org.postrider.log;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.log.file.Syslog;
import org.postrider.time.Clock;

/// Against a datagram socket that stands for the log daemon's.
class SyslogTest {
    private static final LogTag TAG = new LogTag("postfix/smtpd", 42);

    @TempDir Path directory;

    @Test
    void eachLineIsADatagramWithItsPriorityAndWithoutTheHost() throws Throwable {
        Path socket = directory.resolve("log");
        try (DatagramReceiver daemon = new DatagramReceiver(socket.toString())) {
            Logging logging = LogFiles.logging(Clock.system());
            PostfixLog.syslog(logging, socket, "mail");
            try (Events log = logging.events()) {
                log.info(TAG, "connect from a\nb[192.0.2.1]");
                log.warning(TAG, "odd");
                log.error(TAG, "bad");
                log.fatal(TAG, "worse");
            }
            String first = daemon.next();
            assertTrue(
                    first.matches(
                            "<22>[A-Z][a-z]{2} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d"
                                    + " postfix/smtpd\\[42\\]: connect from"
                                    + " a\\?b\\[192\\.0\\.2\\.1\\]"),
                    first);
            assertTrue(daemon.next().matches("<20>.*: warning: odd"));
            assertTrue(daemon.next().matches("<19>.*: error: bad"));
            assertTrue(daemon.next().matches("<18>.*: fatal: worse"));
            assertEquals("", daemon.next());
        }
    }

    @Test
    void aDaemonThatWasRestartedIsFoundAgain() throws Throwable {
        Path socket = directory.resolve("log");
        Syslog log = new Syslog(socket);
        byte[] line = "one\n".getBytes(ISO_8859_1);
        try (DatagramReceiver daemon = new DatagramReceiver(socket.toString())) {
            log.write(line, 0, line.length);
            assertEquals("one", daemon.next());
        }
        assertThrows(java.io.IOException.class, () -> log.write(line, 0, line.length));
        Files.delete(socket);
        try (DatagramReceiver daemon = new DatagramReceiver(socket.toString())) {
            log.write(line, 0, line.length);
            assertEquals("one", daemon.next());
        }
        log.close();
    }

    @Test
    void anUnknownFacilityIsRefused() {
        assertThrows(
                IllegalArgumentException.class,
                () -> PostfixLog.syslog(LogFiles.logging(Clock.system()), directory, "post"));
    }

    @Test
    void aLineIsCutWherePostfixCutsItAndHoldsOnlyUtf8() throws Exception {
        Path file = directory.resolve("log");
        try (Events log = LogFiles.mail(Clock.system(), file)) {
            log.info(TAG, "x".repeat(4000));
            log.info(TAG, "\u00c3\u00a9 \u00e9 \u00e2\u0082\u00ac \u00ed\u00a0\u0080 \u00c3");
        }
        java.util.List<String> lines = Files.readAllLines(file, ISO_8859_1);
        assertEquals("x".repeat(2000), lines.get(0).replaceFirst("^.*\\[42\\]: ", ""));
        assertEquals(
                "\u00c3\u00a9 ? \u00e2\u0082\u00ac ??? ?",
                lines.get(1).replaceFirst("^.*\\[42\\]: ", ""));
    }
}
