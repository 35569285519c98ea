package org.postrider.queue;

import org.postrider.message.Content;

/// A message to be made durable.
///
/// @param held straight into the hold queue
public record NewMessage(QueueId id, Envelope envelope, Content content, boolean held) {}
