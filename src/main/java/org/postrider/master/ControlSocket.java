package org.postrider.master;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.postrider.io.Connection;

/// The server's side of `private/control`: one request line of words parted by TAB, answer lines,
/// `=` TAB exit status. Only root and the server's own user get through the directory's mode.
/// `public/flush` speaks the same ([LocalUsers]).
final class ControlSocket {
    private static final int MOST = 1 << 20;
    private static final int CHUNK = 4096;

    /// Does what a request says.
    interface Verbs {
        /// @return the exit status; lines go to `out`
        int handle(List<String> words, StringBuilder out);
    }

    private final Verbs verbs;
    private final int most;

    ControlSocket(Verbs verbs) {
        this(verbs, MOST);
    }

    /// @param most octets of a request
    ControlSocket(Verbs verbs, int most) {
        this.verbs = verbs;
        this.most = most;
    }

    void session(Connection connection) {
        try {
            connection.deadline(60_000);
            byte[] buffer = new byte[Math.min(CHUNK, most)];
            int filled = 0;
            while (filled == 0 || buffer[filled - 1] != '\n') {
                if (filled == buffer.length) {
                    if (filled >= most) {
                        return;
                    }
                    buffer = Arrays.copyOf(buffer, filled * 2);
                }
                int n = connection.read(buffer, filled, buffer.length - filled);
                if (n < 0) {
                    return;
                }
                filled += n;
            }
            String line = new String(buffer, 0, filled - 1, StandardCharsets.ISO_8859_1);
            StringBuilder out = new StringBuilder();
            int status = verbs.handle(List.of(line.split("\t", -1)), out);
            out.append("=\t").append(status).append('\n');
            byte[] octets = out.toString().getBytes(StandardCharsets.ISO_8859_1);
            connection.write(octets, 0, octets.length);
        } catch (IOException e) {
            // the tool went away
        }
    }
}
