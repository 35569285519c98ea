package org.postrider.master;

import org.postrider.bounce.BounceService;
import org.postrider.cleanup.CleanupService;
import org.postrider.delivery.Agent;
import org.postrider.pickup.Pickup;
import org.postrider.rewrite.RewriteService;

/// What a service does, once it is made.
public sealed interface Made {
    /// Takes clients.
    record Listens(Door door) implements Made {}

    /// Delivers mail.
    record Delivers(Agent agent) implements Made {}

    /// Takes mail into the queue.
    record Cleans(CleanupService service) implements Made {}

    /// Rewrites and routes addresses.
    record Rewrites(RewriteService service) implements Made {}

    /// Tells senders what became of their mail.
    record Notifies(BounceService service) implements Made {}

    /// Takes local submissions out of maildrop.
    record Submits(Pickup pickup) implements Made {}

    /// Nothing by itself.
    record Nothing() implements Made {}
}
