package org.postrider.log;

import org.jspecify.annotations.Nullable;

/// TLS with a client or with a server.
public sealed interface TlsEvent extends Event {
    /// Which end this machine is.
    enum End {
        SERVER("from", "SSL_accept error from "),
        CLIENT("to", "SSL_connect error to ");

        private final String direction;
        private final String failure;

        End(String direction, String failure) {
            this.direction = direction;
            this.failure = failure;
        }

        /// Seen from here.
        public String direction() {
            return direction;
        }

        /// Before the other's name.
        public String failure() {
            return failure;
        }
    }

    /// What the two agreed on.
    ///
    /// @param summary `TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)`
    /// @param exchange `key-exchange X25519 server-signature …`; empty where it is not told
    record Agreed(String protocol, String cipher, String summary, String exchange) {}

    /// `Anonymous TLS connection established from name[ip]: TLSv1.3 with cipher …`
    ///
    /// @param trust `Anonymous`, `Untrusted`, `Trusted`, `Verified`
    /// @param serverName that the client asked for, as far as it was served; null for none
    record Established(
            End end, String peer, String trust, @Nullable String serverName, Agreed agreed)
            implements TlsEvent {}

    /// A handshake failed: `SSL_accept error from name[ip]: -1`.
    ///
    /// @param reason `-1`, `lost connection`, `Connection timed out`
    record Failed(End end, String peer, String reason) implements TlsEvent {}

    /// The certificate of a client that must have a good one is none.
    record Unverified(String client, String reason) implements TlsEvent {}

    /// What the library says of a failed handshake.
    record LibraryProblem(String text) implements TlsEvent {
        @Override
        public Severity severity() {
            return Severity.WARNING;
        }
    }
}
