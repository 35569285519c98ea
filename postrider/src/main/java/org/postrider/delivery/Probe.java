package org.postrider.delivery;

import org.jspecify.annotations.Nullable;
import org.postrider.message.Content;
import org.postrider.queue.Envelope;
import org.postrider.queue.Mark;
import org.postrider.queue.NewMessage;
import org.postrider.queue.QueueId;
import org.postrider.queue.QueuedMessage;
import org.postrider.queue.Recipient;

/// A message of our own that asks what would become of mail for its recipients
/// (ADDRESS_VERIFICATION_README). It goes the way of mail, routed as address_verify_transport_maps
/// and its like say, but it lies in no queue: nothing of it is delivered, it is tried once, nobody
/// is told of it but who asked, and a crash leaves nothing of it.
///
/// @param message as cleanup made it; its envelope is one that verifies
/// @param tooMany so many are asked for already that this one is put off
/// @param answers hears what became of it
public record Probe(NewMessage message, boolean tooMany, Answers answers) implements QueuedMessage {
    /// Who asked. Called on the threads of deliveries.
    public interface Answers {
        /// What would become of mail for a recipient, or for one that it stands for.
        ///
        /// @return the word for it in the log: `deliverable`, `undeliverable`
        String told(Recipient recipient, Outcome outcome);

        /// The pass over it has ended, and what was not told will not be. Once.
        void ended();
    }

    @Override
    public QueueId id() {
        return message.id();
    }

    @Override
    public Envelope envelope() {
        return message.envelope();
    }

    @Override
    public Content content() {
        return message.content();
    }

    @Override
    public boolean done(int recipient) {
        return false;
    }

    @Override
    public Mark.@Nullable Reason reason(int recipient) {
        return null;
    }

    @Override
    public long size() {
        return message.content().facts().size();
    }

    @Override
    public boolean held() {
        return false;
    }

    @Override
    public boolean forcedToExpire() {
        return false;
    }

    @Override
    public boolean delayWarned() {
        return false;
    }
}
