package org.postrider.queue;

/// A queue id in Postfix's short (`4A1B2C3D4E`) or long pattern; unique over restarts.
public record QueueId(String text) {
    @Override
    public String toString() {
        return text;
    }
}
