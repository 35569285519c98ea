package org.postrider.config;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// The parameters that the services of master.cf bring with them, by the program of each.
///
/// @param byProgram which families a service of a program brings; none for one that is not there
public record Families(Map<String, Set<Family>> byProgram) {
    /// Parameters whose names begin with the service's.
    public enum Family {
        /// `<transport>_destination_concurrency_limit` and its like, of a delivery agent.
        TRANSPORT,
        /// `<service>_time_limit`, of what runs a command.
        TIME_LIMIT
    }

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

    public Families {
        byProgram = Map.copyOf(byProgram);
    }

    /// Name and default text of each, sorted, for the services of one master.cf.
    public Map<String, String> of(List<MasterEntry> services) {
        Map<String, String> out = new TreeMap<>();
        for (MasterEntry service : services) {
            String name = service.service();
            for (Family family : byProgram.getOrDefault(service.fields().get(7), Set.of())) {
                switch (family) {
                    case TRANSPORT -> {
                        for (int i = 0; i < SUFFIXES.size(); i += 2) {
                            out.put(name + SUFFIXES.get(i), SUFFIXES.get(i + 1));
                        }
                    }
                    case TIME_LIMIT -> out.put(name + "_time_limit", "$command_time_limit");
                }
            }
        }
        return out;
    }
}
