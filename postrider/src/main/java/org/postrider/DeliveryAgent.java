package org.postrider;

import java.io.IOException;

/// Delivers mail: what Postfix's `local` or `pipe` is to it, made by the program that embeds the
/// server. Mail is routed to it by the name it is given in [Postrider.Builder#agent], as to any
/// transport: by `transport_maps`, `default_transport`, `virtual_transport` and their like.
@FunctionalInterface
public interface DeliveryAgent {
    /// Delivers one message to the recipients that it is asked for, and says for each of them what
    /// became of it, as soon as that is known. Called on a virtual thread of its own, for several
    /// messages at a time as `<name>_destination_concurrency_limit` says; it may block.
    ///
    /// A recipient for which nothing is said is tried again later, and so are all such recipients
    /// when this throws, whatever it throws: all but an IOException is taken for a fault of the
    /// agent and has its stack in the log. What was said is durable some milliseconds later: after
    /// a crash just then the recipient is delivered to again.
    ///
    /// @param delivery the message, and where it goes
    /// @throws IOException when it cannot be delivered now; its message is in the log, and in the
    ///   notice to the sender if it never can
    void deliver(Delivery delivery) throws IOException;
}
