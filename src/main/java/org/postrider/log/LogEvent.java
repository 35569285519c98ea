package org.postrider.log;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What happens to mail.
public sealed interface LogEvent extends Event {
    /// `connect from name[ip]`
    record Connect(String client) implements LogEvent {}

    /// `disconnect from name[ip] ehlo=1 mail=1 … commands=5`
    record Disconnect(String client, String counts) implements LogEvent {}

    /// `QID: client=name[ip]` with further `, name=value`
    record Client(String queueId, String client, String more) implements LogEvent {}

    /// `QID: uid=1000 from=<x>` (pickup)
    record Pickup(String queueId, int uid, String sender) implements LogEvent {}

    /// `QID: message-id=<…>`
    record MessageId(String queueId, String messageId, boolean resent) implements LogEvent {}

    /// `QID: from=<x>, size=1, nrcpt=1 (queue active)`
    record Active(String queueId, String sender, long size, int recipients) implements LogEvent {}

    /// `QID: from=<x>, status=expired, returned to sender`
    record Expired(String queueId, String sender, boolean forced) implements LogEvent {}

    /// `QID: to=<x>, orig_to=<y>, relay=h[ip]:25, conn_use=2, delay=0.1, delays=0/0/0/0.1,
    /// dsn=2.0.0, status=sent (250 …)`
    ///
    /// @param delaysNanos a/b/c/d: before queue manager, in it, connection set-up, transmission
    record Delivery(
            String queueId,
            String recipient,
            @Nullable String originalRecipient,
            String relay,
            int connectionUse,
            long delayNanos,
            long[] delaysNanos,
            String dsn,
            String status,
            String reason)
            implements LogEvent {}

    /// `QID: removed`
    record Removed(String queueId) implements LogEvent {}

    /// `QID: sender non-delivery notification: QID2` (also `delay`, `delivery status`, `postmaster
    /// non-delivery notification`)
    record Notification(String queueId, String kind, String noticeId) implements LogEvent {}

    /// `NOQUEUE: reject: RCPT from name[ip]: 554 …; from=<> to=<> proto=ESMTP helo=<>`
    record Reject(String queueIdOrNoqueue, String action, String text) implements LogEvent {}

    /// Anything else, already in Postfix's words.
    record Line(String text) implements LogEvent {}

    /// The kinds of `counts` in [Disconnect], in Postfix's order.
    List<String> COUNTED =
            List.of(
                    "helo",
                    "ehlo",
                    "xclient",
                    "xforward",
                    "starttls",
                    "auth",
                    "mail",
                    "rcpt",
                    "data",
                    "bdat",
                    "rset",
                    "noop",
                    "vrfy",
                    "etrn",
                    "quit",
                    "unknown");
}
