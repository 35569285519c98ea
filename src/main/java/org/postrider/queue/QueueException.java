package org.postrider.queue;

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

    public Kind kind() {
        return kind;
    }
}
