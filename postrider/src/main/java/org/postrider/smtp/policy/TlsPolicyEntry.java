package org.postrider.smtp.policy;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ConfigException;
import org.postrider.config.Values;
import org.postrider.dns.HostName;
import org.postrider.smtp.ClientSettings;
import org.postrider.smtp.SmtpTlsParams;

/// What one place says of TLS: a value of smtp_tls_policy_maps or smtp_tls_per_site, or main.cf's
/// level. A level, and what counts over main.cf (TLS_README). Immutable.
///
/// @param where what says so, for the log
/// @param word the level's, lower case; of main.cf it may be one that names none
/// @param attributes as they are written
public record TlsPolicyEntry(String where, String word, Map<Attribute, List<String>> attributes) {
    private static final String STS = "MTA-STS policy";

    /// What may follow a level.
    public enum Attribute {
        PROTOCOLS,
        CIPHERS,
        EXCLUDE,
        SERVERNAME,
        CONNECTION_REUSE,
        MATCH,
        TAFILE,
        ENABLE_RPK,
        POLICY_TTL,
        POLICY_TYPE,
        POLICY_DOMAIN,
        POLICY_STRING,
        MX_HOST_PATTERN,
        POLICY_FAILURE;

        private static final Set<Attribute> MANY =
                Set.of(MATCH, TAFILE, POLICY_STRING, MX_HOST_PATTERN);
        private static final Set<Attribute> OF_A_TYPE =
                Set.of(POLICY_TTL, POLICY_DOMAIN, POLICY_STRING, MX_HOST_PATTERN, POLICY_FAILURE);
        private static final Set<String> FAILURES =
                Set.of(
                        "sts-policy-fetch-error",
                        "sts-policy-invalid",
                        "sts-webpki-invalid",
                        "validation-failure");
        private static final Set<String> TYPES = Set.of("sts", "no-policy-found");

        static @Nullable Attribute of(String name) {
            for (Attribute each : values()) {
                if (each.word().equalsIgnoreCase(name)) {
                    return each;
                }
            }
            return null;
        }

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /// The last one counts, where it comes again.
        boolean replaceable() {
            return this == CONNECTION_REUSE || this == ENABLE_RPK;
        }

        /// What is wrong with a value, as it stands in the log after the attribute's name; null for
        /// nothing.
        @Nullable String fault(TlsLevel level, String value) {
            return switch (this) {
                case CIPHERS -> value.isEmpty() ? EMPTY : null;
                case MATCH ->
                        !level.named() && level != TlsLevel.FINGERPRINT
                                ? invalidAt(level)
                                : value.isEmpty() ? EMPTY : null;
                case TAFILE -> !level.named() ? invalidAt(level) : value.isEmpty() ? EMPTY : null;
                case CONNECTION_REUSE, ENABLE_RPK ->
                        yesOrNo(value) ? null : "has bad value: \"" + value + "\"";
                case POLICY_TTL -> value.matches("[0-9]{1,10}") ? null : malformed(value);
                case POLICY_DOMAIN -> HostName.valid(value) ? null : malformed(value);
                case POLICY_TYPE -> TYPES.contains(value) ? null : unexpected(value);
                case POLICY_FAILURE -> FAILURES.contains(value) ? null : unexpected(value);
                case PROTOCOLS, EXCLUDE, SERVERNAME, POLICY_STRING, MX_HOST_PATTERN -> null;
            };
        }

        private static final String EMPTY = "has empty value";

        private static String invalidAt(TlsLevel level) {
            return "invalid at security level \"" + level.word() + "\"";
        }

        private static String malformed(String value) {
            return "has a malformed value: \"" + value + "\"";
        }

        private static String unexpected(String value) {
            return "has an unexpected value: \"" + value + "\"";
        }
    }

    public static TlsPolicyEntry plain(String where, String word) {
        return new TlsPolicyEntry(where, word.toLowerCase(Locale.ROOT), Map.of());
    }

    /// What a policy of MTA-STS asks at a level, of every domain alike: the certificate has to have
    /// the exchanger's name (RFC 8461 4.2), which is asked for (7.1).
    static TlsPolicyEntry sts(TlsLevel level) {
        List<String> name = List.of("hostname");
        return new TlsPolicyEntry(
                STS,
                level.word(),
                level.named()
                        ? Map.of(Attribute.SERVERNAME, name, Attribute.MATCH, name)
                        : Map.of(Attribute.SERVERNAME, name));
    }

    /// A policy of MTA-STS that this server found itself says it.
    boolean ofSts() {
        return where.equals(STS);
    }

    /// Main.cf's own. The old spellings count where no level is said. Who asks for TLS by the old
    /// name has it against a level that is only the default, too (decision 0022).
    static TlsPolicyEntry ofMain(ClientSettings settings) {
        return plain(settings.name(SmtpTlsParams.SECURITY_LEVEL), mainLevel(settings));
    }

    private static String mainLevel(ClientSettings settings) {
        String level = settings.get(SmtpTlsParams.SECURITY_LEVEL);
        boolean enforced = settings.get(SmtpTlsParams.ENFORCE_TLS);
        boolean said = settings.configured(SmtpTlsParams.SECURITY_LEVEL);
        if (!level.isEmpty() && (said || !enforced)) {
            return level;
        }
        if (enforced) {
            return settings.get(SmtpTlsParams.ENFORCE_PEERNAME) ? "verify" : "encrypt";
        }
        return settings.get(SmtpTlsParams.USE_TLS) ? "may" : "none";
    }

    /// A value of smtp_tls_policy_maps.
    ///
    /// @param warnings get what is passed over
    /// @throws ConfigException where it means nothing, with a text for the log
    static TlsPolicyEntry parse(String where, String value, Consumer<String> warnings) {
        List<String> words = Values.words(value);
        if (words.isEmpty()) {
            throw new ConfigException(where + ": invalid empty policy");
        }
        TlsLevel level = TlsLevel.of(words.getFirst());
        if (level == null) {
            throw new ConfigException(
                    where + ": invalid security level \"" + words.getFirst() + "\"");
        }
        Map<Attribute, List<String>> attributes = new EnumMap<>(Attribute.class);
        for (String word : words.subList(1, words.size())) {
            if (level == TlsLevel.NONE) {
                warnings.accept(where + ": ignoring attribute \"" + word + "\" with TLS disabled");
            } else {
                take(where, level, word, attributes);
            }
        }
        boolean typed = attributes.containsKey(Attribute.POLICY_TYPE);
        if (!typed && Attribute.OF_A_TYPE.stream().anyMatch(attributes::containsKey)) {
            throw new ConfigException(
                    where
                            + ": built-in policy has unexpected attribute policy_ttl,"
                            + " policy_domain, policy_string, mx_host_pattern or policy_failure");
        }
        return new TlsPolicyEntry(where, level.word(), Map.copyOf(attributes));
    }

    private static void take(
            String where, TlsLevel level, String text, Map<Attribute, List<String>> into) {
        String word = unbraced(where, text);
        int equals = word.indexOf('=');
        String name = word.substring(0, Math.max(equals, 0)).strip();
        if (name.isEmpty()) {
            throw new ConfigException(
                    where
                            + ": malformed attribute/value pair \""
                            + word
                            + "\": missing "
                            + (equals < 0 ? "'=' after attribute name" : "attribute name"));
        }
        String value = word.substring(equals + 1).strip();
        Attribute attribute = Attribute.of(name);
        if (attribute == null) {
            throw new ConfigException(where + ": invalid attribute name: \"" + name + "\"");
        }
        String fault = attribute.fault(level, value);
        if (fault != null) {
            throw new ConfigException(said(where, name) + " " + fault);
        }
        if (attribute == Attribute.SERVERNAME && !HostName.valid(value)) {
            throw new ConfigException(
                    where + ": \"" + name + "=" + value + "\" specifies an invalid hostname");
        }
        List<String> before = into.get(attribute);
        if (before == null || attribute.replaceable()) {
            into.put(attribute, List.of(value));
        } else if (Attribute.MANY.contains(attribute)) {
            List<String> all = new ArrayList<>(before);
            all.add(value);
            into.put(attribute, List.copyOf(all));
        } else {
            throw new ConfigException(said(where, name) + " is specified multiple times");
        }
    }

    /// `{ name = value }`, where a value has blanks.
    private static String unbraced(String where, String word) {
        if (!word.startsWith("{")) {
            return word;
        }
        if (!word.endsWith("}")) {
            throw new ConfigException(
                    where
                            + ": malformed attribute/value pair \""
                            + word
                            + "\": missing '}' in \""
                            + word
                            + "\"");
        }
        return word.substring(1, word.length() - 1).strip().replaceAll("\\s+", " ");
    }

    private static boolean yesOrNo(String value) {
        return value.equalsIgnoreCase("yes") || value.equalsIgnoreCase("no");
    }

    private static String said(String where, String name) {
        return where + ": attribute \"" + name + "\"";
    }

    /// @return null for one that is not known
    @Nullable TlsLevel level() {
        return TlsLevel.of(word);
    }

    /// The same at another level.
    TlsPolicyEntry at(TlsLevel level) {
        return new TlsPolicyEntry(where, level.word(), attributes);
    }

    /// @return null where main.cf's counts
    public @Nullable String get(Attribute attribute) {
        List<String> all = attributes.get(attribute);
        return all == null ? null : all.getFirst();
    }

    /// All values of one that may come again; empty where main.cf's count.
    List<String> all(Attribute attribute) {
        return attributes.getOrDefault(attribute, List.of());
    }
}
