package org.postrider.spawn;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.postrider.io.Connection;

/// Where commands' connections and the sessions that they are for find each other, by a number that
/// nobody guesses. Any thread.
public final class Meeting {
    private static final long PATIENCE_MILLIS = 5_000;

    private final SecureRandom random = new SecureRandom();
    private final Map<Long, Consumer<Connection>> expected = new ConcurrentHashMap<>();

    /// A command is to come.
    ///
    /// @param session what is done with its connection, on a thread of its own; it is closed then
    /// @return what the connection says first
    long expect(Consumer<Connection> session) {
        long number = random.nextLong();
        while (expected.putIfAbsent(number, session) != null) {
            number = random.nextLong();
        }
        return number;
    }

    /// It does not come any more, if it has not come.
    void forget(long number) {
        expected.remove(number);
    }

    /// Serves a connection to [org.postrider.rights.Rights#SERVED].
    public void session(Connection connection) {
        try {
            connection.deadline(PATIENCE_MILLIS);
            Consumer<Connection> session = expected.remove(number(connection));
            if (session != null) {
                connection.deadline(0);
                session.accept(connection);
            }
        } catch (IOException e) {
            // None of ours.
        }
    }

    private static long number(Connection connection) throws IOException {
        byte[] octets = new byte[Long.BYTES];
        int have = 0;
        while (have < octets.length) {
            int got = connection.read(octets, have, octets.length - have);
            if (got < 0) {
                throw new IOException("no number");
            }
            have += got;
        }
        return ByteBuffer.wrap(octets).getLong();
    }
}
