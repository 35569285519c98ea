package org.postrider.address;

import java.util.ArrayList;
import java.util.List;

/// An address as RFC 822 tokens: atoms, quoted strings, literals, comments and single operators.
/// The local part may be quoted; operators inside quotes are not seen. Grows at most with the text.
public final class Tokens {
    /// @param kind the operator itself, or one of ATOM, QUOTED, LITERAL, COMMENT
    /// @param text unquoted; empty for an operator
    public record Token(char kind, String text) {
        public boolean operator() {
            return kind < ATOM;
        }
    }

    public static final char ATOM = 256;
    public static final char QUOTED = 257;
    public static final char LITERAL = 258;
    public static final char COMMENT = 259;

    private static final String OPERATORS = "%!()<>@,;:\\\".[]";
    private static final String ALIAS_OPERATORS = "|" + OPERATORS;

    private final List<Token> list;

    private Tokens(List<Token> list) {
        this.list = list;
    }

    /// Of an address in internal form: its local part is quoted first if it needs it.
    public static Tokens ofInternal(String address) {
        return new Tokens(scan(quoted(address)));
    }

    /// The tokens of a text in external form.
    public static List<Token> scan(String text) {
        return scan(text, OPERATORS);
    }

    /// The tokens of a line of aliases(5), where `|` is an operator as well: no blank comes between
    /// it and the command behind it.
    public static List<Token> scanAlias(String line) {
        return scan(line, ALIAS_OPERATORS);
    }

    private static List<Token> scan(String text, String operators) {
        List<Token> out = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        int i = 0;
        while (i < text.length()) {
            char c = text.charAt(i);
            word.setLength(0);
            if (blank(c)) {
                i++;
            } else if (c == '(') {
                i = comment(text, i + 1, word);
                out.add(new Token(COMMENT, word.toString()));
            } else if (c == '[') {
                i = upTo(text, i + 1, ']', word);
                out.add(new Token(LITERAL, word.toString()));
            } else if (c == '"') {
                i = upTo(text, i + 1, '"', word);
                out.add(new Token(QUOTED, word.toString()));
            } else if (c != '\\' && operators.indexOf(c) >= 0) {
                out.add(new Token(c, ""));
                i++;
            } else {
                i = atom(text, i, operators, word);
                out.add(new Token(needsQuotes(word, operators) ? QUOTED : ATOM, word.toString()));
            }
        }
        return out;
    }

    private static boolean blank(char c) {
        return c == ' ' || c == '\t' || c == '\r' || c == '\n';
    }

    /// Whatever is blank is one kind of blank within a word, as Postfix's parser has it.
    private static char plain(char c) {
        return blank(c) ? ' ' : c;
    }

    private static int upTo(String text, int from, char end, StringBuilder word) {
        int i = from;
        while (i < text.length() && text.charAt(i) != end) {
            if (text.charAt(i) == '\\' && ++i == text.length()) {
                return i;
            }
            word.append(plain(text.charAt(i++)));
        }
        return Math.min(i + 1, text.length());
    }

    private static int atom(String text, int from, String operators, StringBuilder word) {
        int i = from;
        while (i < text.length()) {
            char c = text.charAt(i);
            if (c == '\\') {
                if (++i == text.length()) {
                    return i;
                }
            } else if (blank(c) || operators.indexOf(c) >= 0) {
                return i;
            }
            word.append(plain(text.charAt(i++)));
        }
        return i;
    }

    private static int comment(String text, int from, StringBuilder word) {
        int depth = 1;
        word.append('(');
        int i = from;
        while (i < text.length() && depth > 0) {
            char c = text.charAt(i++);
            word.append(c);
            if (c == '\\' && i < text.length()) {
                word.append(text.charAt(i++));
            } else if (c == '(') {
                depth++;
            } else if (c == ')') {
                depth--;
            }
        }
        return i;
    }

    private static boolean needsQuotes(CharSequence word, String operators) {
        for (int i = 0; i < word.length(); i++) {
            char c = word.charAt(i);
            if (c <= ' ' || c == 127 || operators.indexOf(c) >= 0) {
                return true;
            }
        }
        return false;
    }

    /// With the local part quoted if RFC 5322 wants it.
    public static String quoted(String address) {
        int start = 0;
        if (address.startsWith("@") && address.indexOf(':') > 0) {
            start = address.indexOf(':') + 1;
        }
        int at = address.lastIndexOf('@');
        int end = at < start ? address.length() : at;
        if (dotString(address, start, end)) {
            return address;
        }
        StringBuilder out = new StringBuilder(address.length() + 4);
        out.append(address, 0, start).append('"');
        for (int i = start; i < end; i++) {
            char c = address.charAt(i);
            if (c == '"' || c == '\\' || c == '\r') {
                out.append('\\');
            }
            out.append(c);
        }
        return out.append('"').append(address, end, address.length()).toString();
    }

    private static boolean dotString(String text, int start, int end) {
        char before = '.';
        for (int i = start; i < end; i++) {
            char c = text.charAt(i);
            if (c == '.' && before == '.') {
                return false;
            }
            if (c <= ' ' || c == 127 || "()<>@,;:\\\"[]".indexOf(c) >= 0) {
                return false;
            }
            before = c;
        }
        return before != '.';
    }

    public boolean isEmpty() {
        return list.isEmpty();
    }

    /// The only token is of this kind.
    public boolean only(char kind) {
        return list.size() == 1 && list.getFirst().kind() == kind;
    }

    public Token first() {
        return list.getFirst();
    }

    /// The kind of the n-th token from the end, 0 if there is none.
    public char fromEnd(int n) {
        int at = list.size() - 1 - n;
        return at < 0 ? 0 : list.get(at).kind();
    }

    public int find(char kind) {
        return find(kind, 0);
    }

    public int find(char kind, int from) {
        for (int i = from; i < list.size(); i++) {
            if (list.get(i).kind() == kind) {
                return i;
            }
        }
        return -1;
    }

    public int findLast(char kind) {
        for (int i = list.size() - 1; i >= 0; i--) {
            if (list.get(i).kind() == kind) {
                return i;
            }
        }
        return -1;
    }

    public int size() {
        return list.size();
    }

    /// Cuts off what stands at and after the index, and hands it over.
    public List<Token> cutFrom(int index) {
        List<Token> tail = list.subList(index, list.size());
        List<Token> out = new ArrayList<>(tail);
        tail.clear();
        return out;
    }

    public void dropFirst(int count) {
        list.subList(0, count).clear();
    }

    public void dropLast() {
        list.removeLast();
    }

    public void clear() {
        list.clear();
    }

    public void add(char kind) {
        list.add(new Token(kind, ""));
    }

    public void addAll(List<Token> tokens) {
        list.addAll(tokens);
    }

    public void prepend(List<Token> tokens) {
        list.addAll(0, tokens);
    }

    public void set(int index, char operator) {
        list.set(index, new Token(operator, ""));
    }

    public void addEmptyString() {
        list.add(new Token(QUOTED, ""));
    }

    public String internal() {
        return internal(list, 0);
    }

    public static String internal(List<Token> tokens, int from) {
        StringBuilder out = new StringBuilder();
        boolean wordBefore = false;
        for (int i = from; i < tokens.size(); i++) {
            Token token = tokens.get(i);
            if (token.operator()) {
                out.append(token.kind());
                if (token.kind() == ',' && i + 1 < tokens.size()) {
                    out.append(' ');
                }
                wordBefore = false;
                continue;
            }
            if (wordBefore) {
                out.append(' ');
            }
            wordBefore = true;
            if (token.kind() == LITERAL) {
                out.append('[').append(token.text()).append(']');
            } else {
                out.append(token.text());
            }
        }
        return out.toString();
    }

    /// As it stands in mail: strings are quoted, words parted by one space, and operators by none,
    /// but for one after a comma and one before the `<` that follows a word.
    public static String external(List<Token> tokens) {
        StringBuilder out = new StringBuilder();
        boolean wordBefore = false;
        for (Token token : tokens) {
            if (wordBefore && (!token.operator() || token.kind() == '<')) {
                out.append(' ');
            }
            wordBefore = !token.operator();
            switch (token.kind()) {
                case QUOTED -> escaped('"', token.text(), '"', out);
                case LITERAL -> escaped('[', token.text(), ']', out);
                case ATOM, COMMENT -> out.append(token.text());
                case ',' -> out.append(", ");
                default -> out.append(token.kind());
            }
        }
        return out.toString();
    }

    private static void escaped(char before, String text, char after, StringBuilder out) {
        out.append(before);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' && after == '"' || c == '\\' || c == '\r') {
                out.append('\\');
            }
            out.append(c);
        }
        out.append(after);
    }

    /// The text after the index in internal form.
    public String internalFrom(int index) {
        return internal(list, index);
    }
}
