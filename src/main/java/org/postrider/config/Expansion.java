package org.postrider.config;

import org.jspecify.annotations.Nullable;

/// Expansion of `$name`, `${name}`, `$(name)`, `${name?text}`, `${name:text}`, `${name?{a}:{b}}`,
/// `${{a} == {b} ? {c} : {d}}` and `$$` (postconf(5)). Bounded depth.
final class Expansion {
    private static final int DEEPEST = 100;

    /// Where names get their (unexpanded) values.
    interface Names {
        @Nullable String unexpanded(String name);
    }

    private final Names names;

    Expansion(Names names) {
        this.names = names;
    }

    String expand(String text) {
        if (text.indexOf('$') < 0) {
            return text;
        }
        StringBuilder out = new StringBuilder();
        expand(text, out, 0);
        return out.toString();
    }

    private void expand(String text, StringBuilder out, int depth) {
        if (depth > DEEPEST) {
            throw new ConfigException("unreasonable macro call nesting: \"" + text + "\"");
        }
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

    /// `at` is behind the `$`; returns where the text goes on.
    private int reference(String text, int at, StringBuilder out, int depth) {
        if (at < text.length() && (text.charAt(at) == '{' || text.charAt(at) == '(')) {
            int end = closing(text, at);
            braced(text.substring(at + 1, end), out, depth);
            return end + 1;
        }
        int end = at;
        while (end < text.length() && nameChar(text.charAt(end))) {
            end++;
        }
        if (end == at) {
            throw new ConfigException("macro name syntax error: \"" + text + "\"");
        }
        value(text.substring(at, end), out, depth);
        return end;
    }

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
        throw new ConfigException("truncated macro reference: \"" + text + "\"");
    }

    private void braced(String inside, StringBuilder out, int depth) {
        String body = inside.strip();
        if (!body.isEmpty() && body.charAt(0) == '{') {
            comparison(body, out, depth);
            return;
        }
        int end = 0;
        while (end < body.length() && nameChar(body.charAt(end))) {
            end++;
        }
        String name = body.substring(0, end);
        String rest = body.substring(end).strip();
        if (name.isEmpty()) {
            throw new ConfigException("macro name syntax error: \"" + inside + "\"");
        }
        if (rest.isEmpty()) {
            value(name, out, depth);
            return;
        }
        String set = names.unexpanded(name);
        boolean holds = set != null && !expanded(set, depth).isEmpty();
        choose(holds, rest, out, depth);
    }

    private void comparison(String body, StringBuilder out, int depth) {
        int leftEnd = closing(body, 0);
        String left = expanded(body.substring(1, leftEnd).strip(), depth);
        int rightStart = body.indexOf('{', leftEnd);
        if (rightStart < 0) {
            throw new ConfigException("expected \"{expression}\" in \"" + body + "\"");
        }
        String operator = body.substring(leftEnd + 1, rightStart).strip();
        int rightEnd = closing(body, rightStart);
        String right = expanded(body.substring(rightStart + 1, rightEnd).strip(), depth);
        boolean holds = compare(left, operator, right);
        String rest = body.substring(rightEnd + 1).strip();
        if (rest.isEmpty()) {
            out.append(holds ? "bool:true" : "");
            return;
        }
        choose(holds, rest, out, depth);
    }

    /// `? a`, `: b`, `?{a}:{b}`: what stands behind a condition.
    private void choose(boolean holds, String rest, StringBuilder out, int depth) {
        char kind = rest.charAt(0);
        if (kind != '?' && kind != ':') {
            throw new ConfigException("bad macro operator: \"" + rest + "\"");
        }
        String first = rest.substring(1).strip();
        if (first.isEmpty() || first.charAt(0) != '{') {
            if (holds == (kind == '?')) {
                expand(first, out, depth + 1);
            }
            return;
        }
        int end = closing(first, 0);
        String yes = first.substring(1, end).strip();
        String more = first.substring(end + 1).strip();
        if (holds == (kind == '?')) {
            expand(yes, out, depth + 1);
        } else if (kind == '?' && more.startsWith(":")) {
            String no = more.substring(1).strip();
            if (no.startsWith("{")) {
                no = no.substring(1, closing(no, 0)).strip();
            }
            expand(no, out, depth + 1);
        }
    }

    private static boolean compare(String left, String operator, String right) {
        String op = operator;
        int order;
        if (op.endsWith("level")) {
            op = op.substring(0, op.length() - "level".length()).strip();
            order = Long.compare(level(left), level(right));
        } else if (number(left) && number(right)) {
            order = Long.compare(Long.parseLong(left), Long.parseLong(right));
        } else {
            order = left.compareTo(right);
        }
        return switch (op) {
            case "==" -> order == 0;
            case "!=" -> order != 0;
            case "<" -> order < 0;
            case "<=" -> order <= 0;
            case ">" -> order > 0;
            case ">=" -> order >= 0;
            default -> throw new ConfigException("bad relational operator: \"" + operator + "\"");
        };
    }

    private static boolean number(String text) {
        if (text.isEmpty() || text.length() > 18) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    /// A compatibility level `major.minor.patch` as one number.
    static long level(String text) {
        String[] parts = text.strip().split("\\.", -1);
        long out = 0;
        for (int i = 0; i < 3; i++) {
            String part = i < parts.length ? parts[i] : "0";
            if (!number(part) || parts.length > 3) {
                throw new ConfigException("bad compatibility level: \"" + text + "\"");
            }
            out = out * 1000 + Long.parseLong(part);
        }
        return out;
    }

    private void value(String name, StringBuilder out, int depth) {
        String raw = names.unexpanded(name);
        if (raw != null) {
            expand(raw, out, depth + 1);
        }
    }

    private String expanded(String text, int depth) {
        StringBuilder out = new StringBuilder();
        expand(text, out, depth + 1);
        return out.toString();
    }

    private static boolean nameChar(char c) {
        return c == '_'
                || (c >= '0' && c <= '9')
                || (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z');
    }
}
