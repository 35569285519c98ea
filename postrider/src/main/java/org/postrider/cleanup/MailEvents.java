package org.postrider.cleanup;

import org.postrider.message.ContentAction;
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

    /// What to do with the field; the rest is noted in the [Run].
    ///
    /// @param field folded lines separated by LF
    ContentAction header(Run run, MimeState.Block block, boolean mime, String field);

    /// Whether a line of the body is heard.
    ///
    /// @param offset of the line within its part
    boolean hearsBody(Run run, long offset);

    ContentAction body(Run run, String line);
}
