package org.postrider.master;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.bounce.BounceService;
import org.postrider.cleanup.CleanupService;
import org.postrider.delivery.Agent;
import org.postrider.io.Connection;
import org.postrider.pickup.Pickup;
import org.postrider.rewrite.RewriteService;
import org.postrider.verify.VerifyService;

/// What a service does, once it is made.
public sealed interface Made {
    /// Answers a command on this machine; null for what takes none.
    default @Nullable Consumer<Connection> local() {
        return null;
    }

    /// Takes clients from the network.
    record Listens(Door door) implements Made {}

    /// Takes commands on this machine, or is woken by them.
    record Answers(Consumer<Connection> local) implements Made {}

    /// Delivers mail.
    record Delivers(Agent agent) implements Made {}

    /// Takes mail into the queue.
    record Cleans(CleanupService service) implements Made {}

    /// Rewrites and routes addresses.
    record Rewrites(RewriteService service) implements Made {}

    /// Tells senders what became of their mail.
    record Notifies(BounceService service) implements Made {}

    /// Verifies addresses.
    record Verifies(VerifyService service) implements Made {}

    /// Takes local submissions out of maildrop.
    ///
    /// @param wakeupSeconds how often it looks by itself; 0 for never
    record Submits(Pickup pickup, int wakeupSeconds, Consumer<Connection> local) implements Made {}

    /// Nothing by itself.
    record Nothing() implements Made {}
}
