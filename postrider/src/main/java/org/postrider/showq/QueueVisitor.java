package org.postrider.showq;

import java.io.IOException;

/// Sees a queue listing go by: for each message `message`, then its `recipient`s.
public interface QueueVisitor {
    /// @param queueName maildrop, active, incoming, deferred or hold
    /// @param arrivalSeconds since 1970
    /// @param sender in external form; `MAILER-DAEMON` for the null sender
    void message(
            String queueName,
            String id,
            long arrivalSeconds,
            long size,
            boolean forcedToExpire,
            String sender)
            throws IOException;

    /// @param reason why it still waits; empty if there is none yet
    void recipient(String address, String reason) throws IOException;
}
