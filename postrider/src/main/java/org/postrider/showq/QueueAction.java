package org.postrider.showq;

import org.jspecify.annotations.Nullable;

/// What postsuper, and `postqueue -i`, do to queued messages.
public enum QueueAction {
    DELETE("delete", "removed"),
    HOLD("hold", "placed on hold"),
    RELEASE("release", "released from hold"),
    REQUEUE("requeue", "requeued"),
    EXPIRE("expire", "expired"),
    FLUSH("flush-id", "due now");

    private final String verb;
    private final String done;

    QueueAction(String verb, String done) {
        this.verb = verb;
        this.done = done;
    }

    /// As a request has it.
    public String verb() {
        return verb;
    }

    /// As Postfix tells of a message that it was done to: `placed on hold`.
    public String done() {
        return done;
    }

    /// True for a line of [QueueActions#act] about a message that this was done to.
    public boolean tellsOf(String line) {
        return line.endsWith(": " + done);
    }

    /// Null for a verb of none.
    public static @Nullable QueueAction of(String verb) {
        for (QueueAction each : values()) {
            if (each.verb.equals(verb)) {
                return each;
            }
        }
        return null;
    }
}
