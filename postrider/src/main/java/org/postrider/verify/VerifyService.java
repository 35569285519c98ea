package org.postrider.verify;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;

/// Tells whether mail for an address could be delivered. Any thread.
public interface VerifyService {
    /// @param text why, as a next hop or an agent said it
    /// @param until when this is believed no more, in seconds since 1970; 0 where nothing is known
    record Answer(AddressStatus status, String text, long until) {
        /// Nobody knows how long.
        public Answer(AddressStatus status, String text) {
            this(status, text, 0);
        }
    }

    /// How long who asks waits for an answer that is not known yet.
    ///
    /// @param polls how often it looks at most (address_verify_poll_count)
    /// @param delay between two looks at most (address_verify_poll_delay)
    record Patience(int polls, Duration delay) {}

    /// What is known of an address. Where that is nothing, or old, it is found out, and of what is
    /// not known the caller waits to hear.
    Answer ask(Address address, Patience patience);

    /// The services of a generation by name (`address_verify_service_name`).
    interface Directory {
        /// Null where there is none of this name.
        @Nullable VerifyService verify(String serviceName);
    }
}
