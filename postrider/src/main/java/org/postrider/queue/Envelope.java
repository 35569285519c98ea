package org.postrider.queue;

import java.util.ArrayList;
import java.util.List;
import org.postrider.address.Address;
import org.postrider.address.Verp;

/// Everything about a message but its content: what `postcat -e` shows. Written as tagged,
/// versioned records; what this version does not know of them survives being copied.
///
/// @param arrivalMillis when receiving began
public record Envelope(
        Address sender, List<Recipient> recipients, long arrivalMillis, Attributes attributes) {
    public Envelope {
        recipients = recipients instanceof Recipient.Many ? recipients : List.copyOf(recipients);
    }

    public Origin origin() {
        return attributes.origin();
    }

    public Dsn dsn() {
        return attributes.dsn();
    }

    public Routing routing() {
        return attributes.routing();
    }

    /// Nothing of it may be delivered: what is asked is whether it could be (`sendmail -bv`).
    public boolean verifies() {
        return dsn().report() == Dsn.Report.VERIFY;
    }

    public Envelope withRecipients(List<Recipient> others) {
        return new Envelope(sender, others, arrivalMillis, attributes);
    }

    /// The same with another recipient in the place of one.
    public Envelope withRecipient(int index, Recipient other) {
        if (recipients instanceof Recipient.Many many) {
            return withRecipients(many.with(index, other));
        }
        List<Recipient> all = new ArrayList<>(recipients);
        all.set(index, other);
        return withRecipients(all);
    }

    public Envelope withAttributes(Attributes others) {
        return new Envelope(sender, recipients, arrivalMillis, others);
    }

    /// The sender as one recipient's server sees it: after XVERP it names the recipient.
    public Address senderFor(Recipient recipient) {
        String delimiters = routing().verpDelimiters();
        if (delimiters == null || delimiters.length() != 2 || sender.isNull()) {
            return sender;
        }
        Address original = recipient.original();
        return Verp.sender(
                sender,
                original == null || original.isNull() ? recipient.address() : original,
                delimiters);
    }
}
