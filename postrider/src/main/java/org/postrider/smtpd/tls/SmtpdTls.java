package org.postrider.smtpd.tls;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ConfigException;
import org.postrider.config.Param;
import org.postrider.config.Settings;
import org.postrider.maps.Tables;
import org.postrider.smtpd.SmtpdParams;
import org.postrider.time.Clock;
import org.postrider.tls.TlsLogLevel;
import org.postrider.tls.TlsLogLevels;
import org.postrider.tls.TlsParams;
import org.postrider.tls.TlsServer;
import org.postrider.tls.TlsServerSettings;

/// What the TLS settings of one service come to.
///
/// @param server null where no TLS is wanted, or its certificate cannot be used
/// @param wanted the level is not none
/// @param required mail only within TLS
/// @param wrapped TLS from the first octet
/// @param certificateRequired no mail without a client's trusted certificate
/// @param certificateAsked clients are asked for one (smtpd_tls_ask_ccert)
public record SmtpdTls(
        @Nullable TlsServer server,
        boolean wanted,
        boolean required,
        boolean wrapped,
        boolean certificateRequired,
        boolean certificateAsked,
        TlsLogLevels logLevels) {
    /// @param warnings get what is odd, now and later
    public static SmtpdTls of(
            Settings settings, Tables tables, Clock clock, Consumer<String> warnings) {
        boolean wrapped = settings.get(SmtpdParams.TLS_WRAPPERMODE);
        String level = level(settings, warnings);
        boolean wanted = wrapped || !level.equals("none");
        boolean required = wrapped || level.equals("encrypt");
        boolean asked = settings.get(SmtpdTlsParams.ASK_CCERT);
        boolean certificate = settings.get(SmtpdTlsParams.REQ_CCERT);
        if (wanted && certificate && !required) {
            warnings.accept("Can't require client certs unless TLS is required");
        }
        TlsServer server = null;
        if (wanted) {
            try {
                server =
                        TlsServer.of(
                                setup(settings, required, asked || certificate && required, tables),
                                warnings,
                                clock);
            } catch (ConfigException e) {
                // As in Postfix the session goes on without; where TLS is required no mail passes.
                warnings.accept(e.getMessage() + ": disabling TLS support");
            }
        }
        return new SmtpdTls(
                server,
                wanted,
                required,
                wrapped,
                certificate && required,
                asked,
                TlsLogLevels.of(
                        settings,
                        SmtpdTlsParams.LOGLEVEL_MAPS,
                        TlsLogLevel.of(
                                SmtpdParams.TLS_LOGLEVEL.name(),
                                settings.get(SmtpdParams.TLS_LOGLEVEL),
                                warnings),
                        tables,
                        warnings));
    }

    /// What is wrong with files and settings, for `postfix check`: each with its file. Nothing
    /// where TLS is not wanted.
    public static List<String> problems(Settings settings, Clock clock) {
        List<String> out = new ArrayList<>();
        boolean wrapped = settings.get(SmtpdParams.TLS_WRAPPERMODE);
        String level = level(settings, out::add);
        if (wrapped || !level.equals("none")) {
            boolean required = wrapped || level.equals("encrypt");
            boolean asked =
                    settings.get(SmtpdTlsParams.ASK_CCERT)
                            || settings.get(SmtpdTlsParams.REQ_CCERT);
            out.addAll(TlsServer.problems(setup(settings, required, asked, null), clock));
        }
        return out;
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

    /// @param asked clients are asked for a certificate
    /// @param tables null for no tables of names
    static TlsServerSettings setup(
            Settings settings, boolean required, boolean asked, @Nullable Tables tables) {
        List<String> names = settings.get(SmtpdTlsParams.SERVER_SNI_MAPS);
        return new TlsServerSettings(
                settings.get(SmtpdParams.TLS_CHAIN_FILES),
                List.of(
                        settings.get(SmtpdParams.TLS_CERT_FILE),
                        settings.get(SmtpdParams.TLS_KEY_FILE),
                        settings.get(SmtpdParams.TLS_ECCERT_FILE),
                        settings.get(SmtpdParams.TLS_ECKEY_FILE)),
                settings.get(
                        required ? SmtpdParams.TLS_MANDATORY_PROTOCOLS : SmtpdParams.TLS_PROTOCOLS),
                ciphers(settings, required),
                groups(settings),
                new TlsServerSettings.Clients(
                        asked,
                        settings.get(SmtpdTlsParams.CAFILE),
                        settings.get(SmtpdTlsParams.CAPATH),
                        settings.get(TlsParams.APPEND_DEFAULT_CA),
                        settings.get(SmtpdTlsParams.CCERT_VERIFYDEPTH),
                        settings.get(SmtpdTlsParams.FINGERPRINT_DIGEST)),
                names.isEmpty() || tables == null ? null : tables.chain(names),
                Math.toIntExact(settings.get(SmtpdTlsParams.SESSION_CACHE_TIMEOUT).toSeconds()));
    }

    /// Lists by grade; low and export are medium's since Postfix 3.9.
    private static TlsServerSettings.Ciphers ciphers(Settings settings, boolean required) {
        String grade =
                settings.get(required ? SmtpdTlsParams.MANDATORY_CIPHERS : SmtpdTlsParams.CIPHERS);
        Param<String> chosen =
                switch (grade.toLowerCase(Locale.ROOT)) {
                    case "high" -> TlsParams.HIGH_CIPHERLIST;
                    case "medium", "low", "export" -> TlsParams.MEDIUM_CIPHERLIST;
                    case "null" -> TlsParams.NULL_CIPHERLIST;
                    default -> null;
                };
        List<String> exclusions = new ArrayList<>(settings.get(SmtpdTlsParams.EXCLUDE_CIPHERS));
        if (required) {
            exclusions.addAll(settings.get(SmtpdTlsParams.MANDATORY_EXCLUDE_CIPHERS));
        }
        return new TlsServerSettings.Ciphers(
                grade,
                chosen == null ? null : settings.get(chosen),
                (chosen == null ? "" : chosen.name() + ", ")
                        + (required
                                ? "smtpd_tls_exclude_ciphers or smtpd_tls_mandatory_exclude_ciphers"
                                : "smtpd_tls_exclude_ciphers"),
                exclusions,
                settings.get(SmtpdTlsParams.PREEMPT_CIPHERLIST));
    }

    private static List<String> groups(Settings settings) {
        List<String> out = new ArrayList<>();
        // Grades strong and ultra offer what auto does, as the installed Postfix shows.
        if (!settings.get(SmtpdTlsParams.EECDH_GRADE).equalsIgnoreCase("none")) {
            out.addAll(settings.get(TlsParams.EECDH_AUTO_CURVES));
        }
        out.addAll(settings.get(TlsParams.FFDHE_AUTO_GROUPS));
        return out;
    }
}
