package org.postrider.sasl;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The connection that a client authenticates on. Immutable.
///
/// @param local our address
/// @param remote the client's
/// @param tls whether it is encrypted
/// @param endPoint `tls-server-end-point` of our certificate (RFC 5929), null for none
/// @param exporter `tls-exporter` (RFC 9266), null below TLS 1.3
/// @param certificateName who a verified client certificate says the client is, null for none
/// @param required what a mechanism must fulfil
public record Channel(
        String local,
        String remote,
        boolean tls,
        byte @Nullable [] endPoint,
        byte @Nullable [] exporter,
        @Nullable String certificateName,
        Set<SecurityOption> required) {}
