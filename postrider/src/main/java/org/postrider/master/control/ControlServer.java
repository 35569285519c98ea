package org.postrider.master.control;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.control.ControlCodec;
import org.postrider.control.ControlReply;
import org.postrider.control.ControlReply.Result;
import org.postrider.control.ControlRequest;
import org.postrider.io.Connection;
import org.postrider.showq.Filter;

/// The server's side of a control socket ([ControlCodec]): one request of a connection, and its
/// reply as it is made. Any thread.
final class ControlServer {
    private static final long DEADLINE_MILLIS = 60_000;
    private static final int CHUNK = 4096;
    private static final int FULL = 32 << 10;

    /// Does what is asked.
    interface Handler {
        /// @param lines gets the answer, line by line
        Result handle(ControlRequest request, Consumer<String> lines);
    }

    /// Answers with a listing behind the reply.
    interface Lister {
        /// @return null where who asks may not have it
        @Nullable Consumer<Connection> listing(Filter filter);
    }

    private final Handler handler;
    private final Lister lister;
    private final int longest;

    /// @param longest octets of a request; a longer one is not answered
    ControlServer(Handler handler, Lister lister, int longest) {
        this.handler = handler;
        this.lister = lister;
        this.longest = longest;
    }

    /// A session. What is asked is done to its end, whether or not anybody listens any more.
    void session(Connection connection) {
        try {
            connection.deadline(DEADLINE_MILLIS);
            String line = line(connection);
            if (line != null) {
                answer(ControlCodec.decode(line), connection);
            }
        } catch (IOException e) {
            // who asked went away
        }
    }

    private void answer(ControlRequest asked, Connection connection) {
        Reply reply = new Reply(connection);
        Consumer<Connection> listing =
                asked instanceof ControlRequest.Listed(Filter filter)
                        ? lister.listing(filter)
                        : null;
        Result result =
                listing != null
                        ? Result.DONE
                        : asked instanceof ControlRequest.Listed
                                ? Result.NOT_ALLOWED
                                : handler.handle(asked, reply);
        reply.put(new ControlReply.End(result));
        reply.flush();
        if (listing != null) {
            listing.accept(connection);
        }
    }

    /// @return null where it ends before its LF, or is too long
    private @Nullable String line(Connection connection) throws IOException {
        byte[] buffer = new byte[Math.min(CHUNK, longest)];
        int filled = 0;
        while (filled == 0 || buffer[filled - 1] != '\n') {
            if (filled == buffer.length) {
                if (filled >= longest) {
                    return null;
                }
                buffer = Arrays.copyOf(buffer, Math.min(filled * 2, longest));
            }
            int n = connection.read(buffer, filled, buffer.length - filled);
            if (n < 0) {
                return null;
            }
            filled += n;
        }
        return new String(buffer, 0, filled - 1, StandardCharsets.ISO_8859_1);
    }

    /// Goes out in pieces, so that a long answer is never whole in memory.
    private static final class Reply implements Consumer<String> {
        private final Connection connection;
        private final ByteArrayOutputStream waiting = new ByteArrayOutputStream();
        private boolean gone;

        Reply(Connection connection) {
            this.connection = connection;
        }

        @Override
        public void accept(String line) {
            put(new ControlReply.Line(line));
            if (waiting.size() >= FULL) {
                flush();
            }
        }

        void put(ControlReply part) {
            if (!gone) {
                waiting.writeBytes(ControlCodec.encode(part));
            }
        }

        void flush() {
            byte[] octets = waiting.toByteArray();
            waiting.reset();
            try {
                if (!gone) {
                    connection.deadline(DEADLINE_MILLIS);
                    connection.write(octets, 0, octets.length);
                }
            } catch (IOException e) {
                gone = true;
            }
        }
    }
}
