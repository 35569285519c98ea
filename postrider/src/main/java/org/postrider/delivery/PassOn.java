package org.postrider.delivery;

import java.util.List;
import org.postrider.address.Quoting;
import org.postrider.delivery.Transports.Transport;
import org.postrider.dsn.Status;
import org.postrider.log.LogTag;
import org.postrider.log.MailLog;
import org.postrider.queue.Recipient;

/// Hands a recipient to another delivery agent and takes its word (deliver_pass(3)):
/// mailbox_transport and fallback_transport of local(8), best_mx_transport of smtp(8). Immutable;
/// any thread.
///
/// @param service `transport` or `transport:nexthop`; without a next hop it is the request's
public record PassOn(String service, Transports transports, MailLog log) {
    private static final Status LATER = new Status(4, 3, 0);

    /// Blocks until the other agent is done. One that it says nothing of is deferred. What it says
    /// is reported while it waits, in its own name: mail that it makes is durable, or known not to
    /// be, before it lets go of it.
    ///
    /// @param recipient the index in the request's envelope
    /// @param report hears of the recipient exactly once unless the agent throws
    public void pass(DeliveryRequest request, int recipient, Agent.Report report) {
        int colon = service.indexOf(':');
        String name = colon < 0 ? service : service.substring(0, colon);
        String nexthop = colon < 0 ? "" : service.substring(colon + 1);
        Recipient to = request.message().envelope().recipients().get(recipient);
        log.info(
                request.tag(),
                request.message().id()
                        + ": passing <"
                        + Quoting.rfc5321(to.address())
                        + "> to transport="
                        + name);
        Transport transport = transports.transport(name);
        if (transport == null || name.equals(request.transport())) {
            report.outcome(recipient, deferred("mail transport unavailable"));
            return;
        }
        if (request.message().envelope().verifies() && !transport.agent().verifies()) {
            String cannot = "transport " + name + " cannot tell without delivering the mail";
            report.outcome(recipient, deferred(cannot));
            return;
        }
        Long slot = transport.slots().take();
        LogTag tag =
                new LogTag(
                        transport.settings().text("syslog_name") + "/" + transport.program(), slot);
        try {
            Answer answer = new Answer(to, tag, report);
            transport
                    .agent()
                    .deliver(
                            new DeliveryRequest(
                                    request.message(),
                                    name,
                                    nexthop.isEmpty() ? request.nexthop() : nexthop,
                                    List.of(recipient),
                                    false,
                                    tag),
                            answer);
            if (!answer.said) {
                report.outcome(recipient, deferred("unknown mail transport error"));
            }
        } finally {
            transport.slots().give(slot);
        }
    }

    private static Outcome deferred(String text) {
        return new Outcome.Deferred(Outcome.Detail.local(LATER, "none", text));
    }

    /// Reports on, with the other agent's tag where nobody else spoke.
    private static final class Answer implements Agent.Report {
        private final Recipient to;
        private final LogTag tag;
        private final Agent.Report report;
        private boolean said;

        Answer(Recipient to, LogTag tag, Agent.Report report) {
            this.to = to;
            this.tag = tag;
            this.report = report;
        }

        @Override
        public void outcome(int recipient, Outcome outcome) {
            var alone = new Agent.Member(to.address(), to.original(), outcome, false, tag);
            outcome(recipient, outcome, List.of(alone));
        }

        @Override
        public boolean outcome(int recipient, Outcome outcome, List<Agent.Member> members) {
            if (said) {
                throw new IllegalArgumentException("a second outcome of " + to.address());
            }
            said = true;
            return report.outcome(recipient, outcome, members.stream().map(this::named).toList());
        }

        private Agent.Member named(Agent.Member m) {
            return m.tag() != null
                    ? m
                    : new Agent.Member(m.address(), m.original(), m.outcome(), m.made(), tag);
        }
    }
}
