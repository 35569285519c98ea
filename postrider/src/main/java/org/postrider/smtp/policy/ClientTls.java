package org.postrider.smtp.policy;

import org.jspecify.annotations.Nullable;
import org.postrider.config.Settings;
import org.postrider.smtp.SmtpTlsParams;

/// How a transport comes to TLS, with every server alike. What is asked of one server is its
/// [TlsPolicy]. Immutable; any thread.
///
/// @param wrapped TLS from the first octet
/// @param helpful log a port that wants `wrapped`
/// @param noteOffer log offers that are not taken
/// @param timeoutMillis for STARTTLS, and for the handshake
/// @param backoffMillis the age from which mail of [TlsLevel#MAY] goes in clear where TLS fails
public record ClientTls(
        boolean wrapped,
        int logLevel,
        boolean helpful,
        boolean noteOffer,
        long timeoutMillis,
        long backoffMillis) {
    private static final int SMTPS_PORT = 465;

    public static ClientTls of(Settings settings) {
        return new ClientTls(
                settings.get(SmtpTlsParams.WRAPPERMODE),
                logLevel(settings.get(SmtpTlsParams.LOGLEVEL)),
                settings.get(SmtpTlsParams.HELPFUL_WARNINGS),
                settings.get(SmtpTlsParams.NOTE_STARTTLS_OFFER),
                settings.get(SmtpTlsParams.STARTTLS_TIMEOUT).toMillis(),
                settings.get(SmtpTlsParams.MINIMAL_BACKOFF_TIME).toMillis());
    }

    private static int logLevel(String text) {
        return text.matches("[0-9]") ? Integer.parseInt(text) : 0;
    }

    /// What to log about a port; null for nothing.
    @Nullable String hint(int port) {
        return port != SMTPS_PORT || wrapped || !helpful
                ? null
                : "SMTPS wrappermode (TCP port 465) requires setting \"smtp_tls_wrappermode = yes\","
                        + " and \"smtp_tls_security_level = encrypt\" (or stronger)";
    }
}
