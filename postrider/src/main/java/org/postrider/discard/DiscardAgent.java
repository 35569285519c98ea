package org.postrider.discard;

import org.jspecify.annotations.Nullable;
import org.postrider.delivery.Agent;
import org.postrider.delivery.DeliveryRequest;
import org.postrider.delivery.Outcome;
import org.postrider.dsn.DsnSplit;
import org.postrider.dsn.Status;

/// Reports every recipient as sent, with the next hop as text, and drops the mail. Any thread.
public final class DiscardAgent implements Agent {
    private static final Status SENT = new Status(2, 0, 0);

    @Override
    public boolean verifies() {
        return true;
    }

    @Override
    public @Nullable Unavailable deliver(DeliveryRequest request, Report report) {
        DsnSplit split = DsnSplit.of(SENT, request.nexthop());
        Status status = split.status().success() ? split.status() : SENT;
        Outcome sent = new Outcome.Sent(Outcome.Detail.local(status, "none", split.text()), false);
        for (int recipient : request.recipients()) {
            report.outcome(recipient, sent);
        }
        return null;
    }
}
