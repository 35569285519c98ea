package org.postrider.delivery;

import java.util.List;
import org.postrider.log.LogTag;
import org.postrider.queue.QueuedMessage;

/// One message for one destination.
///
/// @param transport the master.cf service name
/// @param nexthop as resolved: `[127.0.0.1]:25`, a domain, or an error text
/// @param recipients indexes into the envelope
/// @param tag who speaks in the log about this delivery
public record DeliveryRequest(
        QueuedMessage message,
        String transport,
        String nexthop,
        List<Integer> recipients,
        LogTag tag) {
    public DeliveryRequest {
        recipients = List.copyOf(recipients);
    }
}
