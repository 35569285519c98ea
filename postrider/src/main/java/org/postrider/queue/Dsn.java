package org.postrider.queue;

import org.jspecify.annotations.Nullable;

/// What the sender wants of notices about the whole message (RFC 3461 4.3, 4.4); what he wants
/// about one recipient stands with the [Recipient].
///
/// @param returned RET: what of the message comes back; null where not given
/// @param envelopeId ENVID, decoded; null where not given
/// @param report a report of the first pass is wanted (`sendmail -v`, `-bv`); null for none
public record Dsn(@Nullable Return returned, @Nullable String envelopeId, @Nullable Report report) {
    public static final Dsn NONE = new Dsn(null, null, null);

    public Dsn(@Nullable Return returned, @Nullable String envelopeId) {
        this(returned, envelopeId, null);
    }

    public Dsn withReport(@Nullable Report wanted) {
        return new Dsn(returned, envelopeId, wanted);
    }

    /// What the sender wants to be told of the first pass over a mail.
    public enum Report {
        /// Whether it could be delivered; nothing is.
        VERIFY,
        /// What became of each recipient.
        DELIVERY
    }

    /// What a notice of failure returns of the message.
    public enum Return {
        FULL,
        /// The header only.
        HDRS
    }
}
