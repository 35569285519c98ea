package org.postrider.config;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The parameters that a service of master.cf brings with it: `<transport>_…` for delivery agents,
/// `<service>_time_limit` for pipe and spawn.
public final class Families {
    private static final List<String> AGENTS =
            List.of("smtp", "lmtp", "local", "virtual", "pipe", "error", "discard");

    /// Suffix and default, one after the other.
    private static final List<String> SUFFIXES =
            List.of(
                    "_delivery_slot_cost", "$default_delivery_slot_cost",
                    "_delivery_slot_discount", "$default_delivery_slot_discount",
                    "_delivery_slot_loan", "$default_delivery_slot_loan",
                    "_destination_concurrency_failed_cohort_limit",
                            "$default_destination_concurrency_failed_cohort_limit",
                    "_destination_concurrency_limit", "$default_destination_concurrency_limit",
                    "_destination_concurrency_negative_feedback",
                            "$default_destination_concurrency_negative_feedback",
                    "_destination_concurrency_positive_feedback",
                            "$default_destination_concurrency_positive_feedback",
                    "_destination_rate_delay", "$default_destination_rate_delay",
                    "_destination_recipient_limit", "$default_destination_recipient_limit",
                    "_extra_recipient_limit", "$default_extra_recipient_limit",
                    "_initial_destination_concurrency", "$initial_destination_concurrency",
                    "_minimum_delivery_slots", "$default_minimum_delivery_slots",
                    "_recipient_limit", "$default_recipient_limit",
                    "_recipient_refill_delay", "$default_recipient_refill_delay",
                    "_recipient_refill_limit", "$default_recipient_refill_limit",
                    "_transport_rate_delay", "$default_transport_rate_delay");

    private Families() {}

    /// Name and default text of each, sorted, for the services of one master.cf.
    public static Map<String, String> of(List<MasterEntry> services) {
        Map<String, String> out = new TreeMap<>();
        for (MasterEntry service : services) {
            if (!service.type().equals("unix")) {
                continue;
            }
            String name = service.service();
            String program = service.program();
            if (AGENTS.contains(program) && !program.equals("discard")) {
                for (int i = 0; i < SUFFIXES.size(); i += 2) {
                    out.put(name + SUFFIXES.get(i), SUFFIXES.get(i + 1));
                }
            }
            if (program.equals("pipe") || program.equals("spawn")) {
                out.put(name + "_time_limit", "$command_time_limit");
            }
        }
        return out;
    }
}
