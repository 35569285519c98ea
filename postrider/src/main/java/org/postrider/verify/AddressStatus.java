package org.postrider.verify;

import org.jspecify.annotations.Nullable;
import org.postrider.delivery.Outcome;

/// What is known of an address. The order is that of the numbers in the cache's file.
public enum AddressStatus {
    /// Mail for it would be taken.
    DELIVERABLE,
    /// Nobody can say now.
    DEFERRED,
    /// Mail for it would be refused for good.
    UNDELIVERABLE,
    /// It is being found out.
    UNKNOWN;

    static AddressStatus of(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Sent _ -> DELIVERABLE;
            case Outcome.Deferred _ -> DEFERRED;
            case Outcome.Bounced _ -> UNDELIVERABLE;
        };
    }

    /// @return null for no number of a status
    static @Nullable AddressStatus ofNumber(long number) {
        AddressStatus[] all = values();
        return number < 0 || number >= all.length ? null : all[(int) number];
    }
}
