package org.postrider.master.makers;

import org.jspecify.annotations.Nullable;
import org.postrider.delivery.Agent;
import org.postrider.delivery.DeliveryRequest;
import org.postrider.delivery.Outcome;
import org.postrider.dsn.Status;
import org.postrider.master.Generation;
import org.postrider.master.Made;
import org.postrider.master.Service;

/// Stands for a delivery agent that is not built, or that cannot do what its settings ask: its mail
/// waits.
///
/// @param reason names the agent or the setting
public record HoldingAgent(String reason) implements Agent {
    /// For a line whose program is not built; nothing where no mail is routed to such a line.
    public static Made of(Service service, Generation generation) {
        return service.line().type().equals("unix")
                ? new Made.Delivers(
                        new HoldingAgent(
                                "delivery agent "
                                        + service.program().name()
                                        + " is not built yet in this version"))
                : new Made.Nothing();
    }

    @Override
    public boolean verifies() {
        return true;
    }

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
