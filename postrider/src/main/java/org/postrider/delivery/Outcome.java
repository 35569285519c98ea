package org.postrider.delivery;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.dsn.Status;
import org.postrider.queue.Mark;
import org.postrider.queue.NewMessage;

/// What became of one recipient in one attempt.
public sealed interface Outcome {
    Detail detail();

    /// Delivered or passed on; the next hop answers for it now, or mail that was made in its place.
    ///
    /// @param dsnSupported the next hop takes RFC 3461 parameters (else a `relayed` notice may be
    ///   owed)
    /// @param makes mail that stands for the recipient from now on (an alias's members, what is
    ///   forwarded), as cleanup prepared it. The queue manager makes it and the recipient's mark
    ///   durable together: both are there or neither, whenever the machine stops
    record Sent(Detail detail, boolean dsnSupported, List<NewMessage> makes) implements Outcome {
        public Sent {
            makes = List.copyOf(makes);
        }

        public Sent(Detail detail, boolean dsnSupported) {
            this(detail, dsnSupported, List.of());
        }
    }

    /// Try again later.
    ///
    /// @param held for something that is configured and that this version does not have: trying
    ///   again does not help, and the mail does not expire for it
    record Deferred(Detail detail, boolean held) implements Outcome {
        public Deferred(Detail detail) {
            this(detail, false);
        }
    }

    /// Failed for good: the sender is owed a notice.
    record Bounced(Detail detail) implements Outcome {}

    /// @param relay `host[ip]:port`, `none`, `local` …
    /// @param text what stands in `status=sent (text)` without the brackets
    /// @param action for the DSN text, e.g. `(in reply to RCPT TO command)`; empty for none.
    ///   [#FINAL] where a server took it that is the last on the way, [#RELAYED] where what took it
    ///   passes it on and is no server
    /// @param remoteMta for Remote-MTA, null where none answered
    /// @param diagnostic the remote reply, or, without a remoteMta, a command's output; null for
    ///   neither
    /// @param spent what it took
    record Detail(
            Status status,
            String relay,
            String text,
            String action,
            @Nullable String remoteMta,
            @Nullable String diagnostic,
            Spent spent) {
        /// Over a connection whose TLS is not said.
        public Detail(
                Status status,
                String relay,
                String text,
                String action,
                @Nullable String remoteMta,
                @Nullable String diagnostic,
                int connectionUse,
                long connectNanos,
                long transmitNanos) {
            this(
                    status,
                    relay,
                    text,
                    action,
                    remoteMta,
                    diagnostic,
                    new Spent(connectionUse, connectNanos, transmitNanos, ""));
        }

        /// The action of a delivery after which no other server follows.
        public static final String FINAL = Mark.Reason.FINAL;

        /// The action of a delivery to what passes the mail on.
        public static final String RELAYED = Mark.Reason.RELAYED;

        public static Detail local(Status status, String relay, String text) {
            return new Detail(status, relay, text, "", null, null, 1, 0, 0);
        }
    }

    /// What an attempt took, as far as its agent knows.
    ///
    /// @param connectionUse how often this connection has been used, 1 for a new one
    /// @param connectNanos time for set-up (c of delays=)
    /// @param transmitNanos time for transmission (d of delays=)
    /// @param tls what became of the connection's TLS, for the log; empty where it is not said
    record Spent(int connectionUse, long connectNanos, long transmitNanos, String tls) {}
}
