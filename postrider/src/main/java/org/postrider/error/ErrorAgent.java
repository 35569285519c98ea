package org.postrider.error;

import org.jspecify.annotations.Nullable;
import org.postrider.delivery.Agent;
import org.postrider.delivery.DeliveryRequest;
import org.postrider.delivery.Outcome;
import org.postrider.dsn.DsnSplit;
import org.postrider.dsn.Status;

/// Fails every recipient with the next hop as text: for good (`error`) or for now (`retry`). The
/// text may begin with a status code; one of the wrong class keeps subject and detail under the
/// right class. Any thread.
public final class ErrorAgent implements Agent {
    private static final Status FOR_GOOD = new Status(5, 0, 0);
    private static final Status FOR_NOW = new Status(4, 0, 0);

    private final boolean retry;

    /// @param retry true for the service named `retry`
    public ErrorAgent(boolean retry) {
        this.retry = retry;
    }

    @Override
    public boolean verifies() {
        return true;
    }

    @Override
    public @Nullable Unavailable deliver(DeliveryRequest request, Report report) {
        Status otherwise = retry ? FOR_NOW : FOR_GOOD;
        DsnSplit split = DsnSplit.of(otherwise, request.nexthop());
        Status status = split.status().kind() == otherwise.kind() ? split.status() : otherwise;
        Outcome.Detail detail = Outcome.Detail.local(status, "none", split.text());
        Outcome outcome = retry ? new Outcome.Deferred(detail) : new Outcome.Bounced(detail);
        for (int recipient : request.recipients()) {
            report.outcome(recipient, outcome);
        }
        return null;
    }
}
