package org.postrider.postscreen;

import org.jspecify.annotations.Nullable;
import org.postrider.tls.TlsLogLevels;
import org.postrider.tls.TlsServer;

/// The TLS of the built-in engine (tlsproxy(8)'s work), as the caller makes it of the settings.
///
/// @param server null where none is wanted, or its certificate cannot be used
/// @param level none, may or encrypt
/// @param logLevels from 1 on a handshake is in the log; asked by address alone
public record Tls(@Nullable TlsServer server, String level, TlsLogLevels logLevels) {}
