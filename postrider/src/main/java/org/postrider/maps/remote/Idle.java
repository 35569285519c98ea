package org.postrider.maps.remote;

import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Connections of one table that idle until they are used again. After [#close] none is kept: a
/// table that is asked once more, by a session that outlives its configuration, opens a connection
/// for that question only. Any thread.
final class Idle<T> implements AutoCloseable {
    private final int most;
    private final Consumer<T> closer;
    private final ConcurrentLinkedDeque<T> kept = new ConcurrentLinkedDeque<>();
    private volatile boolean closed;

    /// @param most that idle at a time
    /// @param closer lets go of one; throws nothing
    Idle(int most, Consumer<T> closer) {
        this.most = most;
        this.closer = closer;
    }

    /// The one used last; null if none idles.
    @Nullable T take() {
        return kept.pollFirst();
    }

    /// Keeps or closes it.
    void give(T connection) {
        if (closed || kept.size() >= most) {
            closer.accept(connection);
            return;
        }
        kept.addFirst(connection);
        if (closed) {
            closeKept();
        }
    }

    @Override
    public void close() {
        closed = true;
        closeKept();
    }

    private void closeKept() {
        for (T each = kept.pollFirst(); each != null; each = kept.pollFirst()) {
            closer.accept(each);
        }
    }
}
