package org.postrider.log;

import org.postrider.log.text.PostfixLines;

/// Something that happened, as a typed fact: what somebody counts, alarms on or follows a message
/// by. Each kind is one record; [PostfixLines] has Postfix's words for it, [JsonLines] its fields.
///
/// Texts are octets as chars, as they came from the network or from tables; whoever writes them
/// down makes them harmless. Addresses are in external form, without `<>`. No event carries a
/// password or an AUTH exchange (docs/decisions/0016).
public sealed interface Event
        permits SessionEvent,
                MailEvent,
                QueueEvent,
                DeliveryEvent,
                TlsEvent,
                ConfigurationEvent,
                Trouble,
                Event.Text {
    default Severity severity() {
        return Severity.INFO;
    }

    /// What the mail log says of it, after the process: with `warning: ` and its like.
    default String line() {
        return PostfixLines.text(this);
    }

    /// Free text, already in Postfix's words: what nobody counts.
    record Text(Severity severity, String text) implements Event {}
}
