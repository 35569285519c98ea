package org.postrider.delivery;

import java.util.List;
import org.postrider.log.LogTag;
import org.postrider.queue.QueuedMessage;

/// One message for one destination.
///
/// @param transport the master.cf service name
/// @param nexthop as resolved: `[127.0.0.1]:25`, a domain, or an error text
/// @param recipients indexes into the envelope
/// @param more other mail for the destination is there or has just been delivered, so that a
///   session with it is worth keeping open (smtp_connection_cache_on_demand)
/// @param tag who speaks in the log about this delivery
public record DeliveryRequest(
        QueuedMessage message,
        String transport,
        String nexthop,
        List<Integer> recipients,
        boolean more,
        LogTag tag) {
    public DeliveryRequest {
        recipients = List.copyOf(recipients);
    }
}
