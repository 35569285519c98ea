package org.postrider.sasl;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The connection that this server logs in on. Immutable.
///
/// @param service `smtp` or `lmtp`
/// @param client this server's name
/// @param server the name of the other side
/// @param required what a mechanism must fulfil
/// @param certificate within TLS this side showed a certificate of its own
/// @param binding what binds the login to the TLS connection; null where there is none
public record ClientChannel(
        String service,
        String client,
        String server,
        Set<SecurityOption> required,
        boolean certificate,
        @Nullable Binding binding) {
    /// @param type `tls-exporter` (RFC 9266) or `tls-server-end-point` (RFC 5929)
    public record Binding(String type, byte[] data) {}
}
