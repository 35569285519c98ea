package org.postrider.control;

/// A part of the server's answer: lines, and at last how it went.
public sealed interface ControlReply {
    /// One line of what was asked for, or the reason of a refusal; octets as Latin-1, no line end.
    record Line(String text) implements ControlReply {}

    /// Nothing follows.
    record End(Result result) implements ControlReply {}

    /// How a request went.
    enum Result {
        DONE(0),
        /// The lines have the reason, where there is one.
        FAILED(1),
        /// No such request.
        UNKNOWN(64),
        /// Not by this user, or not at this socket.
        NOT_ALLOWED(77);

        private final int status;

        Result(int status) {
            this.status = status;
        }

        /// On the wire; as an exit status of a command.
        public int status() {
            return status;
        }
    }
}
