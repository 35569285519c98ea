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
import org.postrider.sts.StsPolicy;
import org.postrider.tls.ServerProof;
import org.postrider.tls.TlsClientSettings;
import org.postrider.tls.TlsParams;
import org.postrider.tls.TlsServerSettings;

/// What is asked of TLS with one server of one next hop. A value: two sessions of equal policies
/// may carry each other's mail, others never do ([SessionKey]). [TlsPolicies] makes it. Immutable.
///
/// @param level one that is built
/// @param speaks protocols, ciphers, and whose certificates are trusted
/// @param serverName the name asked for (SNI); empty for none. Before [#forServer] it may be
///   smtp_tls_servername's `hostname` or `nexthop`
/// @param proof what the server's certificate has to be. Before [#forServer] names in it may be
///   `hostname`, `nexthop` and `dot-nexthop`
/// @param reuse a session within TLS serves the next mail, too
/// @param sts the policy of the next hop's domain by which it is so; null for none
public record TlsPolicy(
        TlsLevel level,
        TlsClientSettings speaks,
        String serverName,
        ServerProof proof,
        boolean reuse,
        @Nullable StsPolicy sts) {
    /// No TLS: nothing of what is said of it matters.
    static final TlsPolicy CLEAR =
            new TlsPolicy(
                    TlsLevel.NONE,
                    new TlsClientSettings(
                            "",
                            new TlsServerSettings.Ciphers("", null, "", List.of(), false),
                            List.of(),
                            new TlsClientSettings.Trust("", "", false, 0),
                            "",
                            TlsClientSettings.Keys.NONE),
                    "",
                    ServerProof.NONE,
                    false,
                    null);

    /// By what one place says, and main.cf for what it leaves open.
    ///
    /// @throws org.postrider.config.ConfigException for a parameter that cannot be understood
    ///
    /// @param proof what the server's certificate has to be
    public static TlsPolicy of(
            ClientSettings settings, TlsLevel level, TlsPolicyEntry entry, ServerProof proof) {
        if (level == TlsLevel.NONE) {
            return CLEAR;
        }
        String reuse = entry.get(Attribute.CONNECTION_REUSE);
        return new TlsPolicy(
                level,
                speaks(settings, level, entry),
                serverName(settings, entry),
                proof,
                reuse != null
                        ? reuse.equalsIgnoreCase("yes")
                        : settings.get(SmtpTlsParams.CONNECTION_REUSE),
                null);
    }

    private static String serverName(ClientSettings settings, TlsPolicyEntry entry) {
        String own = entry.get(Attribute.SERVERNAME);
        return own != null ? own : settings.get(SmtpTlsParams.SERVERNAME);
    }

    private static TlsClientSettings speaks(
            ClientSettings settings, TlsLevel level, TlsPolicyEntry entry) {
        boolean required = level.required();
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
                ciphers(settings, level, entry),
                List.copyOf(groups),
                trust(settings, entry),
                settings.get(SmtpTlsParams.FINGERPRINT_DIGEST),
                new TlsClientSettings.Keys(
                        settings.get(SmtpTlsParams.CHAIN_FILES),
                        List.of(
                                settings.get(SmtpTlsParams.CERT_FILE),
                                settings.get(SmtpTlsParams.KEY_FILE),
                                settings.get(SmtpTlsParams.ECCERT_FILE),
                                settings.get(SmtpTlsParams.ECKEY_FILE))));
    }

    /// Policies of MTA-STS need the public authorities where no others are named.
    private static TlsClientSettings.Trust trust(ClientSettings settings, TlsPolicyEntry entry) {
        String file = settings.get(SmtpTlsParams.CAFILE);
        String directory = settings.get(SmtpTlsParams.CAPATH);
        boolean none = file.isEmpty() && directory.isEmpty();
        return new TlsClientSettings.Trust(
                file,
                directory,
                settings.get(TlsParams.APPEND_DEFAULT_CA) || (none && entry.ofSts()),
                settings.get(SmtpTlsParams.SCERT_VERIFYDEPTH));
    }

    /// Lists by grade; low and export are medium's since Postfix 3.9.
    private static TlsServerSettings.Ciphers ciphers(
            ClientSettings settings, TlsLevel level, TlsPolicyEntry entry) {
        boolean required = level.required();
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
                exclusions(settings, level, entry.get(Attribute.EXCLUDE)),
                false);
    }

    private static List<String> exclusions(
            ClientSettings settings, TlsLevel level, @Nullable String own) {
        List<String> out = new ArrayList<>();
        if (own != null) {
            out.addAll(List.of(own.split("[:,\\s]+")));
        } else {
            out.addAll(settings.get(SmtpTlsParams.EXCLUDE_CIPHERS));
            if (level.required()) {
                out.addAll(settings.get(SmtpTlsParams.MANDATORY_EXCLUDE_CIPHERS));
            }
        }
        if (level.required()) {
            out.add(level.verifies() ? "aNULL" : "eNULL");
        }
        return List.copyOf(out);
    }

    /// At a level of DANE, with what the DNS says of one server, whose name there is asked for.
    TlsPolicy proved(Dane.Outcome.Proved by) {
        return new TlsPolicy(by.level(), speaks, by.name(), by.proof(), reuse, null);
    }

    /// With the name that one server is asked for.
    TlsPolicy forServer(Destination to, Server server) {
        String name =
                switch (serverName) {
                    case "hostname" -> server.name();
                    case "nexthop" -> Proofs.nexthop(to, server);
                    default -> serverName;
                };
        ServerProof own = Proofs.forServer(proof, to, server);
        return name.equals(serverName) && own == proof
                ? this
                : new TlsPolicy(level, speaks, name, own, reuse, sts);
    }

    /// By a policy of MTA-STS. The server's name is looked at where it is not asked for, too: in
    /// trial (RFC 8461 5, "testing").
    TlsPolicy by(StsPolicy policy, Destination to, Server server) {
        ServerProof own =
                level.verifies()
                        ? proof
                        : Proofs.forServer(new ServerProof.Named(List.of("hostname")), to, server);
        return new TlsPolicy(level, speaks, serverName, own, reuse, policy);
    }

    /// Cheap, for it is asked once a mail; equal policies have equal ones.
    @Override
    public int hashCode() {
        return 31 * level.ordinal() + serverName.hashCode();
    }
}
