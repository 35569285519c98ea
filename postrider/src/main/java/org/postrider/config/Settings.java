package org.postrider.config;

import org.jspecify.annotations.Nullable;

/// What one service sees: main.cf, then its `-o name=value` of master.cf. Immutable; a reload makes
/// new ones. Values are expanded and parsed once, at construction or first use.
public interface Settings {
    /// The typed value.
    ///
    /// @throws ConfigException if the value does not parse, with file and line
    <T> T get(Param<T> param);

    /// The expanded text of any name: a parameter, a per-transport family member
    /// (`smtp_destination_recipient_limit`), or a name of the user's own. Null if neither set nor
    /// defaulted.
    @Nullable String text(String name);

    /// A member of a per-transport family, e.g. `("smtp", DESTINATION_CONCURRENCY_LIMIT)` reads
    /// `smtp_destination_concurrency_limit`, falling back to the family's `default_…` parameter.
    <T> T perTransport(String transport, String suffix, Param<T> fallback);

    /// Expands `$name` forms in a text of the caller's (a banner, a template).
    String expand(String text);

    /// The names that a text refers to, in order.
    ///
    /// @throws ConfigException if the text breaks the grammar of `$name`
    java.util.List<String> references(String text);

    /// Where a name is set: `/etc/postfix/main.cf, line 12`, or the line of master.cf whose `-o` it
    /// is; null for a default.
    @Nullable String origin(String name);

    /// Whether main.cf or the service's `-o` gives a name a value that is not the default's: `no`
    /// for `No` and `60m` for `1h` are the default's.
    boolean configured(String name);

    /// The configuration directory.
    String configDirectory();

    /// These settings with more `-o` overrides, as master.cf lines give them.
    Settings with(java.util.Map<String, String> overrides);
}
