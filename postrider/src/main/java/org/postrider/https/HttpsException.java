package org.postrider.https;

import java.io.IOException;

/// Why there is no answer, with a text for people. What a server said is no part of it.
public final class HttpsException extends IOException {
    private static final long serialVersionUID = 1;

    private final Kind kind;

    /// At whom or what it failed.
    public enum Kind {
        /// A setting of ours cannot be used: no server was asked.
        SETTING,
        /// No address, or nobody there.
        UNREACHABLE,
        /// The server did not prove that it is the one that was asked for, or there was no
        /// handshake.
        CERTIFICATE,
        TIMED_OUT,
        TOO_LARGE,
        /// It broke off, or what it said is no HTTP.
        BROKEN
    }

    public HttpsException(Kind kind, String text) {
        super(text, null);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
