package org.postrider.qmgr;

import java.util.Arrays;
import java.util.Comparator;
import org.postrider.address.Address;
import org.postrider.maps.Fold;
import org.postrider.queue.Envelope;
import org.postrider.queue.QueuedMessage;
import org.postrider.queue.Recipient;

/// A message that REDIRECT sends elsewhere (access(5), header_checks(5)): one recipient stands for
/// all of them, under another address and with all else that was said of it. As in qmgr(8) it is
/// the first by domain and address.
final class RedirectedMessage {
    /// By domain, those without one last, then by address, whatever the case of letters.
    private static final Comparator<Address> ORDER =
            Comparator.comparing((Address a) -> a.domain().isEmpty())
                    .thenComparing(a -> Fold.lower(a.domain()))
                    .thenComparing(a -> Fold.lower(a.text()));

    private RedirectedMessage() {}

    /// Who is tried of those who are owed: all of them, or, where it is redirected, the one who
    /// stands for all and aliases that stand beside their members.
    static int[] tried(ActiveMessage m, int[] owed, Routing routing) {
        String to = m.queued.envelope().routing().redirectTo();
        if (to == null || to.isEmpty() || owed.length == 0) {
            return owed;
        }
        Envelope envelope = m.queued.envelope();
        int[] members =
                Arrays.stream(owed).filter(r -> !envelope.recipients().get(r).expanded()).toArray();
        if (members.length == 0) {
            return owed;
        }
        int chosen = chosen(envelope, members);
        m.queued = of(m.queued, chosen, routing.target(m, new Address(to)));
        return Arrays.stream(owed)
                .filter(r -> r == chosen || envelope.recipients().get(r).expanded())
                .toArray();
    }

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

    static QueuedMessage of(QueuedMessage message, int recipient, Address to) {
        Envelope e = message.envelope();
        Recipient r = e.recipients().get(recipient);
        Address original = r.original() == null ? r.address() : r.original();
        Recipient other = new Recipient(to, original, r.dsnNotify(), r.originalDsn());
        return message.under(e.withRecipient(recipient, other));
    }
}
