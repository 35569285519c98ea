package org.postrider.queue;

/// One message as the lists show it.
///
/// @param queueName incoming, active, deferred, hold or corrupt
public record Listing(String queueName, QueuedMessage message) {}
