package org.postrider.address;

/// Variable envelope return paths (Postfix VERP_README): the sender's address names the recipient,
/// so that a bounce shows whom it is about.
public final class Verp {
    private Verp() {}

    /// `list@our.example` for `user@their.example` is `list+user=their.example@our.example`.
    ///
    /// @param delimiters two characters: what parts the sender from the recipient, and what stands
    ///   for the recipient's `@`
    public static Address sender(Address sender, Address recipient, String delimiters) {
        StringBuilder out = new StringBuilder(sender.local());
        out.append(delimiters.charAt(0)).append(recipient.local());
        if (!recipient.domain().isEmpty()) {
            out.append(delimiters.charAt(1)).append(recipient.domain());
        }
        if (!sender.domain().isEmpty()) {
            out.append('@').append(sender.domain());
        }
        return new Address(out.toString());
    }
}
