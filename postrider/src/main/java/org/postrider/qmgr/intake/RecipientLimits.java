package org.postrider.qmgr.intake;

import org.postrider.config.Settings;

/// How many recipients of messages under delivery may be in memory.
///
/// @param most of all messages (qmgr_message_recipient_limit)
/// @param least what a message may have whatever others take (qmgr_message_recipient_minimum)
/// @param perNotice of how many one notice tells
public record RecipientLimits(int most, int least, int perNotice) {
    /// Of one transport.
    ///
    /// @param most of all messages (default_recipient_limit)
    /// @param extra beyond that, for those that pass large ones (default_extra_recipient_limit)
    /// @param refill that many are read at a time (default_recipient_refill_limit)
    /// @param refillNanos or fewer after that time (default_recipient_refill_delay)
    public record OfTransport(int most, int extra, int refill, long refillNanos) {
        public static OfTransport of(Settings s, String transport) {
            return new OfTransport(
                    s.perTransport(
                            transport, "_recipient_limit", RecipientLimitParams.RECIPIENT_LIMIT),
                    s.perTransport(
                            transport,
                            "_extra_recipient_limit",
                            RecipientLimitParams.EXTRA_RECIPIENT_LIMIT),
                    s.perTransport(
                            transport,
                            "_recipient_refill_limit",
                            RecipientLimitParams.RECIPIENT_REFILL_LIMIT),
                    s.perTransport(
                                    transport,
                                    "_recipient_refill_delay",
                                    RecipientLimitParams.RECIPIENT_REFILL_DELAY)
                            .toNanos());
        }
    }

    public static RecipientLimits of(Settings s) {
        return new RecipientLimits(
                s.get(RecipientLimitParams.MESSAGE_RECIPIENT_LIMIT),
                s.get(RecipientLimitParams.MESSAGE_RECIPIENT_MINIMUM),
                s.get(RecipientLimitParams.NOTICE_RECIPIENTS));
    }
}
