package org.postrider.showq;

import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.io.Connection;
import org.postrider.pickup.Maildrop;
import org.postrider.queue.QueueException;
import org.postrider.queue.QueueReader;

/// The service on `public/showq`: one connection, one listing, then the end. Attributes are names
/// and values ended by NUL, a list of them by an empty name, the whole by one more (Postfix's
/// attr_print0). A client that stops reading is let go after the timeout.
public final class Showq {
    private static final int CHUNK = 32 << 10;

    private final QueueReader queue;
    private final Maildrop maildrop;
    private final long timeoutMillis;
    private final Consumer<String> warnings;

    /// @param timeoutMillis for each write (ipc_timeout)
    /// @param warnings told of listings that break off
    public Showq(
            QueueReader queue, Maildrop maildrop, long timeoutMillis, Consumer<String> warnings) {
        this.warnings = warnings;
        this.queue = queue;
        this.maildrop = maildrop;
        this.timeoutMillis = timeoutMillis;
    }

    /// Writes the listing; returns when it is written or the client has gone. Closes nothing. Runs
    /// on the session's thread.
    public void session(Connection connection) {
        session(connection, null);
    }

    /// The same of the messages that are wanted; null for all.
    public void session(Connection connection, @Nullable Wanted wanted) {
        try {
            Writer out = new Writer(connection);
            out.attribute("protocol", "mail_queue_list_protocol").end();
            QueueWalk.walk(queue, maildrop, wanted, out, warnings);
            out.finish();
        } catch (IOException e) {
            // The client has gone or does not read: there is nobody to tell.
        } catch (QueueException e) {
            // Its client sees a listing without an end.
            warnings.accept(String.valueOf(e.getMessage()));
        }
    }

    private final class Writer implements QueueVisitor {
        private final Connection connection;
        private final byte[] chunk = new byte[CHUNK];
        private int filled;
        private boolean open;

        Writer(Connection connection) {
            this.connection = connection;
        }

        @Override
        public void message(
                String queueName,
                String id,
                long arrivalSeconds,
                long size,
                boolean forcedToExpire,
                String sender)
                throws IOException {
            if (open) {
                end();
            }
            open = true;
            attribute("queue_name", queueName);
            attribute("queue_id", id);
            attribute("time", Long.toString(arrivalSeconds));
            attribute("size", Long.toString(size));
            attribute("forced_expire", forcedToExpire ? "1" : "0");
            attribute("sender", sender);
        }

        @Override
        public void recipient(String address, String reason) throws IOException {
            attribute("recipient", address);
            attribute("reason", reason);
        }

        void finish() throws IOException {
            if (open) {
                end();
            }
            end();
            flush();
        }

        Writer attribute(String name, String value) throws IOException {
            text(name);
            text(value);
            return this;
        }

        /// An empty name ends a list.
        void end() throws IOException {
            octet((byte) 0);
        }

        private void text(String text) throws IOException {
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                octet(c == 0 ? (byte) '?' : (byte) c);
            }
            octet((byte) 0);
        }

        private void octet(byte b) throws IOException {
            if (filled == chunk.length) {
                flush();
            }
            chunk[filled++] = b;
        }

        private void flush() throws IOException {
            if (filled > 0) {
                connection.deadline(timeoutMillis);
                connection.write(chunk, 0, filled);
                filled = 0;
            }
        }
    }
}
