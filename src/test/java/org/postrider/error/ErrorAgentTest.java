package org.postrider.error;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.postrider.address.Address;
import org.postrider.bounce.FakeMessage;
import org.postrider.delivery.DeliveryRequest;
import org.postrider.delivery.Outcome;
import org.postrider.discard.DiscardAgent;
import org.postrider.log.LogTag;
import org.postrider.queue.QueueId;
import org.postrider.queue.Recipient;

/// Expectations as real Postfix 3.7 logs them (`error:5.1.1 nobody here` and so on).
class ErrorAgentTest {
    private static String outcome(org.postrider.delivery.Agent agent, String nexthop) {
        List<String> out = new ArrayList<>();
        FakeMessage m =
                FakeMessage.of(
                        new QueueId("A"), "s@a.example", Recipient.of(new Address("r@b.example")));
        agent.deliver(
                new DeliveryRequest(
                        m, "error", nexthop, List.of(0), false, new LogTag("postfix/error", 1)),
                (r, o) ->
                        out.add(
                                switch (o) {
                                            case Outcome.Sent _ -> "sent ";
                                            case Outcome.Deferred _ -> "deferred ";
                                            case Outcome.Bounced _ -> "bounced ";
                                        }
                                        + o.detail().status()
                                        + " ("
                                        + o.detail().text()
                                        + ") "
                                        + o.detail().relay()));
        assertEquals(1, out.size());
        return out.getFirst();
    }

    @Test
    void aLeadingStatusBecomesTheRecipientsStatus() {
        ErrorAgent error = new ErrorAgent(false);
        assertEquals("bounced 5.1.1 (nobody here) none", outcome(error, "5.1.1 nobody here"));
        assertEquals(
                "deferred 4.7.9 (try later) none",
                outcome(new ErrorAgent(true), "4.7.9 try later"));
    }

    @Test
    void aTextWithoutStatusGetsTheDefault() {
        assertEquals(
                "bounced 5.0.0 (local delivery is disabled) none",
                outcome(new ErrorAgent(false), "local delivery is disabled"));
        assertEquals("deferred 4.0.0 (plain) none", outcome(new ErrorAgent(true), "plain"));
    }

    @Test
    void aStatusOfTheWrongClassIsIgnored() {
        assertEquals(
                "bounced 5.0.0 (soft in error) none",
                outcome(new ErrorAgent(false), "4.1.1 soft in error"));
        assertEquals("bounced 5.0.0 (hm) none", outcome(new ErrorAgent(false), "2.0.0 hm"));
        assertEquals(
                "deferred 4.0.0 (hard in retry) none",
                outcome(new ErrorAgent(true), "5.1.1 hard in retry"));
    }

    @Test
    void discardReportsSentWithItsText() {
        assertEquals("sent 2.0.0 (some note) none", outcome(new DiscardAgent(), "some note"));
    }
}
