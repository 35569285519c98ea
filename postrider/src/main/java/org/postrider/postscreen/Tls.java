package org.postrider.postscreen;

import org.jspecify.annotations.Nullable;
import org.postrider.tls.TlsServer;

/// The TLS of the built-in engine (tlsproxy(8)'s work), as the caller makes it of the settings.
///
/// @param server null where none is wanted, or its certificate cannot be used
/// @param level none, may or encrypt
/// @param logLevel from 1 on each handshake is in the log
public record Tls(@Nullable TlsServer server, String level, int logLevel) {}
