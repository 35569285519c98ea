package org.postrider.pipe;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.address.Quoting;
import org.postrider.delivery.DeliveryRequest;
import org.postrider.maps.AddressMaps;
import org.postrider.maps.Fold;
import org.postrider.pipe.PipeLine.Option;
import org.postrider.queue.Envelope;
import org.postrider.queue.Login;
import org.postrider.queue.Origin;
import org.postrider.queue.QueuedMessage;
import org.postrider.queue.Recipient;

/// What the macros of a line stand for.
///
/// @param delimiters recipient_delimiter
record Values(PipeLine line, String delimiters) {
    /// @param sender with what stands for the null sender
    Map<String, String> of(DeliveryRequest request, Address sender) {
        QueuedMessage message = request.message();
        Envelope envelope = message.envelope();
        Map<String, String> out = new HashMap<>();
        String quoted = line.has(Option.QUOTE) ? Quoting.rfc5322(sender) : sender.text();
        out.put("sender", quoted);
        boolean fold = line.has(Option.FOLD_DOMAIN);
        out.put("nexthop", fold ? Fold.lower(request.nexthop()) : request.nexthop());
        out.put("size", Long.toString(message.size()));
        out.put("queue_id", message.id().text());
        Origin.Client client = envelope.origin().logged();
        if (client != null) {
            out.put("client_address", client.address());
            out.put("client_helo", client.helo());
            out.put("client_hostname", client.name());
            out.put("client_port", client.port() < 0 ? "" : Integer.toString(client.port()));
            out.put("client_protocol", client.protocol());
        }
        Login login = envelope.attributes().login();
        if (login != null) {
            String submitter = login.sender();
            out.put("sasl_method", login.method());
            out.put("sasl_username", login.username());
            out.put("sasl_sender", submitter == null ? "" : submitter);
        }
        return out;
    }

    Map<String, String> of(Recipient recipient, @Nullable Address original) {
        Address address = recipient.address();
        String local = local(address.local());
        String user = AddressMaps.withoutExtension(local, delimiters);
        Map<String, String> out = new HashMap<>();
        out.put("recipient", whole(address));
        out.put("original_recipient", original == null ? "" : whole(original));
        out.put("mailbox", local);
        out.put("user", user);
        out.put(
                "extension",
                user.length() < local.length() ? local.substring(user.length() + 1) : "");
        out.put("domain", domain(address.domain()));
        return out;
    }

    private String whole(Address address) {
        String domain = domain(address.domain());
        String local = local(address.local());
        Address folded = new Address(domain.isEmpty() ? local : local + "@" + domain);
        return line.has(Option.QUOTE) ? Quoting.rfc5322(folded) : folded.text();
    }

    private String local(String text) {
        return line.has(Option.FOLD_LOCAL) ? Fold.lower(text) : text;
    }

    private String domain(String text) {
        return line.has(Option.FOLD_DOMAIN) ? Fold.lower(text) : text;
    }
}
