package org.postrider.queue;

import java.io.IOException;
import org.postrider.disk.Disk;

/// Local trouble with the queue's disk. Callers answer 452 (full) or 451, or defer.
public final class QueueException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /// What is wrong.
    public enum Kind {
        FULL,
        FAULT,
        CLOSED
    }

    private final Kind kind;

    public QueueException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    /// What a call to the disk failed with.
    public static QueueException of(IOException e) {
        return new QueueException(
                Disk.full(e) ? Kind.FULL : Kind.FAULT, "queue: " + e.getMessage(), e);
    }

    public Kind kind() {
        return kind;
    }
}
