package org.postrider.cleanup;

import org.postrider.message.MimeState;

/// Hears a message piece by piece as it goes through cleanup, and says what is to be done with each
/// one. [ContentChecks] are that today; what else hears messages (milters) gets the events that it
/// needs besides, from the session the earlier ones. Asked first whether a piece concerns it, so
/// that nothing is made for nobody. Any thread.
interface MailEvents {
    /// Whether a field of this header is heard.
    ///
    /// @param mime one of MIME's own
    boolean hearsHeader(Run run, MimeState.Block block, boolean mime);

    /// @param field folded lines separated by LF
    Action header(Run run, MimeState.Block block, boolean mime, String field);

    /// Whether a line of the body is heard.
    ///
    /// @param offset of the line within its part
    boolean hearsBody(Run run, long offset);

    Action body(Run run, String line);

    /// What to do with the piece; the rest is noted in the [Run].
    sealed interface Action {
        Action KEEP = new Keep();
        Action DROP = new Drop();

        /// Leave it.
        record Keep() implements Action {}

        /// Take it out.
        record Drop() implements Action {}

        /// A line before it.
        record Prepend(String line) implements Action {}

        /// Another in its place.
        record Replace(String text) implements Action {}
    }
}
