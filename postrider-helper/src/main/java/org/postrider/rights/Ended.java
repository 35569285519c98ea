package org.postrider.rights;

/// How a command ended.
///
/// @param how exit status or signal
/// @param output its first octets, as they came, one a char
/// @param wrote whether it took the whole content (one that does not is no fault: EPIPE)
public record Ended(How how, String output, boolean wrote) {
    public sealed interface How {
        record Exit(int status) implements How {}

        record Signal(int number) implements How {}

        /// It was killed, with all that it had started, because its time was over.
        record TimedOut() implements How {}
    }
}
