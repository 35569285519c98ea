package org.postrider.master;

import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.postrider.metrics.MetricsService;
import org.postrider.queue.Queue;
import org.postrider.queue.QueueReader;

/// How the server is, for who watches it. Any thread.
///
/// @param broken a part of it has ended that it cannot be without
/// @param closing it is being stopped
record ServerState(Queue queue, BooleanSupplier broken, BooleanSupplier closing)
        implements MetricsService.Server {
    @Override
    public QueueReader.Counts counts() {
        return queue.counts();
    }

    @Override
    public @Nullable String whyBroken() {
        return broken.getAsBoolean()
                ? "a part of the server has ended, and the server with it"
                : null;
    }

    @Override
    public @Nullable String whyUnready() {
        if (closing.getAsBoolean()) {
            return "the server is stopping";
        }
        return queue.marksWritable() ? null : "the queue cannot be written";
    }
}
