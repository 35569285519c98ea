package org.postrider.smtpd;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ConfigException;
import org.postrider.config.Settings;
import org.postrider.tls.TlsServer;

/// What the TLS settings of one service come to.
///
/// @param server null where no TLS is wanted, or its certificate cannot be used
/// @param wanted the level is not none
/// @param required mail only within TLS
/// @param wrapped TLS from the first octet
record SmtpdTls(
        @Nullable TlsServer server,
        boolean wanted,
        boolean required,
        boolean wrapped,
        int logLevel) {
    static SmtpdTls of(Settings settings, Consumer<String> warnings) {
        boolean wrapped = settings.get(SmtpdParams.TLS_WRAPPERMODE);
        String level = level(settings, warnings);
        boolean wanted = wrapped || !level.equals("none");
        boolean required = wrapped || level.equals("encrypt");
        TlsServer server = null;
        if (wanted) {
            try {
                server = server(settings, required);
            } catch (ConfigException e) {
                // As in Postfix the session goes on without; where TLS is required no mail passes.
                warnings.accept(e.getMessage() + ": TLS is not available");
            }
        }
        return new SmtpdTls(server, wanted, required, wrapped, logLevel(settings));
    }

    private static String level(Settings settings, Consumer<String> warnings) {
        String level = settings.get(SmtpdParams.TLS_SECURITY_LEVEL);
        if (level.isEmpty()) {
            return settings.get(SmtpdParams.ENFORCE_TLS)
                    ? "encrypt"
                    : settings.get(SmtpdParams.USE_TLS) ? "may" : "none";
        }
        if (List.of("none", "may", "encrypt").contains(level)) {
            return level;
        }
        boolean stronger =
                List.of("dane", "dane-only", "fingerprint", "verify", "secure").contains(level);
        warnings.accept(
                "smtpd_tls_security_level: "
                        + (stronger ? "unsupported" : "unknown")
                        + " level \""
                        + level
                        + "\", using \"encrypt\"");
        return "encrypt";
    }

    private static int logLevel(Settings settings) {
        String text = settings.get(SmtpdParams.TLS_LOGLEVEL);
        return text.matches("[0-9]") ? Integer.parseInt(text) : 0;
    }

    private static TlsServer server(Settings settings, boolean required) {
        return TlsServer.of(
                settings.get(SmtpdParams.TLS_CHAIN_FILES),
                List.of(
                        settings.get(SmtpdParams.TLS_CERT_FILE),
                        settings.get(SmtpdParams.TLS_KEY_FILE),
                        settings.get(SmtpdParams.TLS_ECCERT_FILE),
                        settings.get(SmtpdParams.TLS_ECKEY_FILE)),
                settings.get(
                        required ? SmtpdParams.TLS_MANDATORY_PROTOCOLS : SmtpdParams.TLS_PROTOCOLS),
                required ? "smtpd_tls_mandatory_protocols" : "smtpd_tls_protocols");
    }
}
