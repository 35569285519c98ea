package org.postrider.smtpd;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.config.Settings;
import org.postrider.maps.Tables;
import org.postrider.smtpd.tls.SmtpdTls;
import org.postrider.time.Clock;
import org.postrider.tls.TlsServer;

/// What smtpd's TLS settings come to, for who speaks SMTP in smtpd's place (postscreen).
///
/// @param server null where no TLS is wanted, or its certificate cannot be used
/// @param wanted the level is not none
/// @param required mail only within TLS
public record ServerTls(
        @Nullable TlsServer server, boolean wanted, boolean required, int logLevel) {
    /// Of a service's settings.
    ///
    /// @param warnings get what is odd, now and later
    public static ServerTls of(
            Settings settings, Tables tables, Clock clock, Consumer<String> warnings) {
        SmtpdTls tls = SmtpdTls.of(settings, tables, clock, warnings);
        return new ServerTls(tls.server(), tls.wanted(), tls.required(), tls.logLevels().ofAll());
    }
}
