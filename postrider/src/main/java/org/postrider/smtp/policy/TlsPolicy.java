package org.postrider.smtp.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.postrider.config.Param;
import org.postrider.smtp.ClientSettings;
import org.postrider.smtp.SmtpTlsParams;
import org.postrider.smtp.policy.TlsPolicyEntry.Attribute;
import org.postrider.smtp.route.Destination;
import org.postrider.smtp.route.Server;
import org.postrider.tls.TlsClientSettings;
import org.postrider.tls.TlsParams;
import org.postrider.tls.TlsServerSettings;

/// What is asked of TLS with one server of one next hop. A value: two sessions of equal policies
/// may carry each other's mail, others never do ([SessionKey]). [TlsPolicies] makes it; the names
/// that a certificate must have, and what else verifies a server, come in here with the levels that
/// want them. Immutable.
///
/// @param level one that is built
/// @param speaks protocols, ciphers, and whose certificates are trusted
/// @param serverName the name asked for (SNI); empty for none. Before [#forServer] it may be
///   smtp_tls_servername's `hostname` or `nexthop`
/// @param reuse a session within TLS serves the next mail, too
public record TlsPolicy(
        TlsLevel level, TlsClientSettings speaks, String serverName, boolean reuse) {
    /// No TLS: nothing of what is said of it matters.
    static final TlsPolicy CLEAR =
            new TlsPolicy(
                    TlsLevel.NONE,
                    new TlsClientSettings(
                            "",
                            new TlsServerSettings.Ciphers("", null, "", List.of(), false),
                            List.of(),
                            new TlsClientSettings.Trust("", "", false, 0),
                            ""),
                    "",
                    false);

    /// By what one place says, and main.cf for what it leaves open.
    ///
    /// @throws org.postrider.config.ConfigException for a parameter that cannot be understood
    public static TlsPolicy of(ClientSettings settings, TlsLevel level, TlsPolicyEntry entry) {
        if (level == TlsLevel.NONE) {
            return CLEAR;
        }
        String reuse = entry.get(Attribute.CONNECTION_REUSE);
        String name = entry.get(Attribute.SERVERNAME);
        return new TlsPolicy(
                level,
                speaks(settings, level.required(), entry),
                name != null ? name : settings.get(SmtpTlsParams.SERVERNAME),
                reuse != null
                        ? reuse.equalsIgnoreCase("yes")
                        : settings.get(SmtpTlsParams.CONNECTION_REUSE));
    }

    private static TlsClientSettings speaks(
            ClientSettings settings, boolean required, TlsPolicyEntry entry) {
        String protocols = entry.get(Attribute.PROTOCOLS);
        List<String> groups = new ArrayList<>(settings.get(TlsParams.EECDH_AUTO_CURVES));
        groups.addAll(settings.get(TlsParams.FFDHE_AUTO_GROUPS));
        return new TlsClientSettings(
                protocols != null
                        ? protocols.replace(':', ',')
                        : settings.get(
                                required
                                        ? SmtpTlsParams.MANDATORY_PROTOCOLS
                                        : SmtpTlsParams.PROTOCOLS),
                ciphers(settings, required, entry),
                List.copyOf(groups),
                new TlsClientSettings.Trust(
                        settings.get(SmtpTlsParams.CAFILE),
                        settings.get(SmtpTlsParams.CAPATH),
                        settings.get(TlsParams.APPEND_DEFAULT_CA),
                        settings.get(SmtpTlsParams.SCERT_VERIFYDEPTH)),
                settings.get(SmtpTlsParams.FINGERPRINT_DIGEST));
    }

    /// Lists by grade; low and export are medium's since Postfix 3.9.
    private static TlsServerSettings.Ciphers ciphers(
            ClientSettings settings, boolean required, TlsPolicyEntry entry) {
        String grade =
                Objects.requireNonNullElseGet(
                        entry.get(Attribute.CIPHERS),
                        () ->
                                settings.get(
                                        required
                                                ? SmtpTlsParams.MANDATORY_CIPHERS
                                                : SmtpTlsParams.CIPHERS));
        Param<String> chosen =
                switch (grade.toLowerCase(Locale.ROOT)) {
                    case "high" -> TlsParams.HIGH_CIPHERLIST;
                    case "medium", "low", "export" -> TlsParams.MEDIUM_CIPHERLIST;
                    case "null" -> TlsParams.NULL_CIPHERLIST;
                    default -> null;
                };
        return new TlsServerSettings.Ciphers(
                grade,
                chosen == null ? null : settings.get(chosen),
                (chosen == null ? "" : chosen.name() + ", ")
                        + (required
                                ? settings.name(SmtpTlsParams.EXCLUDE_CIPHERS)
                                        + " or "
                                        + settings.name(SmtpTlsParams.MANDATORY_EXCLUDE_CIPHERS)
                                : settings.name(SmtpTlsParams.EXCLUDE_CIPHERS)),
                exclusions(settings, required, entry.get(Attribute.EXCLUDE)),
                false);
    }

    private static List<String> exclusions(
            ClientSettings settings, boolean required, @Nullable String own) {
        if (own != null) {
            return List.of(own.split("[:,\\s]+"));
        }
        List<String> out = new ArrayList<>(settings.get(SmtpTlsParams.EXCLUDE_CIPHERS));
        if (required) {
            out.addAll(settings.get(SmtpTlsParams.MANDATORY_EXCLUDE_CIPHERS));
        }
        return List.copyOf(out);
    }

    /// With the name that one server is asked for.
    TlsPolicy forServer(Destination to, Server server) {
        return switch (serverName) {
            case "hostname" -> named(server.name());
            case "nexthop" -> named(to.domain());
            default -> this;
        };
    }

    private TlsPolicy named(String name) {
        return new TlsPolicy(level, speaks, name, reuse);
    }

    /// Cheap, for it is asked once a mail; equal policies have equal ones.
    @Override
    public int hashCode() {
        return 31 * level.ordinal() + serverName.hashCode();
    }
}
