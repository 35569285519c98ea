package org.postrider.queue;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.address.Verp;

/// Everything about a message but its content: what `postcat -e` shows. Written as tagged,
/// versioned records; names that this version does not know survive being copied.
///
/// @param arrivalMillis when receiving began
/// @param attributes Postfix's named attributes in order: `log_client_name`, `log_client_address`,
///   `log_client_port`, `log_message_origin`, `log_helo_name`, `log_protocol_name`, `client_name`
///   …, `sasl_method`, `sasl_username`, `sasl_sender`, `rewrite_context`, `content_filter`,
///   `redirect_to`, `encoding`, `envelope_id`, `ret_flags`, `smtputf8`, `requiretls`,
///   `verp_delims`, `trace_flags`
public record Envelope(
        Address sender,
        List<Recipient> recipients,
        long arrivalMillis,
        Map<String, String> attributes) {
    public Envelope {
        recipients = List.copyOf(recipients);
        attributes =
                java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(attributes));
    }

    public @Nullable String attribute(String name) {
        return attributes.get(name);
    }

    /// The sender as one recipient's server sees it: with `verp_delims` it names the recipient.
    public Address senderFor(Recipient recipient) {
        String delimiters = attribute("verp_delims");
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
