package org.postrider.smtp.mail;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Quoting;
import org.postrider.delivery.Agent;
import org.postrider.delivery.DeliveryRequest;
import org.postrider.delivery.Outcome;
import org.postrider.delivery.Transports;
import org.postrider.delivery.Transports.Transport;
import org.postrider.dsn.Status;
import org.postrider.log.LogTag;
import org.postrider.log.MailLog;
import org.postrider.queue.Recipient;

/// Hands recipients to another delivery agent, one by one, and takes its word (best_mx_transport,
/// deliver_pass(3)). Immutable; any thread.
///
/// @param service `transport` or `transport:nexthop`
public record PassOn(String service, Transports transports, MailLog log) {
    private static final Status LATER = new Status(4, 3, 0);

    /// One that the other agent says nothing of is deferred.
    void pass(DeliveryRequest request, int recipient, Agent.Report report) {
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
        Long slot = transport.slots().take();
        LogTag tag =
                new LogTag(
                        transport.settings().text("syslog_name") + "/" + transport.program(), slot);
        try {
            Answer answer = new Answer();
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
            answer.tell(recipient, to, tag, report);
        } finally {
            transport.slots().give(slot);
        }
    }

    private static Outcome deferred(String text) {
        return new Outcome.Deferred(Outcome.Detail.local(LATER, "none", text));
    }

    /// What is said of one recipient.
    private static final class Answer implements Agent.Report {
        private @Nullable Outcome said;
        private @Nullable List<Agent.Member> members;

        @Override
        public void outcome(int recipient, Outcome outcome) {
            said = outcome;
        }

        @Override
        public boolean outcome(int recipient, Outcome outcome, List<Agent.Member> all) {
            said = outcome;
            members = all;
            return true;
        }

        /// In the other agent's name.
        void tell(int recipient, Recipient to, LogTag tag, Agent.Report report) {
            Outcome outcome = said;
            if (outcome == null) {
                report.outcome(recipient, deferred("unknown mail transport error"));
                return;
            }
            List<Agent.Member> all = members;
            if (all == null) {
                all = List.of(new Agent.Member(to.address(), to.original(), outcome, false, tag));
            } else {
                all =
                        all.stream()
                                .map(m ->
                                        m.tag() != null
                                                ? m
                                                : new Agent.Member(
                                                        m.address(),
                                                        m.original(),
                                                        m.outcome(),
                                                        m.made(),
                                                        tag))
                                .toList();
            }
            report.outcome(recipient, outcome, all);
        }
    }
}
