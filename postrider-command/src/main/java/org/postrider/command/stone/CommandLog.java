package org.postrider.command.stone;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.postrider.io.UnixDatagram;
import org.postrider.time.Clock;

/// Commands of clients in the system's log (`smtp-sink -s`): facility mail, a line each. What finds
/// no log is lost, as with syslog(3). Any thread.
final class CommandLog {
    private static final String SOCKET = "/dev/log";
    private static final int MAIL = 2 << 3;
    private static final int INFO = 6;
    private static final int SHOWN = 100;
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("MMM ppd HH:mm:ss", Locale.ROOT);

    private final UnixDatagram socket = new UnixDatagram(SOCKET);
    private final Clock clock;
    private final String head;

    /// @param program whose lines they are
    CommandLog(String program, Clock clock) {
        this.clock = clock;
        head = " " + program + "[" + ProcessHandle.current().pid() + "]: ";
    }

    /// @param verb as the client wrote it
    /// @param text of which the first 100 octets are told
    synchronized void told(String verb, String text) {
        String shown = verb + " " + text.substring(0, Math.min(SHOWN, text.length()));
        StringBuilder line = new StringBuilder("<" + (MAIL | INFO) + ">");
        line.append(STAMP.format(now())).append(head);
        for (char c : shown.toCharArray()) {
            line.append(c < ' ' || c > '~' ? '?' : c);
        }
        byte[] octets = line.toString().getBytes(StandardCharsets.US_ASCII);
        try {
            socket.send(octets, 0, octets.length);
        } catch (IOException e) {
            // Nobody listens.
        }
    }

    private java.time.ZonedDateTime now() {
        return Instant.ofEpochMilli(clock.wallMillis()).atZone(Clock.zone());
    }
}
