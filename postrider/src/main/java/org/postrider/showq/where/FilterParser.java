package org.postrider.showq.where;

import java.util.ArrayList;
import java.util.List;
import org.postrider.showq.FilterException;

/// Reads a filter:
///
/// ```
/// filter    = all *( "or" all )
/// all       = one *( [ "and" ] one )
/// one       = "not" one / "(" filter ")" / field operator value
/// operator  = ":" / "=" / "!=" / "<" / "<=" / ">" / ">=" / "~"
/// value     = text up to a blank or to a ")" that is none of its own / DQUOTE text DQUOTE
/// ```
///
/// Within quotes `\"` is a quote; any other `\` is itself. One thread.
public final class FilterParser {
    private static final int MOST_CONDITIONS = 100;
    private static final int DEEPEST = 20;
    private static final List<String> OPERATORS =
            List.of("!=", "<=", ">=", ":", "=", "<", ">", "~");

    private final String text;
    private int at;
    private int conditions;
    private int depth;
    private boolean unlisted;

    /// What was read.
    ///
    /// @param unlisted something of it is about what a listing does not show
    public record Parsed(Expression expression, boolean unlisted) {}

    private FilterParser(String text) {
        this.text = text;
    }

    /// @throws FilterException where it is no filter
    public static Parsed parse(String text) throws FilterException {
        FilterParser parser = new FilterParser(text);
        Expression out = parser.filter();
        if (parser.at < text.length()) {
            throw new FilterException("nothing is open that \")\" would close", parser.at);
        }
        return new Parsed(out, parser.unlisted);
    }

    private Expression filter() throws FilterException {
        List<Expression> any = new ArrayList<>();
        any.add(all());
        while (keyword("or")) {
            any.add(all());
        }
        return any.size() == 1 ? any.getFirst() : new Expression.Or(any);
    }

    private Expression all() throws FilterException {
        List<Expression> all = new ArrayList<>();
        all.add(one());
        while (!ends() && !ahead("or")) {
            keyword("and");
            all.add(one());
        }
        return all.size() == 1 ? all.getFirst() : new Expression.And(all);
    }

    private boolean ends() {
        blanks();
        return at == text.length() || text.charAt(at) == ')';
    }

    private Expression one() throws FilterException {
        blanks();
        int from = at;
        if (++depth > DEEPEST) {
            throw new FilterException("more than " + DEEPEST + " within each other", from);
        }
        Expression out;
        if (keyword("not")) {
            out = new Expression.Not(one());
        } else if (at < text.length() && text.charAt(at) == '(') {
            at++;
            out = filter();
            if (at == text.length()) {
                throw new FilterException("a \")\" is missing for this \"(\"", from);
            }
            at++;
        } else {
            out = condition();
        }
        depth--;
        return out;
    }

    private Expression condition() throws FilterException {
        int from = at;
        while (at < text.length() && letter(text.charAt(at))) {
            at++;
        }
        String name = text.substring(from, at);
        if (name.isEmpty() || name.equals("or") || name.equals("and")) {
            throw new FilterException(
                    from == text.length()
                            ? "a condition is missing, such as to:example.com"
                            : "a condition is expected here, such as to:example.com",
                    from);
        }
        Field field = Field.named(name);
        if (field == null) {
            throw new FilterException(
                    "unknown field \"" + name + "\" (there are " + Field.NAMES + ")", from);
        }
        int sign = at;
        String operator = operator();
        if (operator.isEmpty() || !field.operators().contains(operator)) {
            throw new FilterException(
                    "after \""
                            + name
                            + "\" one of "
                            + String.join(" ", field.operators())
                            + " is expected",
                    sign);
        }
        int value = at;
        String wanted = value();
        if (++conditions > MOST_CONDITIONS) {
            throw new FilterException("more than " + MOST_CONDITIONS + " conditions", from);
        }
        unlisted |= field.unlisted();
        return field.condition(operator, wanted, value);
    }

    private static boolean letter(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == '-';
    }

    private String operator() {
        for (String each : OPERATORS) {
            if (text.startsWith(each, at)) {
                at += each.length();
                return each;
            }
        }
        return "";
    }

    private String value() throws FilterException {
        if (at < text.length() && text.charAt(at) == '"') {
            return quoted();
        }
        int from = at;
        int open = 0;
        while (at < text.length() && !blank(text.charAt(at))) {
            char c = text.charAt(at);
            if (c == ')' && open-- == 0) {
                break;
            }
            open += c == '(' ? 1 : 0;
            at += c == '\\' && at + 1 < text.length() && !blank(text.charAt(at + 1)) ? 2 : 1;
        }
        if (at == from) {
            throw new FilterException("a value is missing (the empty one is \"\")", at);
        }
        return text.substring(from, at);
    }

    private String quoted() throws FilterException {
        int from = at++;
        StringBuilder out = new StringBuilder();
        while (at < text.length() && text.charAt(at) != '"') {
            if (text.startsWith("\\\"", at)) {
                at++;
            }
            out.append(text.charAt(at++));
        }
        if (at == text.length()) {
            throw new FilterException("this quote is not closed", from);
        }
        at++;
        if (at < text.length() && !blank(text.charAt(at)) && text.charAt(at) != ')') {
            throw new FilterException("a blank is expected after a quoted value", at);
        }
        return out.toString();
    }

    private boolean keyword(String word) {
        boolean there = ahead(word);
        at += there ? word.length() : 0;
        return there;
    }

    private boolean ahead(String word) {
        blanks();
        int end = at + word.length();
        return text.startsWith(word, at)
                && (end == text.length() || blank(text.charAt(end)) || text.charAt(end) == '(');
    }

    private void blanks() {
        while (at < text.length() && blank(text.charAt(at))) {
            at++;
        }
    }

    private static boolean blank(char c) {
        return c == ' ' || c == '\t' || c == '\n' || c == '\r';
    }
}
