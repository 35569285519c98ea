package org.postrider.showq;

import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.queue.Login;
import org.postrider.queue.Mark;
import org.postrider.queue.Origin;

/// One message as a [Filter] sees it. Recipients are numbered from 0; only those that are owed
/// count.
public interface QueueEntry {
    /// maildrop, incoming, active, deferred, hold or corrupt
    String queueName();

    String id();

    long arrivalMillis();

    long size();

    Address sender();

    /// Null where it did not come from the network.
    Origin.@Nullable Client client();

    /// Null where nobody logged in.
    @Nullable Login login();

    /// How many recipients it has, settled ones included.
    int recipients();

    boolean owed(int recipient);

    Address recipient(int recipient);

    /// Null before the first attempt.
    Mark.@Nullable Reason reason(int recipient);
}
