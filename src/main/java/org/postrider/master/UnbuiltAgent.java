package org.postrider.master;

import org.jspecify.annotations.Nullable;
import org.postrider.delivery.Agent;
import org.postrider.delivery.DeliveryRequest;
import org.postrider.delivery.Outcome;
import org.postrider.dsn.Status;

/// Stands for a delivery agent that is accepted in master.cf and not built yet: its mail waits.
record UnbuiltAgent(String program) implements Agent {
    @Override
    public @Nullable Unavailable deliver(DeliveryRequest request, Report report) {
        Status status = new Status(4, 3, 0);
        String text = "delivery agent " + program + " is not built yet in this version";
        for (int recipient : request.recipients()) {
            report.outcome(
                    recipient, new Outcome.Deferred(Outcome.Detail.local(status, "none", text)));
        }
        return null;
    }
}
