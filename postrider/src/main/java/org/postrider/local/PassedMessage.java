package org.postrider.local;

import org.jspecify.annotations.Nullable;
import org.postrider.message.Content;
import org.postrider.queue.Envelope;
import org.postrider.queue.Mark;
import org.postrider.queue.QueueId;
import org.postrider.queue.QueuedMessage;

/// A message as somebody sees it whom one of its recipients stood for: with another envelope. The
/// file in the queue stays as it is.
record PassedMessage(QueuedMessage message, Envelope envelope) implements QueuedMessage {
    @Override
    public QueueId id() {
        return message.id();
    }

    @Override
    public Content content() {
        return message.content();
    }

    @Override
    public boolean done(int recipient) {
        return message.done(recipient);
    }

    @Override
    public Mark.@Nullable Reason reason(int recipient) {
        return message.reason(recipient);
    }

    @Override
    public long size() {
        return message.size();
    }

    @Override
    public boolean held() {
        return message.held();
    }

    @Override
    public boolean forcedToExpire() {
        return message.forcedToExpire();
    }

    @Override
    public boolean delayWarned() {
        return message.delayWarned();
    }

    @Override
    public boolean keeps(long octets) {
        return message.keeps(octets);
    }

    @Override
    public void letsGo(long octets) {
        message.letsGo(octets);
    }

    @Override
    public boolean removed() {
        return message.removed();
    }
}
