package org.postrider.milter;

import org.postrider.wire.Reply;

/// What comes of an event that mail filters heard.
public sealed interface Answer {
    Answer GO_ON = new GoOn();

    /// Nobody minds.
    record GoOn() implements Answer {}

    /// The command, or the mail, is refused so; 421 ends the session. The text is checked: no line
    /// of it has a CR or LF.
    record Refused(Reply reply) implements Answer {}

    /// The mail goes to the hold queue.
    record Hold() implements Answer {}

    /// The mail is accepted and dropped.
    record Discard() implements Answer {}

    /// The session ends.
    record Shutdown() implements Answer {}
}
