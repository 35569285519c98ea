package org.postrider.maps;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/// `/pattern/flags value` rules (regexp_table(5), pcre_table(5)), first match counts, `$1` … in the
/// value. A match may take a bounded number of steps: a hostile key cannot hold a session.
record PatternTable(String name, List<Rule> rules) implements Table {
    /// How many octets a single match may look at, retries included.
    private static final long STEPS = 5_000_000;

    /// @param end for an `if`: the index behind its `endif`; 0 otherwise
    record Rule(Pattern pattern, boolean negated, String value, int end) {}

    static Table read(String name, String text) {
        boolean pcre = name.startsWith("pcre:");
        List<Rule> rules = new ArrayList<>();
        List<Integer> open = new ArrayList<>();
        for (String line : FileTable.logicalLines(text)) {
            if (line.equalsIgnoreCase("endif")) {
                if (open.isEmpty()) {
                    throw new IllegalArgumentException("endif without if");
                }
                int at = open.removeLast();
                Rule r = rules.get(at);
                rules.set(at, new Rule(r.pattern(), r.negated(), "", rules.size()));
                continue;
            }
            boolean conditional =
                    line.regionMatches(true, 0, "if", 0, 2)
                            && line.length() > 2
                            && !Character.isLetterOrDigit(line.charAt(2));
            String rest = conditional ? line.substring(2).strip() : line;
            if (conditional) {
                open.add(rules.size());
            }
            rules.add(rule(rest, pcre));
        }
        return new PatternTable(name, List.copyOf(rules));
    }

    private static Rule rule(String text, boolean pcre) {
        String rest = text;
        boolean negated = false;
        while (rest.startsWith("!")) {
            negated = !negated;
            rest = rest.substring(1).strip();
        }
        if (rest.isEmpty() || Character.isLetterOrDigit(rest.charAt(0))) {
            throw new IllegalArgumentException("invalid pattern delimiter in: " + text);
        }
        char delimiter = rest.charAt(0);
        int end = 1;
        while (end < rest.length() && rest.charAt(end) != delimiter) {
            end += rest.charAt(end) == '\\' ? 2 : 1;
        }
        if (end >= rest.length()) {
            throw new IllegalArgumentException(
                    "no closing regexp delimiter \"" + delimiter + "\": " + text);
        }
        int flags = Pattern.CASE_INSENSITIVE | (pcre ? Pattern.DOTALL : 0);
        int at = end + 1;
        for (; at < rest.length() && !Character.isWhitespace(rest.charAt(at)); at++) {
            flags ^= flag(rest.charAt(at), pcre);
        }
        try {
            return new Rule(
                    Pattern.compile(rest.substring(1, end), flags),
                    negated,
                    rest.substring(at).strip(),
                    0);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException("bad pattern: " + e.getDescription());
        }
    }

    private static int flag(char c, boolean pcre) {
        return switch (c) {
            case 'i' -> Pattern.CASE_INSENSITIVE;
            case 'm' -> Pattern.MULTILINE;
            case 's' -> pcre ? Pattern.DOTALL : 0;
            case 'x' -> pcre ? Pattern.COMMENTS : 0;
            case 'A', 'E', 'U', 'X' -> 0;
            default -> throw new IllegalArgumentException("unknown regexp option \"" + c + "\"");
        };
    }

    @Override
    public @Nullable String lookup(String key) {
        for (int i = 0; i < rules.size(); i++) {
            Rule rule = rules.get(i);
            Matcher m = rule.pattern().matcher(new Budgeted(key, name));
            boolean matches = find(m) != rule.negated();
            if (rule.end() > 0) {
                i = matches ? i : rule.end() - 1;
            } else if (matches) {
                return rule.negated() ? rule.value() : substituted(rule.value(), m);
            }
        }
        return null;
    }

    private boolean find(Matcher m) {
        try {
            return m.find();
        } catch (StackOverflowError e) {
            throw new TableException(name + ": pattern nests too deep for this key");
        }
    }

    private static String substituted(String value, Matcher m) {
        if (value.indexOf('$') < 0) {
            return value;
        }
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c != '$' || i + 1 == value.length()) {
                out.append(c);
                continue;
            }
            char n = value.charAt(i + 1);
            boolean bracketed = n == '{' || n == '(';
            int at = bracketed ? i + 2 : i + 1;
            int group = 0;
            int digits = at;
            while (digits < value.length() && Character.isDigit(value.charAt(digits))) {
                group = group * 10 + value.charAt(digits++) - '0';
            }
            if (n == '$') {
                out.append('$');
                i++;
            } else if (digits > at) {
                if (group <= m.groupCount() && m.group(group) != null) {
                    out.append(m.group(group));
                }
                i = bracketed ? digits : digits - 1;
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }

    @Override
    public boolean patterned() {
        return true;
    }

    /// A key that counts how often it is looked at.
    private static final class Budgeted implements CharSequence {
        private final String key;
        private final String table;
        private long steps;

        Budgeted(String key, String table) {
            this.key = key;
            this.table = table;
        }

        @Override
        public char charAt(int index) {
            if (++steps > STEPS) {
                throw new TableException(table + ": match takes too many steps");
            }
            return key.charAt(index);
        }

        @Override
        public int length() {
            return key.length();
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return key.subSequence(start, end);
        }

        @Override
        public String toString() {
            return key;
        }
    }
}
