package org.postrider.log;

import org.jspecify.annotations.Nullable;

/// Mail on its way out.
public sealed interface DeliveryEvent extends Event {
    /// The outcome for one recipient: `QID: to=<x>, orig_to=<y>, relay=h[ip]:25, conn_use=2,
    /// delay=0.1, delays=0/0/0/0.1, tls=may, dsn=2.0.0, status=sent (250 …)`.
    ///
    /// @param delaysNanos a/b/c/d: before queue manager, in it, connection set-up, transmission
    /// @param status `sent`, `deferred`, `bounced`, …
    /// @param reason what the server said, or we
    record Delivery(
            String queueId,
            String recipient,
            @Nullable String originalRecipient,
            Relay relay,
            long delayNanos,
            long[] delaysNanos,
            String dsn,
            String status,
            String reason)
            implements DeliveryEvent {}

    /// Over what it went.
    ///
    /// @param name `host[ip]:port`, `none`, `local` …
    /// @param use how often the connection was used
    /// @param tls what became of its TLS (smtp_log_tls_feature_status); empty where it is not said
    record Relay(String name, int use, String tls) {}

    /// A server cannot be reached: `connect to h[ip]:25: Connection refused`.
    record NoConnection(String server, String reason) implements DeliveryEvent {}

    /// A server would not take the message, or part of it, now; another is tried: `QID: host h[ip]
    /// said: 450 …`.
    record ServerRefused(String queueId, String text) implements DeliveryEvent {}

    /// Mail is routed to a service that master.cf does not have. Told of each once a minute.
    record NoTransport(String transport) implements DeliveryEvent {
        @Override
        public Severity severity() {
            return Severity.WARNING;
        }
    }

    /// A notice is queued: `QID: sender non-delivery notification: QID2`.
    ///
    /// @param kind `sender non-delivery`, `sender delay`, `sender delivery status`, `postmaster
    ///   non-delivery`
    record Notification(String queueId, String kind, String noticeId) implements DeliveryEvent {}
}
