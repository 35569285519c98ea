package org.postrider.delivery;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.dsn.Status;
import org.postrider.log.LogTag;

/// A delivery agent: smtp, lmtp, local, pipe, error, discard … A master.cf service under any name.
public interface Agent {
    /// Tries each recipient once, reporting each outcome as soon as it is known. Blocking; on a
    /// virtual thread of its own. Must report every recipient of the request exactly once unless it
    /// throws; a throw defers those not reported.
    ///
    /// @return null, or why the whole destination is unavailable (it is then throttled)
    @Nullable Unavailable deliver(DeliveryRequest request, Report report);

    /// Whether it tells of mail that only verifies ([org.postrider.queue.Envelope#verifies]) what
    /// would become of it, and delivers nothing of it. One that does not is never asked.
    default boolean verifies() {
        return false;
    }

    /// Whether messages for one recipient that are delivered at the same time cost it less than one
    /// after another, and it sees itself to the destination's concurrency limit. One that does is
    /// given some of those that wait with the first one.
    default boolean gathers() {
        return false;
    }

    /// Takes outcomes. Called on the agent's thread.
    interface Report {
        /// One that makes mail is durable on return; where it cannot be, the recipient is deferred
        /// instead, and nothing of the mail is there. Either way the agent may let go of the mail.
        void outcome(int recipient, Outcome outcome);

        /// The same of a recipient that stood for others, or for whom others did it: what became of
        /// each of them stands in the log in the place of what became of the recipient.
        ///
        /// @return false where mail could not be made: the recipient is deferred, and of those
        ///   whose fate depended on it nothing is logged
        default boolean outcome(int recipient, Outcome outcome, List<Member> members) {
            outcome(recipient, outcome);
            return true;
        }
    }

    /// Who got, or did not get, the mail of a recipient.
    ///
    /// @param address as the log has it (`to=`)
    /// @param original whom the mail was for at first (`orig_to=`); null where that is not told
    /// @param outcome what became of it; what it makes is not looked at
    /// @param made it is true only if the mail is made that the recipient's outcome makes
    /// @param tag who speaks in the log; null for the agent itself
    record Member(
            Address address,
            @Nullable Address original,
            Outcome outcome,
            boolean made,
            @Nullable LogTag tag) {}

    /// The destination as such cannot be reached now.
    record Unavailable(Status status, String text) {}
}
