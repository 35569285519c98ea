package org.postrider.log;

/// An event with when and to whom it happened.
///
/// @param wallMillis since 1970-01-01 UTC
/// @param tag who speaks
public record Occurrence(long wallMillis, LogTag tag, Event event) {
    public Severity severity() {
        return event.severity();
    }
}
