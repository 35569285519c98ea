package org.postrider.smtp.policy;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.maps.Tables;
import org.postrider.rewrite.RewriteParams;
import org.postrider.smtp.ClientSettings;
import org.postrider.smtp.SmtpTlsParams;
import org.postrider.tls.TlsLogLevel;
import org.postrider.tls.TlsLogLevels;

/// How a transport comes to TLS, with every server alike. What is asked of one server is its
/// [TlsPolicy]. Immutable; any thread.
///
/// @param wrapped TLS from the first octet
/// @param portHint what to log about a port that wants `wrapped`; null for nothing
/// @param noteOffer log offers that are not taken
/// @param timeoutMillis for STARTTLS, and for the handshake
/// @param backoffMillis the age from which mail of [TlsLevel#MAY] goes in clear where TLS fails
public record ClientTls(
        boolean wrapped,
        TlsLogLevels logLevels,
        @Nullable String portHint,
        boolean noteOffer,
        long timeoutMillis,
        long backoffMillis) {
    private static final int SMTPS_PORT = 465;

    /// @param warnings get what is odd
    public static ClientTls of(ClientSettings settings, Tables tables, Consumer<String> warnings) {
        boolean wrapped = settings.get(SmtpTlsParams.WRAPPERMODE);
        boolean helpful = settings.get(RewriteParams.HELPFUL_WARNINGS);
        return new ClientTls(
                wrapped,
                TlsLogLevels.of(
                        settings.all(),
                        settings.own(SmtpTlsParams.LOGLEVEL_MAPS),
                        logLevel(settings, warnings),
                        tables,
                        warnings),
                wrapped || !helpful ? null : wantsWrapped(settings),
                settings.get(SmtpTlsParams.NOTE_STARTTLS_OFFER),
                settings.get(SmtpTlsParams.STARTTLS_TIMEOUT).toMillis(),
                settings.get(SmtpTlsParams.MINIMAL_BACKOFF_TIME).toMillis());
    }

    /// The level of servers that no table has.
    static int logLevel(ClientSettings settings, Consumer<String> warnings) {
        return TlsLogLevel.of(
                settings.name(SmtpTlsParams.LOGLEVEL),
                settings.get(SmtpTlsParams.LOGLEVEL),
                warnings);
    }

    private static String wantsWrapped(ClientSettings settings) {
        return "SMTPS wrappermode (TCP port 465) requires setting \""
                + settings.name(SmtpTlsParams.WRAPPERMODE)
                + " = yes\", and \""
                + settings.name(SmtpTlsParams.SECURITY_LEVEL)
                + " = encrypt\" (or stronger)";
    }

    /// What to log about a port; null for nothing.
    @Nullable String hint(int port) {
        return port == SMTPS_PORT ? portHint : null;
    }
}
