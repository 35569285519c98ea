package org.postrider.smtp;

import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ConfigException;
import org.postrider.config.Values;

/// What is asked of TLS with one destination: a level, and what a line of smtp_tls_policy_maps sets
/// besides (TLS_README). Immutable.
///
/// @param where what says so, for the log
/// @param level its word, lower case
/// @param protocols null for main.cf's; so with the others
record TlsPolicy(
        String where,
        String level,
        @Nullable String protocols,
        @Nullable String ciphers,
        @Nullable List<String> exclusions,
        @Nullable String serverName,
        @Nullable Boolean reuse) {
    private static final List<String> LEVELS =
            List.of(
                    "none",
                    "may",
                    "encrypt",
                    "fingerprint",
                    "half-dane",
                    "dane",
                    "dane-only",
                    "verify",
                    "secure");

    static TlsPolicy plain(String where, String level) {
        return new TlsPolicy(where, level.toLowerCase(Locale.ROOT), null, null, null, null, null);
    }

    boolean known() {
        return LEVELS.contains(level);
    }

    /// A value of smtp_tls_policy_maps.
    ///
    /// @param warnings get what is passed over
    /// @throws ConfigException where it means nothing, with a text for the log
    static TlsPolicy of(String where, String value, Consumer<String> warnings) {
        List<String> words = Values.words(value);
        TlsPolicy policy = plain(where, words.isEmpty() ? "" : words.getFirst());
        if (words.isEmpty()) {
            throw new ConfigException(where + ": invalid empty policy");
        }
        if (!policy.known()) {
            throw new ConfigException(
                    where + ": invalid security level \"" + words.getFirst() + "\"");
        }
        for (String word : words.subList(1, words.size())) {
            if (policy.level().equals("none")) {
                warnings.accept(where + ": ignoring attribute \"" + word + "\" with TLS disabled");
            } else {
                policy = policy.with(word);
            }
        }
        return policy;
    }

    private TlsPolicy with(String word) {
        int equals = word.indexOf('=');
        if (equals < 0) {
            throw new ConfigException(
                    where
                            + ": malformed attribute/value pair \""
                            + word
                            + "\": missing '=' after attribute name");
        }
        String name = word.substring(0, equals).strip().toLowerCase(Locale.ROOT);
        String text = word.substring(equals + 1).strip();
        return switch (name) {
            case "protocols" -> {
                once(name, protocols);
                yield new TlsPolicy(where, level, text, ciphers, exclusions, serverName, reuse);
            }
            case "ciphers" -> {
                once(name, ciphers);
                yield new TlsPolicy(where, level, protocols, text, exclusions, serverName, reuse);
            }
            case "exclude" -> {
                once(name, exclusions);
                List<String> all = List.of(text.split("[:,\\s]+"));
                yield new TlsPolicy(where, level, protocols, ciphers, all, serverName, reuse);
            }
            case "servername" -> {
                once(name, serverName);
                yield new TlsPolicy(where, level, protocols, ciphers, exclusions, text, reuse);
            }
            case "connection_reuse" -> {
                once(name, reuse);
                yield new TlsPolicy(
                        where, level, protocols, ciphers, exclusions, serverName, reused(text));
            }
            case "match", "tafile", "enable_rpk" -> {
                // They say how a server is verified: of levels that do so no mail goes anyway.
                checked(name);
                yield this;
            }
            default ->
                    throw new ConfigException(where + ": invalid attribute name: \"" + name + "\"");
        };
    }

    private void once(String name, @Nullable Object before) {
        if (before != null) {
            throw new ConfigException(
                    where + ": attribute \"" + name + "\" is specified multiple times");
        }
    }

    private void checked(String name) {
        if (level.equals("may") || level.equals("encrypt")) {
            throw new ConfigException(
                    where
                            + ": attribute \""
                            + name
                            + "\" invalid at security level \""
                            + level
                            + "\"");
        }
    }

    private boolean reused(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "yes" -> true;
            case "no" -> false;
            default ->
                    throw new ConfigException(
                            where
                                    + ": attribute \"connection_reuse\" has bad value: \""
                                    + text
                                    + "\"");
        };
    }
}
