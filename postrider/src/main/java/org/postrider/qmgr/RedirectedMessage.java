package org.postrider.qmgr;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.maps.Fold;
import org.postrider.message.Content;
import org.postrider.queue.Envelope;
import org.postrider.queue.Mark;
import org.postrider.queue.QueueId;
import org.postrider.queue.QueuedMessage;
import org.postrider.queue.Recipient;

/// A message that REDIRECT sends elsewhere (access(5), header_checks(5)): one recipient stands for
/// all of them, under another address and with all else that was said of it. As in qmgr(8) it is
/// the first by domain and address. The file in the queue stays as it is.
///
/// @param envelope with the recipient's new address
record RedirectedMessage(QueuedMessage message, Envelope envelope) implements QueuedMessage {
    /// By domain, those without one last, then by address, whatever the case of letters.
    private static final Comparator<Address> ORDER =
            Comparator.comparing((Address a) -> a.domain().isEmpty())
                    .thenComparing(a -> Fold.lower(a.domain()))
                    .thenComparing(a -> Fold.lower(a.text()));

    /// Which recipient stands for all.
    ///
    /// @param owed at least one
    static int chosen(Envelope envelope, int[] owed) {
        int first = owed[0];
        for (int r : owed) {
            if (ORDER.compare(
                            envelope.recipients().get(r).address(),
                            envelope.recipients().get(first).address())
                    < 0) {
                first = r;
            }
        }
        return first;
    }

    static RedirectedMessage of(QueuedMessage message, int recipient, Address to) {
        Envelope e = message.envelope();
        List<Recipient> recipients = new ArrayList<>(e.recipients());
        Recipient r = recipients.get(recipient);
        Address original = r.original() == null ? r.address() : r.original();
        recipients.set(recipient, new Recipient(to, original, r.dsnNotify(), r.originalDsn()));
        return new RedirectedMessage(message, e.withRecipients(recipients));
    }

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
