package org.postrider.log.file;

import java.io.IOException;
import java.nio.file.Path;
import org.postrider.io.UnixDatagram;

/// The system's log: one datagram a line to `/dev/log` (RFC 3164 as syslog(3) speaks it). Nothing
/// is opened before the first line; a log daemon that was restarted is found again.
public final class Syslog implements LineSink {
    private final UnixDatagram socket;

    public Syslog(Path path) {
        socket = new UnixDatagram(path.toString());
    }

    /// One line.
    @Override
    public int write(byte[] octets, int from, int to) throws IOException {
        int end = from;
        while (octets[end] != '\n') {
            end++;
        }
        socket.send(octets, from, end - from);
        return end + 1 - from;
    }

    @Override
    public void look() {
        // A datagram socket has nothing to rotate.
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
