package org.postrider.qmgr;

import java.time.Duration;
import java.util.List;
import org.postrider.config.Param;
import org.postrider.config.Settings;
import org.postrider.qmgr.rate.RateTables;

/// What the administrator can set about scheduling.
public final class QmgrParams {
    public static final Param<Integer> INITIAL_DESTINATION_CONCURRENCY =
            Param.integer(
                    "initial_destination_concurrency",
                    "5",
                    1,
                    0,
                    "How many deliveries to one destination may run at first.");
    public static final Param<Integer> DESTINATION_CONCURRENCY_LIMIT =
            Param.integer(
                    "default_destination_concurrency_limit",
                    "20",
                    0,
                    0,
                    "The most deliveries to one destination at a time; 0 for no limit. A transport"
                            + " has its own with <transport>_destination_concurrency_limit.");
    public static final Param<Integer> LOCAL_DESTINATION_CONCURRENCY_LIMIT =
            Param.integer(
                    "local_destination_concurrency_limit",
                    "2",
                    0,
                    0,
                    "How many deliveries by the local transport may run to one destination at"
                            + " once.");
    public static final Param<Integer> DESTINATION_RECIPIENT_LIMIT =
            Param.integer(
                    "default_destination_recipient_limit",
                    "50",
                    0,
                    0,
                    "The most recipients in one delivery; 1 makes each recipient a destination of"
                            + " its own. <transport>_destination_recipient_limit for one"
                            + " transport.");
    public static final Param<Integer> LOCAL_DESTINATION_RECIPIENT_LIMIT =
            Param.integer(
                    "local_destination_recipient_limit",
                    "1",
                    0,
                    0,
                    "How many recipients a delivery by the local transport has at most.");
    public static final Param<String> POSITIVE_FEEDBACK =
            Param.string(
                    "default_destination_concurrency_positive_feedback",
                    "1",
                    "How much a successful delivery widens a destination's window: a number,"
                            + " number/concurrency or number/sqrt_concurrency.");
    public static final Param<String> NEGATIVE_FEEDBACK =
            Param.string(
                    "default_destination_concurrency_negative_feedback",
                    "1",
                    "How much a delivery that finds the destination unreachable narrows its"
                            + " window.");
    public static final Param<Integer> FAILED_COHORT_LIMIT =
            Param.integer(
                    "default_destination_concurrency_failed_cohort_limit",
                    "1",
                    0,
                    0,
                    "After how many windows full of failures a destination counts as dead; 0 for"
                            + " never.");
    public static final Param<Duration> DESTINATION_RATE_DELAY =
            Param.time(
                    "default_destination_rate_delay",
                    "0s",
                    0,
                    0,
                    "The pause between deliveries to one destination, which then go one by one.");
    public static final Param<Duration> TRANSPORT_RATE_DELAY =
            Param.time(
                    "default_transport_rate_delay",
                    "0s",
                    0,
                    0,
                    "The pause between deliveries over one transport, whatever the destination.");
    public static final Param<Integer> DELIVERY_SLOT_COST =
            Param.integer(
                    "default_delivery_slot_cost",
                    "5",
                    0,
                    0,
                    "A large message lets small ones pass in front for one delivery in this many;"
                            + " 0 for none.");
    public static final Param<Integer> DELIVERY_SLOT_LOAN =
            Param.integer(
                    "default_delivery_slot_loan",
                    "3",
                    0,
                    0,
                    "Deliveries by which a small message may pass before they are earned.");
    public static final Param<Integer> DELIVERY_SLOT_DISCOUNT =
            Param.integer(
                    "default_delivery_slot_discount",
                    "50",
                    0,
                    100,
                    "Per cent of a small message's deliveries that need not be earned before it"
                            + " passes.");
    public static final Param<Integer> MINIMUM_DELIVERY_SLOTS =
            Param.integer(
                    "default_minimum_delivery_slots",
                    "3",
                    0,
                    0,
                    "A message that would earn fewer passes than this is not passed at all.");
    public static final Param<Duration> MINIMAL_BACKOFF_TIME =
            Param.time(
                    "minimal_backoff_time",
                    "300s",
                    1,
                    0,
                    "The least time between attempts, and how long a dead destination is left"
                            + " alone.");
    public static final Param<Duration> MAXIMAL_BACKOFF_TIME =
            Param.time(
                    "maximal_backoff_time",
                    "4000s",
                    1,
                    0,
                    "The most time between attempts; in between, mail waits as long as it is old.");
    public static final Param<Duration> QUEUE_RUN_DELAY =
            Param.time(
                    "queue_run_delay",
                    "300s",
                    1,
                    0,
                    "Deferred mail is not looked at more often than this.");
    public static final Param<Duration> MAXIMAL_QUEUE_LIFETIME =
            org.postrider.bounce.BounceParams.MAXIMAL_QUEUE_LIFETIME;
    public static final Param<Boolean> HELD_MAIL_EXPIRES =
            Param.bool(
                    "postrider_held_mail_expires",
                    "no",
                    "Mail that waits for an agent or a setting that this version does not have goes"
                            + " back after maximal_queue_lifetime as other mail does, and notices to"
                            + " nobody are dropped.");
    public static final Param<Duration> BOUNCE_QUEUE_LIFETIME =
            Param.time(
                    "bounce_queue_lifetime",
                    "5d",
                    0,
                    8_640_000,
                    "How long mail from the null sender is tried; it is then dropped.");
    public static final Param<Duration> DELAY_WARNING_TIME =
            org.postrider.bounce.BounceParams.DELAY_WARNING_TIME;
    public static final Param<Boolean> CONFIRM_DELAY_CLEARED =
            Param.bool(
                    "confirm_delay_cleared",
                    "no",
                    "Whether the sender who was told of a delay (delay_warning_time) is told when"
                            + " the mail is delivered after all.");
    public static final Param<Duration> TRANSPORT_RETRY_TIME =
            Param.time(
                    "transport_retry_time",
                    "60s",
                    1,
                    0,
                    "How often a missing delivery service is complained about.");
    public static final Param<Integer> MESSAGE_ACTIVE_LIMIT =
            Param.integer(
                    "qmgr_message_active_limit",
                    "20000",
                    1,
                    0,
                    "How many messages may be under delivery at a time; others wait in the"
                            + " queue.");
    public static final Param<Duration> CLOG_WARN_TIME =
            Param.time(
                    "qmgr_clog_warn_time",
                    "300s",
                    0,
                    0,
                    "How often it is said of a destination that its mail fills the active queue; 0"
                            + " for never.");
    public static final Param<List<String>> DEFER_TRANSPORTS =
            Param.list(
                    "defer_transports",
                    "",
                    "Transports whose mail waits until it is flushed or this is changed.");
    public static final Param<Boolean> SOFT_BOUNCE =
            Param.bool(
                    "soft_bounce",
                    "no",
                    "Keep mail in the queue that would otherwise be returned.");
    public static final Param<String> DEFAULT_FILTER_NEXTHOP =
            Param.string(
                    "default_filter_nexthop",
                    "",
                    "Where content_filter and FILTER lead that name no next hop; without one the"
                            + " recipient's domain is it.");
    public static final Param<String> DOUBLE_BOUNCE_SENDER =
            org.postrider.bounce.BounceParams.DOUBLE_BOUNCE_SENDER;

    private QmgrParams() {}

    /// Whether the limits of a transport's destinations are some.
    ///
    /// @throws org.postrider.config.ConfigException with file, line and name for one that is none
    public static void checkRates(Settings settings, String transport) {
        RateTables.limits(settings, transport);
    }

    public static List<Param<?>> all() {
        return List.of(
                INITIAL_DESTINATION_CONCURRENCY,
                DESTINATION_CONCURRENCY_LIMIT,
                LOCAL_DESTINATION_CONCURRENCY_LIMIT,
                DESTINATION_RECIPIENT_LIMIT,
                LOCAL_DESTINATION_RECIPIENT_LIMIT,
                POSITIVE_FEEDBACK,
                NEGATIVE_FEEDBACK,
                FAILED_COHORT_LIMIT,
                DESTINATION_RATE_DELAY,
                TRANSPORT_RATE_DELAY,
                DELIVERY_SLOT_COST,
                DELIVERY_SLOT_LOAN,
                DELIVERY_SLOT_DISCOUNT,
                MINIMUM_DELIVERY_SLOTS,
                MINIMAL_BACKOFF_TIME,
                MAXIMAL_BACKOFF_TIME,
                QUEUE_RUN_DELAY,
                BOUNCE_QUEUE_LIFETIME,
                CONFIRM_DELAY_CLEARED,
                TRANSPORT_RETRY_TIME,
                MESSAGE_ACTIVE_LIMIT,
                CLOG_WARN_TIME,
                DEFER_TRANSPORTS,
                SOFT_BOUNCE,
                DEFAULT_FILTER_NEXTHOP,
                HELD_MAIL_EXPIRES);
    }
}
