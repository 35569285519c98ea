package org.postrider.master;

import org.jspecify.annotations.Nullable;
import org.postrider.delivery.Agent;
import org.postrider.delivery.DeliveryRequest;
import org.postrider.delivery.Outcome;
import org.postrider.dsn.Status;

/// Stands for a delivery agent that is not built, or that cannot do what its settings ask: its mail
/// waits.
///
/// @param reason names the agent or the setting
record HoldingAgent(String reason) implements Agent {
    @Override
    public @Nullable Unavailable deliver(DeliveryRequest request, Report report) {
        Status status = new Status(4, 3, 0);
        for (int recipient : request.recipients()) {
            report.outcome(
                    recipient,
                    new Outcome.Deferred(Outcome.Detail.local(status, "none", reason), true));
        }
        return null;
    }
}
