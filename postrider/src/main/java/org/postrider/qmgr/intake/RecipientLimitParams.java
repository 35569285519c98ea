package org.postrider.qmgr.intake;

import java.time.Duration;
import java.util.List;
import org.postrider.config.Param;

/// What the administrator can set about recipients in memory.
public final class RecipientLimitParams {
    public static final Param<Integer> MESSAGE_RECIPIENT_LIMIT =
            Param.integer(
                    "qmgr_message_recipient_limit",
                    "20000",
                    1,
                    0,
                    "How many recipients of messages under delivery may be in memory; those of"
                            + " larger messages are read as deliveries end.");
    public static final Param<Integer> MESSAGE_RECIPIENT_MINIMUM =
            Param.integer(
                    "qmgr_message_recipient_minimum",
                    "10",
                    1,
                    0,
                    "How many recipients of each message are read however many others have in"
                            + " memory.");
    public static final Param<Integer> RECIPIENT_LIMIT =
            Param.integer(
                    "default_recipient_limit",
                    "20000",
                    1,
                    0,
                    "How many recipients of messages that come to a second reading may be in memory"
                            + " for one transport. A transport has its own with"
                            + " <transport>_recipient_limit.");
    public static final Param<Integer> EXTRA_RECIPIENT_LIMIT =
            Param.integer(
                    "default_extra_recipient_limit",
                    "1000",
                    0,
                    0,
                    "How many more may be in memory for one transport, of messages that pass larger"
                            + " ones. <transport>_extra_recipient_limit for one transport.");
    public static final Param<Integer> RECIPIENT_REFILL_LIMIT =
            Param.integer(
                    "default_recipient_refill_limit",
                    "100",
                    1,
                    0,
                    "How many recipients of a large message must have been delivered to before more"
                            + " are read. <transport>_recipient_refill_limit for one transport.");
    public static final Param<Duration> RECIPIENT_REFILL_DELAY =
            Param.time(
                    "default_recipient_refill_delay",
                    "5s",
                    1,
                    0,
                    "After how long fewer recipients than the refill limit are read."
                            + " <transport>_recipient_refill_delay for one transport.");

    public static final Param<Integer> NOTICE_RECIPIENTS =
            Param.integer(
                    "postrider_notice_recipient_limit",
                    "10000",
                    1,
                    0,
                    "How many failed recipients one non-delivery notice may tell of; of more,"
                            + " several notices do.");

    private RecipientLimitParams() {}

    public static List<Param<?>> all() {
        return List.of(
                MESSAGE_RECIPIENT_LIMIT,
                MESSAGE_RECIPIENT_MINIMUM,
                RECIPIENT_LIMIT,
                EXTRA_RECIPIENT_LIMIT,
                RECIPIENT_REFILL_LIMIT,
                RECIPIENT_REFILL_DELAY,
                NOTICE_RECIPIENTS);
    }
}
