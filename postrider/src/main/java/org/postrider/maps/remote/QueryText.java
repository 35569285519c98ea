package org.postrider.maps.remote;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.postrider.config.Values;
import org.postrider.maps.StringList;
import org.postrider.maps.TableException;
import org.postrider.maps.Tables;

/// The `%s %u %d %1 … %S %U %D` of client tables' queries and results (mysql_table(5),
/// ldap_table(5)), and what all client tables share: `domain`, `result_format`, `expansion_limit`.
final class QueryText {
    private final List<String> domains;
    private final boolean everyDomain;
    private final String resultFormat;
    private final int expansionLimit;
    private final String name;
    private final Tables tables;

    QueryText(String name, TableSettings settings, Tables tables) {
        this.name = name;
        this.tables = tables;
        List<String> wanted = Values.words(settings.text("domain", ""));
        everyDomain = wanted.isEmpty();
        domains = wanted;
        resultFormat = settings.text("result_format", settings.text("result_filter", "%s"));
        expansionLimit = settings.number("expansion_limit", 0, 0);
    }

    /// Whether a key is asked for at all (`domain`).
    boolean asked(String key) {
        if (everyDomain) {
            return true;
        }
        int at = key.lastIndexOf('@');
        if (at <= 0 && !key.startsWith("@")) {
            return false;
        }
        return new StringList("domain", domains, tables).contains(key.substring(at + 1));
    }

    /// A query with a key's parts put in.
    ///
    /// @param quote makes a part safe where it stands
    /// @return null if the query asks for a part that the key does not have
    static @Nullable String query(String format, String key, UnaryOperator<String> quote) {
        StringBuilder out = new StringBuilder();
        return expand(format, key, key, quote, out) ? out.toString() : null;
    }

    /// Collects the values of one answer.
    Results results(String key) {
        return new Results(key);
    }

    /// The values of one answer, each in its `result_format`, joined by commas.
    final class Results {
        private final String key;
        private final StringBuilder out = new StringBuilder();
        private int count;

        private Results(String key) {
            this.key = key;
        }

        /// @throws TableException beyond `expansion_limit`
        void add(@Nullable String value) {
            if (value == null || value.isEmpty()) {
                return;
            }
            StringBuilder one = new StringBuilder();
            if (!expand(resultFormat, value, key, UnaryOperator.identity(), one)) {
                return;
            }
            if (expansionLimit > 0 && ++count > expansionLimit) {
                throw new TableException(
                        name + ": expansion limit exceeded for key: '" + key + "'");
            }
            out.append(out.isEmpty() ? "" : ",").append(one);
        }

        /// Null if there was none.
        @Nullable String text() {
            return out.isEmpty() ? null : out.toString();
        }
    }

    private static boolean expand(
            String format,
            String value,
            String key,
            UnaryOperator<String> quote,
            StringBuilder out) {
        for (int i = 0; i < format.length(); i++) {
            char c = format.charAt(i);
            if (c != '%' || i + 1 == format.length()) {
                out.append(c);
                continue;
            }
            char what = format.charAt(++i);
            if (what == '%') {
                out.append('%');
                continue;
            }
            boolean ofKey = what >= 'A' && what <= 'Z' || what >= '1' && what <= '9';
            String part = part(Character.toLowerCase(what), ofKey ? key : value);
            if (part == null) {
                return false;
            }
            out.append(quote.apply(part));
        }
        return true;
    }

    private static @Nullable String part(char what, String of) {
        int at = of.lastIndexOf('@');
        String domain = at < 0 ? "" : of.substring(at + 1);
        return switch (what) {
            case 's' -> of.isEmpty() ? null : of;
            case 'u' -> at == 0 ? null : at < 0 ? of : of.substring(0, at);
            case 'd' -> domain.isEmpty() ? null : domain;
            default -> label(what, domain);
        };
    }

    /// `%1` is the last label of the domain.
    private static @Nullable String label(char digit, String domain) {
        if (digit < '1' || digit > '9') {
            throw new TableException(
                    String.format(Locale.ROOT, "bad %%-code in query or result: %%%c", digit));
        }
        List<String> labels = new ArrayList<>(List.of(domain.split("\\.", -1)));
        int n = labels.size() - (digit - '0');
        return domain.isEmpty() || n < 0 ? null : labels.get(n);
    }
}
