package org.postrider.bounce;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.message.Content;
import org.postrider.queue.Envelope;
import org.postrider.queue.Mark;
import org.postrider.queue.QueueId;
import org.postrider.queue.QueuedMessage;
import org.postrider.queue.Recipient;

/// A message with the recipients that a report tells of in the place of its own. Immutable.
///
/// @param reasons name the recipients of this envelope
record ReportedMessage(QueuedMessage of, Envelope envelope, List<Mark.Reason> reasons)
        implements QueuedMessage {
    static ReportedMessage of(QueuedMessage message, List<BounceService.Fate> all) {
        List<Recipient> recipients = new ArrayList<>(all.size());
        List<Mark.Reason> reasons = new ArrayList<>(all.size());
        for (BounceService.Fate each : all) {
            Mark.Reason r = each.why();
            reasons.add(
                    new Mark.Reason(
                            recipients.size(),
                            r.status(),
                            r.text(),
                            r.relay(),
                            r.remoteMta(),
                            r.diagnostic(),
                            r.action()));
            recipients.add(each.to());
        }
        return new ReportedMessage(
                message, message.envelope().withRecipients(recipients), List.copyOf(reasons));
    }

    @Override
    public QueueId id() {
        return of.id();
    }

    @Override
    public Content content() {
        return of.content();
    }

    @Override
    public boolean done(int recipient) {
        return false;
    }

    @Override
    public Mark.@Nullable Reason reason(int recipient) {
        return reasons.get(recipient);
    }

    @Override
    public long size() {
        return of.size();
    }

    @Override
    public boolean held() {
        return of.held();
    }

    @Override
    public boolean forcedToExpire() {
        return of.forcedToExpire();
    }

    @Override
    public boolean delayWarned() {
        return of.delayWarned();
    }
}
