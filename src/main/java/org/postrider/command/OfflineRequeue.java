package org.postrider.command;

import org.jspecify.annotations.Nullable;
import org.postrider.config.ServiceSettings;
import org.postrider.queue.Spool;
import org.postrider.showq.QueueActions;

/// `postsuper -r` with the server down.
final class OfflineRequeue {
    private OfflineRequeue() {}

    /// Null: a requeued message goes through cleanup, which only a running server has.
    static QueueActions.@Nullable Requeue of(ServiceSettings settings, Spool spool) {
        return null;
    }
}
