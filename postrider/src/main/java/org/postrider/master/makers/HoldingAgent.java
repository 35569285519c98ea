package org.postrider.master.makers;

import org.jspecify.annotations.Nullable;
import org.postrider.config.ConfigException;
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

    /// For a line that cannot be what it says; that is said in the log.
    public static Made of(Service service, Generation generation, ConfigException fault) {
        generation
                .warnings(service)
                .accept(
                        service.place()
                                + ": "
                                + problem(service, String.valueOf(fault.getMessage())));
        return new Made.Delivers(new HoldingAgent("mail system configuration error"));
    }

    /// What is wrong with a line, and what becomes of its mail.
    static String problem(Service service, String text) {
        return "service " + service.name() + ": " + text + "; mail routed there waits";
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
