package org.postrider.local;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Quoting;
import org.postrider.delivery.Agent;
import org.postrider.delivery.DeliveryRequest;
import org.postrider.delivery.Outcome;
import org.postrider.delivery.Transports;
import org.postrider.delivery.Transports.Transport;
import org.postrider.dsn.Status;
import org.postrider.local.expand.Leaf;
import org.postrider.log.LogTag;
import org.postrider.log.MailLog;
import org.postrider.queue.Envelope;
import org.postrider.queue.Recipient;

/// Hands a recipient to another delivery agent (mailbox_transport, fallback_transport), whose word
/// it takes. Immutable.
record Passing(Transports transports, MailLog log) {
    private static final Status LATER = new Status(4, 3, 0);

    /// What the other agent says.
    ///
    /// @param tag who it is in the log; null where there is none
    record Answered(Outcome outcome, @Nullable LogTag tag) {}

    Answered pass(Leaf.Pass leaf, DeliveryRequest request, int recipient) {
        String service = leaf.service();
        int colon = service.indexOf(':');
        String name = colon < 0 ? service : service.substring(0, colon);
        String nexthop =
                colon < 0 || colon == service.length() - 1
                        ? request.nexthop()
                        : service.substring(colon + 1);
        Recipient to = leaf.way().to();
        log.info(
                request.tag(),
                request.message().id()
                        + ": passing <"
                        + Quoting.rfc5321(to.address())
                        + "> to transport="
                        + name);
        Transport transport = transports.transport(name);
        if (transport == null || name.equals(request.transport())) {
            return new Answered(deferred("mail transport unavailable"), null);
        }
        if (request.message().envelope().verifies() && !transport.agent().verifies()) {
            return new Answered(
                    deferred("transport " + name + " cannot tell without delivering the mail"),
                    null);
        }
        Long slot = transport.slots().take();
        LogTag tag =
                new LogTag(
                        transport.settings().text("syslog_name") + "/" + transport.program(), slot);
        try {
            return new Answered(delivered(transport, nexthop, request, recipient, to, tag), tag);
        } finally {
            transport.slots().give(slot);
        }
    }

    private static Outcome delivered(
            Transport transport,
            String nexthop,
            DeliveryRequest request,
            int recipient,
            Recipient to,
            LogTag tag) {
        Envelope envelope = request.message().envelope();
        List<Recipient> all = new ArrayList<>(envelope.recipients());
        all.set(recipient, to);
        Answer answer = new Answer();
        transport
                .agent()
                .deliver(
                        new DeliveryRequest(
                                new PassedMessage(request.message(), envelope.withRecipients(all)),
                                transport.name(),
                                nexthop,
                                List.of(recipient),
                                false,
                                tag),
                        answer);
        Outcome said = answer.said;
        return said == null ? deferred("unknown mail transport error") : said;
    }

    private static Outcome deferred(String text) {
        return new Outcome.Deferred(Outcome.Detail.local(LATER, "none", text));
    }

    /// Takes what is said of one recipient.
    private static final class Answer implements Agent.Report {
        private @Nullable Outcome said;

        @Override
        public void outcome(int recipient, Outcome outcome) {
            said = outcome;
        }
    }
}
