package org.postrider.config;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.config.names.DomainNames;

/// Expansion of `$name`, `${name}`, `$(name)`, `${name?text}`, `${name:text}`, `${name?{a}:{b}}`,
/// `${{a} == {b} ? {c} : {d}}` and `$$` (postconf(5)). Bounded depth.
public final class Expansion {
    private static final int DEEPEST = 101;
    private static final int SHOWN = 20;
    private static final List<String> OPERATORS = List.of("==", "!=", "<=", ">=", "<", ">");

    /// Where names get their (unexpanded) values.
    public interface Names {
        @Nullable String unexpanded(String name);

        /// The same for a condition (`${name?text}`), where the value itself is not used.
        default @Nullable String tested(String name) {
            return unexpanded(name);
        }
    }

    private final Names names;
    private final boolean scan;

    public Expansion(Names names) {
        this(names, false);
    }

    /// @param scan look at both sides of each condition and at no value of a name
    private Expansion(Names names, boolean scan) {
        this.names = names;
        this.scan = scan;
    }

    /// @throws MacroException if the text breaks the grammar or nests too deep
    public String expand(String text) {
        if (text.indexOf('$') < 0) {
            return text;
        }
        StringBuilder out = new StringBuilder();
        expand(text, out, 0);
        return out.toString();
    }

    /// The names that a text refers to, in order, each as often as it stands there.
    ///
    /// @throws MacroException if the text breaks the grammar; `found` holds what came before
    static void references(String text, List<String> found) {
        new Expansion(
                        name -> {
                            found.add(name);
                            return null;
                        },
                        true)
                .expand(text);
    }

    /// As the other form, for a text that is well formed.
    static List<String> references(String text) {
        List<String> found = new ArrayList<>();
        references(text, found);
        return found;
    }

    private void expand(String text, StringBuilder out, int depth) {
        int i = 0;
        while (i < text.length()) {
            char c = text.charAt(i);
            if (c != '$') {
                out.append(c);
                i++;
            } else if (i + 1 < text.length() && text.charAt(i + 1) == '$') {
                out.append('$');
                i += 2;
            } else {
                i = reference(text, i + 1, out, depth);
            }
        }
    }

    /// `at` is after the `$`; returns where the text goes on.
    private int reference(String text, int at, StringBuilder out, int depth) {
        if (at < text.length() && (text.charAt(at) == '{' || text.charAt(at) == '(')) {
            int end = closing(text, at);
            if (end < 0) {
                throw new MacroException("truncated macro reference: \"" + text + "\"");
            }
            if (end == at + 1) {
                throw new MacroException("empty macro name: \"" + text + "\"");
            }
            braced(text.substring(at + 1, end), out, depth);
            return end + 1;
        }
        int end = nameEnd(text, at);
        if (end == at) {
            throw new MacroException("empty macro name: \"" + text + "\"");
        }
        value(text.substring(at, end), out, depth);
        return end;
    }

    /// Where the group that opens at `open` closes; -1 for nowhere.
    private static int closing(String text, int open) {
        char o = text.charAt(open);
        char c = o == '{' ? '}' : ')';
        int depth = 0;
        for (int i = open; i < text.length(); i++) {
            if (text.charAt(i) == o) {
                depth++;
            } else if (text.charAt(i) == c && --depth == 0) {
                return i;
            }
        }
        return -1;
    }

    private static int nameEnd(String text, int from) {
        int end = from;
        while (end < text.length() && nameChar(text.charAt(end))) {
            end++;
        }
        return end;
    }

    private static MacroException at(String what, String before, String rest) {
        String shown = rest.length() > SHOWN ? rest.substring(0, SHOWN) : rest;
        return new MacroException(what + " at: \"..." + before + ">>>" + shown + "\"");
    }

    private void braced(String inside, StringBuilder out, int depth) {
        String body = inside.stripLeading();
        if (!body.isEmpty() && body.charAt(0) == '{') {
            comparison(body, out, depth);
            return;
        }
        int end = nameEnd(body, 0);
        String name = body.substring(0, end);
        if (end > 0 && end < body.length() && body.charAt(end) == '{') {
            function(name, body.substring(end), out, depth);
            return;
        }
        String rest = body.substring(end).stripLeading();
        if (name.isEmpty() || !rest.isEmpty() && rest.charAt(0) != '?' && rest.charAt(0) != ':') {
            throw at("attribute name syntax error", name, body.substring(end));
        }
        if (rest.isEmpty()) {
            value(name, out, depth);
            return;
        }
        String set = names.tested(name);
        choose(set != null && !set.isEmpty(), rest, out, depth);
    }

    /// `name{argument}`: domain_to_ascii and domain_to_utf8 (Postfix 3.11).
    private void function(String name, String argument, StringBuilder out, int depth) {
        int end = group(argument);
        String after = argument.substring(end + 1).stripLeading();
        if (!after.isEmpty()) {
            throw at("unexpected input", argument.substring(1, end) + "}", after);
        }
        String value = expanded(argument.substring(1, end), depth);
        switch (name) {
            case "domain_to_ascii" -> out.append(DomainNames.toAscii(value));
            case "domain_to_utf8" -> out.append(DomainNames.toUtf8(value));
            default -> throw unknown(name, argument);
        }
    }

    private static MacroException unknown(String function, String argument) {
        String text = function + argument;
        String shown = text.length() > SHOWN ? text.substring(0, SHOWN) : text;
        return new MacroException(
                "unknown function \"" + function + "\" at\"...>>>" + shown + "\"");
    }

    private void comparison(String body, StringBuilder out, int depth) {
        int leftEnd = group(body);
        String left = expanded(body.substring(1, leftEnd), depth);
        String rest = body.substring(leftEnd + 1).stripLeading();
        String operator = span(rest, "=!<>");
        if (!OPERATORS.contains(operator)) {
            throw at(
                    "\"==\" or \"!=\"\" or \"<\"\" or \"<=\"\" or \">=\"\" or \">\" expected",
                    left + "}",
                    rest);
        }
        rest = rest.substring(operator.length());
        String suffix = letters(rest);
        boolean levels = suffix.equals("level");
        if (!levels && !suffix.isEmpty()) {
            throw at("bad operator suffix", operator, suffix);
        }
        rest = rest.substring(suffix.length());
        String after = rest.stripLeading();
        if (!after.startsWith("{")) {
            String before = "{" + left + "} " + operator + (levels ? "level" : "");
            throw at("\"{expression}\" expected", before, rest);
        }
        int rightEnd = group(after);
        String right = expanded(after.substring(1, rightEnd), depth);
        boolean holds =
                scan
                        || (levels
                                ? holds(operator, Long.compare(level(left), level(right)))
                                : compare(left, operator, right));
        rest = after.substring(rightEnd + 1).stripLeading();
        if (rest.isEmpty()) {
            out.append(holds ? "true" : "");
        } else if (rest.charAt(0) == '?' || rest.charAt(0) == ':') {
            choose(holds, rest, out, depth);
        } else {
            throw at("\"?\" or \":\" expected", "}", rest);
        }
    }

    /// What the text begins with of these characters.
    private static String span(String text, String some) {
        int end = 0;
        while (end < text.length() && some.indexOf(text.charAt(end)) >= 0) {
            end++;
        }
        return text.substring(0, end);
    }

    private static String letters(String text) {
        int end = 0;
        while (end < text.length() && Character.isLetterOrDigit(text.charAt(end))) {
            end++;
        }
        return text.substring(0, end);
    }

    /// The end of the group that the text begins with.
    private static int group(String text) {
        int end = closing(text, 0);
        if (end < 0) {
            throw new MacroException("unbalanced {} in attribute expression: \"" + text + "\"");
        }
        return end;
    }

    /// `? a`, `: b`, `?{a}:{b}`: what stands after a condition.
    private void choose(boolean holds, String rest, StringBuilder out, int depth) {
        boolean yesFirst = rest.charAt(0) == '?';
        String unstripped = rest.substring(1);
        String first = unstripped.stripLeading();
        if (first.isEmpty() || first.charAt(0) != '{') {
            if (scan || holds == yesFirst) {
                expand(unstripped, out, depth);
            }
            return;
        }
        int end = group(first);
        String chosen = first.substring(1, end);
        String more = first.substring(end + 1).stripLeading();
        if (!yesFirst && !more.isEmpty()) {
            throw at("unexpected input", chosen + "}", more);
        }
        if (!more.isEmpty() && more.charAt(0) != ':') {
            throw at("\":\" expected", chosen + "}", more);
        }
        if (scan || holds == yesFirst) {
            expand(chosen, out, depth);
        }
        if (!more.isEmpty()) {
            otherwise(more.substring(1), scan || !holds, out, depth);
        }
    }

    /// @param chosen whether it is what comes of the condition; its form counts in any case
    private void otherwise(String text, boolean chosen, StringBuilder out, int depth) {
        String other = text.stripLeading();
        if (!other.startsWith("{")) {
            if (chosen) {
                expand(text, out, depth);
            }
            return;
        }
        int end = group(other);
        String after = other.substring(end + 1).stripLeading();
        if (!after.isEmpty()) {
            throw at("unexpected input", other.substring(1, end) + "}", after);
        }
        if (chosen) {
            expand(other.substring(1, end), out, depth);
        }
    }

    private static boolean compare(String left, String operator, String right) {
        boolean numbers = digits(left) && digits(right);
        return holds(
                operator,
                numbers ? Long.compare(number(left), number(right)) : left.compareTo(right));
    }

    private static boolean holds(String operator, int order) {
        return switch (operator) {
            case "==" -> order == 0;
            case "!=" -> order != 0;
            case "<" -> order < 0;
            case "<=" -> order <= 0;
            case ">" -> order > 0;
            default -> order >= 0;
        };
    }

    private static boolean digits(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return !text.isEmpty();
    }

    private static long number(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new ConfigException("mac_exp_eval: bad conversion: " + text);
        }
    }

    /// A compatibility level `major.minor.patch` as one number.
    static long level(String text) {
        String[] parts = text.strip().split("\\.", -1);
        long out = 0;
        for (int i = 0; i < 3; i++) {
            String part = i < parts.length ? parts[i] : "0";
            if (!digits(part) || part.length() > 9 || parts.length > 3) {
                throw new MacroException(
                        "malformed compatibility level syntax: \"" + text.strip() + "\"");
            }
            out = out * 1_000 + Math.min(999, Long.parseLong(part));
        }
        return out;
    }

    private void value(String name, StringBuilder out, int depth) {
        String raw = names.unexpanded(name);
        if (raw != null) {
            if (depth >= DEEPEST) {
                throw new MacroException("unreasonable macro call nesting: \"" + name + "\"");
            }
            expand(raw, out, depth + 1);
        }
    }

    private String expanded(String text, int depth) {
        StringBuilder out = new StringBuilder();
        expand(text, out, depth);
        return out.toString();
    }

    private static boolean nameChar(char c) {
        return c == '_'
                || (c >= '0' && c <= '9')
                || (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z');
    }
}
