package org.postrider.qmgr;

import java.time.Duration;
import org.postrider.config.Param;
import org.postrider.config.Settings;
import org.postrider.qmgr.rate.Feedback;

/// What bounds the deliveries of one transport, from `<transport>_…` parameters.
///
/// @param processLimit concurrent deliveries in all, 0 for no limit
/// @param initialConcurrency a destination's first window
/// @param concurrency its widest window, 0 for no limit
/// @param recipients per delivery, 0 for no limit
/// @param failedCohorts windows full of failures before it is dead, 0 for never
/// @param destinationDelayNanos pause between deliveries to a destination
/// @param transportDelayNanos pause between deliveries of the transport
/// @param deadNanos how long a dead destination is left alone
record Limits(
        int processLimit,
        int initialConcurrency,
        int concurrency,
        int recipients,
        Feedback positive,
        Feedback negative,
        int failedCohorts,
        long destinationDelayNanos,
        long transportDelayNanos,
        int slotCost,
        int slotLoan,
        int slotDiscount,
        int minimumSlots,
        long deadNanos) {

    static Limits of(Settings s, String transport, int processLimit) {
        boolean local = transport.equals("local");
        Param<Integer> concurrency =
                local
                        ? QmgrParams.LOCAL_DESTINATION_CONCURRENCY_LIMIT
                        : QmgrParams.DESTINATION_CONCURRENCY_LIMIT;
        Param<Integer> recipients =
                local
                        ? QmgrParams.LOCAL_DESTINATION_RECIPIENT_LIMIT
                        : QmgrParams.DESTINATION_RECIPIENT_LIMIT;
        String feedback = "_destination_concurrency_";
        String positive =
                s.perTransport(
                        transport, feedback + "positive_feedback", QmgrParams.POSITIVE_FEEDBACK);
        String negative =
                s.perTransport(
                        transport, feedback + "negative_feedback", QmgrParams.NEGATIVE_FEEDBACK);
        Duration destinationDelay =
                s.perTransport(
                        transport, "_destination_rate_delay", QmgrParams.DESTINATION_RATE_DELAY);
        Duration transportDelay =
                s.perTransport(transport, "_transport_rate_delay", QmgrParams.TRANSPORT_RATE_DELAY);
        boolean oneByOne = !destinationDelay.isZero();
        return new Limits(
                transportDelay.isZero() ? processLimit : 1,
                oneByOne
                        ? 1
                        : s.perTransport(
                                transport,
                                "_initial_destination_concurrency",
                                QmgrParams.INITIAL_DESTINATION_CONCURRENCY),
                oneByOne
                        ? 1
                        : s.perTransport(transport, "_destination_concurrency_limit", concurrency),
                s.perTransport(transport, "_destination_recipient_limit", recipients),
                Feedback.parse(transport + feedback + "positive_feedback", positive),
                Feedback.parse(transport + feedback + "negative_feedback", negative),
                s.perTransport(
                        transport,
                        "_destination_concurrency_failed_cohort_limit",
                        QmgrParams.FAILED_COHORT_LIMIT),
                destinationDelay.toNanos(),
                transportDelay.toNanos(),
                s.perTransport(transport, "_delivery_slot_cost", QmgrParams.DELIVERY_SLOT_COST),
                s.perTransport(transport, "_delivery_slot_loan", QmgrParams.DELIVERY_SLOT_LOAN),
                s.perTransport(
                        transport, "_delivery_slot_discount", QmgrParams.DELIVERY_SLOT_DISCOUNT),
                s.perTransport(
                        transport, "_minimum_delivery_slots", QmgrParams.MINIMUM_DELIVERY_SLOTS),
                s.get(QmgrParams.MINIMAL_BACKOFF_TIME).toNanos());
    }

    /// The window of a destination that is new or was dead until now.
    int firstWindow() {
        return concurrency > 0 ? Math.min(initialConcurrency, concurrency) : initialConcurrency;
    }
}
