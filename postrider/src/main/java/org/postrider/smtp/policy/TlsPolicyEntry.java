package org.postrider.smtp.policy;

import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ConfigException;
import org.postrider.config.Values;
import org.postrider.smtp.ClientSettings;
import org.postrider.smtp.SmtpTlsParams;

/// What one place says of TLS: a value of smtp_tls_policy_maps or smtp_tls_per_site, or main.cf's
/// level. A level, and what counts over main.cf (TLS_README). Immutable.
///
/// @param where what says so, for the log
/// @param word the level's, lower case; of main.cf it may be one that names none
/// @param attributes as they are written
public record TlsPolicyEntry(String where, String word, Map<Attribute, String> attributes) {
    /// What may follow a level.
    public enum Attribute {
        PROTOCOLS,
        CIPHERS,
        EXCLUDE,
        SERVERNAME,
        CONNECTION_REUSE,
        MATCH,
        TAFILE,
        ENABLE_RPK;

        static @Nullable Attribute of(String name) {
            for (Attribute each : values()) {
                if (each.word().equals(name)) {
                    return each;
                }
            }
            return null;
        }

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /// It says how a server is verified.
        boolean verifies() {
            return this == MATCH || this == TAFILE || this == ENABLE_RPK;
        }
    }

    public static TlsPolicyEntry plain(String where, String word) {
        return new TlsPolicyEntry(where, word.toLowerCase(Locale.ROOT), Map.of());
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
        Map<Attribute, String> attributes = new EnumMap<>(Attribute.class);
        for (String word : words.subList(1, words.size())) {
            if (level == TlsLevel.NONE) {
                warnings.accept(where + ": ignoring attribute \"" + word + "\" with TLS disabled");
            } else {
                take(where, level, word, attributes);
            }
        }
        return new TlsPolicyEntry(where, level.word(), Map.copyOf(attributes));
    }

    private static void take(
            String where, TlsLevel level, String word, Map<Attribute, String> into) {
        int equals = word.indexOf('=');
        if (equals < 0) {
            throw new ConfigException(
                    where
                            + ": malformed attribute/value pair \""
                            + word
                            + "\": missing '=' after attribute name");
        }
        String name = word.substring(0, equals).strip().toLowerCase(Locale.ROOT);
        String value = word.substring(equals + 1).strip();
        Attribute attribute = Attribute.of(name);
        if (attribute == null) {
            throw new ConfigException(where + ": invalid attribute name: \"" + name + "\"");
        }
        if (attribute.verifies()) {
            // Of levels that verify a server no mail goes yet: what they say is not kept.
            if (!level.verifies()) {
                throw new ConfigException(
                        said(where, name) + " invalid at security level \"" + level.word() + "\"");
            }
            return;
        }
        if (into.put(attribute, value) != null) {
            throw new ConfigException(said(where, name) + " is specified multiple times");
        }
        if (attribute == Attribute.CONNECTION_REUSE && !yesOrNo(value)) {
            throw new ConfigException(said(where, name) + " has bad value: \"" + value + "\"");
        }
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

    /// @return null where main.cf's counts
    public @Nullable String get(Attribute attribute) {
        return attributes.get(attribute);
    }
}
