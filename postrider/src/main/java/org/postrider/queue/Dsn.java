package org.postrider.queue;

import org.jspecify.annotations.Nullable;

/// What the sender wants of notices about the whole message (RFC 3461 4.3, 4.4); what he wants
/// about one recipient stands with the [Recipient].
///
/// @param returned RET: what of the message comes back; null where not given
/// @param envelopeId ENVID, decoded; null where not given
public record Dsn(@Nullable Return returned, @Nullable String envelopeId) {
    public static final Dsn NONE = new Dsn(null, null);

    /// What a notice of failure returns of the message.
    public enum Return {
        FULL,
        /// The header only.
        HDRS
    }
}
