package org.postrider.smtp;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ConfigException;
import org.postrider.config.Hold;
import org.postrider.config.Holds;
import org.postrider.config.Param;
import org.postrider.config.Settings;
import org.postrider.dsn.Status;
import org.postrider.time.Clock;
import org.postrider.tls.TlsClient;
import org.postrider.tls.TlsClientSettings;
import org.postrider.tls.TlsParams;
import org.postrider.tls.TlsServerSettings;

/// What the TLS settings of one transport come to. Immutable; any thread.
///
/// @param client null where no TLS is wanted or it cannot be had: at [Level#ENCRYPT] mail waits
/// @param refusal why mail waits without a connection; null where it need not
/// @param wrapped TLS from the first octet
/// @param serverName smtp_tls_servername
/// @param helpful log a port that wants `wrapped`
/// @param noteOffer log offers that are not taken
/// @param reuse sessions within TLS serve the next mail, too
/// @param backoffMillis the age from which mail of [Level#MAY] goes in clear where TLS fails
record SmtpTls(
        Level level,
        @Nullable TlsClient client,
        @Nullable Refusal refusal,
        boolean wrapped,
        String serverName,
        int logLevel,
        boolean helpful,
        boolean noteOffer,
        boolean reuse,
        long timeoutMillis,
        long backoffMillis) {
    /// How much is asked of a session.
    enum Level {
        NONE,
        MAY,
        ENCRYPT
    }

    /// @param warning for the log, the setting at fault
    /// @param notBuilt the fault is this version's, which cannot do what is asked
    record Refusal(Status status, String text, String warning, boolean notBuilt) {
        Refusal(Status status, String text, String warning) {
            this(status, text, warning, false);
        }
    }

    static final String NO_ENGINE = "TLS is required, but our TLS engine is unavailable";
    private static final int SMTPS_PORT = 465;
    static final Status TLS_TROUBLE = new Status(4, 7, 5);

    private static final String WRAPPED_NEEDS =
            "smtp_tls_wrappermode requires \"smtp_tls_security_level = encrypt\" (or stronger)";

    /// By main.cf alone.
    ///
    /// @param warnings get what is odd, now and later
    static SmtpTls of(Settings settings, Clock clock, Consumer<String> warnings) {
        return of(
                settings,
                TlsPolicy.plain("smtp_tls_security_level", word(settings)),
                clock,
                warnings);
    }

    /// By a destination's policy, and main.cf for what it leaves open.
    ///
    /// @param warnings get what is odd, now and later
    static SmtpTls of(Settings settings, TlsPolicy policy, Clock clock, Consumer<String> warnings) {
        boolean wrapped = settings.get(SmtpTlsParams.WRAPPERMODE);
        Level level = level(policy.level());
        Refusal refusal = null;
        String certificate = Holds.of(settings, Hold.CLIENT_TLS);
        if (level == null) {
            level = Level.ENCRYPT;
            refusal = unknown(policy);
        } else if (level != Level.NONE && certificate != null) {
            refusal = new Refusal(TLS_TROUBLE, certificate, certificate, true);
        } else if (wrapped && level != Level.ENCRYPT) {
            refusal =
                    new Refusal(
                            new Status(4, 3, 0),
                            "server unavailable or unable to receive mail",
                            WRAPPED_NEEDS);
        }
        TlsClient client = null;
        if (level != Level.NONE && refusal == null) {
            try {
                client = TlsClient.of(setup(settings, level, policy), warnings, clock);
            } catch (ConfigException e) {
                // As in Postfix: mail goes in clear where it may, else it waits.
                warnings.accept(e.getMessage() + ": disabling TLS support");
            }
        }
        return new SmtpTls(
                level,
                client,
                refusal,
                wrapped,
                policy.serverName() != null
                        ? policy.serverName()
                        : settings.get(SmtpTlsParams.SERVERNAME),
                logLevel(settings),
                settings.get(SmtpTlsParams.HELPFUL_WARNINGS),
                settings.get(SmtpTlsParams.NOTE_STARTTLS_OFFER),
                policy.reuse() != null
                        ? policy.reuse()
                        : settings.get(SmtpTlsParams.CONNECTION_REUSE),
                settings.get(SmtpTlsParams.STARTTLS_TIMEOUT).toMillis(),
                settings.get(SmtpTlsParams.MINIMAL_BACKOFF_TIME).toMillis());
    }

    /// What is wrong with files and settings, for `postfix check`: each with its file or parameter.
    static List<String> problems(Settings settings, Clock clock) {
        List<String> out = new ArrayList<>();
        SmtpTls made = of(settings, clock, out::add);
        if (made.refusal() != null) {
            out.add(made.refusal().warning());
        } else if (made.client() != null && made.client().fault() != null) {
            out.add(made.client().fault());
        }
        return out;
    }

    private static Refusal unknown(TlsPolicy policy) {
        String text =
                policy.where()
                        + (policy.known()
                                ? ": level \"" + policy.level() + "\" is not built yet"
                                : ": unknown level \"" + policy.level() + "\"");
        return new Refusal(
                TLS_TROUBLE, text, text + ": mail waits, it is not sent", policy.known());
    }

    /// The same, for mail that must not go.
    SmtpTls refusing(Refusal why) {
        return new SmtpTls(
                Level.ENCRYPT,
                null,
                why,
                wrapped,
                serverName,
                logLevel,
                helpful,
                noteOffer,
                reuse,
                timeoutMillis,
                backoffMillis);
    }

    /// The level's word; the old spellings count where there is none. Who asks for TLS by the old
    /// name has it against a level that is only the default, too (decision 0022).
    static String word(Settings settings) {
        String level = settings.get(SmtpTlsParams.SECURITY_LEVEL).toLowerCase(Locale.ROOT);
        boolean enforced = settings.get(SmtpTlsParams.ENFORCE_TLS);
        boolean said = settings.configured(SmtpTlsParams.SECURITY_LEVEL.name());
        if (!level.isEmpty() && (said || !enforced)) {
            return level;
        }
        if (enforced) {
            return settings.get(SmtpTlsParams.ENFORCE_PEERNAME) ? "verify" : "encrypt";
        }
        return settings.get(SmtpTlsParams.USE_TLS) ? "may" : "none";
    }

    /// Null for one that is not spoken here.
    private static @Nullable Level level(String word) {
        return switch (word) {
            case "none" -> Level.NONE;
            case "may" -> Level.MAY;
            case "encrypt" -> Level.ENCRYPT;
            default -> null;
        };
    }

    private static int logLevel(Settings settings) {
        String text = settings.get(SmtpTlsParams.LOGLEVEL);
        return text.matches("[0-9]") ? Integer.parseInt(text) : 0;
    }

    private static TlsClientSettings setup(Settings settings, Level level, TlsPolicy policy) {
        boolean required = level == Level.ENCRYPT;
        List<String> groups = new ArrayList<>(settings.get(TlsParams.EECDH_AUTO_CURVES));
        groups.addAll(settings.get(TlsParams.FFDHE_AUTO_GROUPS));
        return new TlsClientSettings(
                policy.protocols() != null
                        ? policy.protocols().replace(':', ',')
                        : settings.get(
                                required
                                        ? SmtpTlsParams.MANDATORY_PROTOCOLS
                                        : SmtpTlsParams.PROTOCOLS),
                ciphers(settings, required, policy),
                groups,
                settings.get(SmtpTlsParams.CAFILE),
                settings.get(SmtpTlsParams.CAPATH),
                settings.get(TlsParams.APPEND_DEFAULT_CA),
                settings.get(SmtpTlsParams.SCERT_VERIFYDEPTH),
                settings.get(SmtpTlsParams.FINGERPRINT_DIGEST));
    }

    /// Lists by grade; low and export are medium's since Postfix 3.9.
    private static TlsServerSettings.Ciphers ciphers(
            Settings settings, boolean required, TlsPolicy policy) {
        String grade =
                policy.ciphers() != null
                        ? policy.ciphers()
                        : settings.get(
                                required ? SmtpTlsParams.MANDATORY_CIPHERS : SmtpTlsParams.CIPHERS);
        Param<String> chosen =
                switch (grade.toLowerCase(Locale.ROOT)) {
                    case "high" -> TlsParams.HIGH_CIPHERLIST;
                    case "medium", "low", "export" -> TlsParams.MEDIUM_CIPHERLIST;
                    case "null" -> TlsParams.NULL_CIPHERLIST;
                    default -> null;
                };
        List<String> exclusions = new ArrayList<>();
        if (policy.exclusions() != null) {
            exclusions.addAll(policy.exclusions());
        } else {
            exclusions.addAll(settings.get(SmtpTlsParams.EXCLUDE_CIPHERS));
            if (required) {
                exclusions.addAll(settings.get(SmtpTlsParams.MANDATORY_EXCLUDE_CIPHERS));
            }
        }
        return new TlsServerSettings.Ciphers(
                grade,
                chosen == null ? null : settings.get(chosen),
                (chosen == null ? "" : chosen.name() + ", ")
                        + (required
                                ? "smtp_tls_exclude_ciphers or smtp_tls_mandatory_exclude_ciphers"
                                : "smtp_tls_exclude_ciphers"),
                exclusions,
                false);
    }

    /// What to log about a port, null for nothing.
    @Nullable String hint(int port) {
        return port != SMTPS_PORT || wrapped || !helpful
                ? null
                : "SMTPS wrappermode (TCP port 465) requires setting \"smtp_tls_wrappermode = yes\","
                        + " and \"smtp_tls_security_level = encrypt\" (or stronger)";
    }

    /// The name to ask a server for; empty for none.
    ///
    /// @param nexthop as it was resolved
    String serverName(Route.Server server, String nexthop) {
        return switch (serverName) {
            case "hostname" -> server.name();
            case "nexthop" -> domain(nexthop);
            default -> serverName;
        };
    }

    private static String domain(String nexthop) {
        int close = nexthop.startsWith("[") ? nexthop.indexOf(']') : -1;
        int colon = nexthop.lastIndexOf(':');
        return close > 0
                ? nexthop.substring(1, close)
                : colon > 0 ? nexthop.substring(0, colon) : nexthop;
    }
}
