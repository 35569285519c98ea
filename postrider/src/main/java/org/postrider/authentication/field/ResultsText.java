package org.postrider.authentication.field;

/// Writes a field Authentication-Results (RFC 8601 2.2): a result a line, properties folded as they
/// come. Whatever is put in, nothing ends a line, begins a comment or a field of its own: values
/// are quoted where they are no plain words, cut, and of printable ASCII. One thread.
public final class ResultsText {
    private static final int MOST = 255;
    private static final int LINE = 78;
    private final StringBuilder out = new StringBuilder(256);
    private int line;
    private boolean any;

    /// @param name `Authentication-Results`
    /// @param identifier the authserv-id
    public ResultsText(String name, String identifier) {
        add(name + ": " + value(identifier));
    }

    private void add(String piece) {
        out.append(piece);
        line += piece.length();
    }

    /// @param method and `result` ours, plain words
    public ResultsText result(String method, String result) {
        any = true;
        out.append(";\r\n\t");
        line = 8;
        add(method + "=" + result);
        return this;
    }

    /// In words of ours; nothing for none.
    public ResultsText comment(String text) {
        if (!text.isEmpty()) {
            put("(" + plain(text).replaceAll("[()\\\\\"]", "?") + ")");
        }
        return this;
    }

    /// Nothing for none.
    public ResultsText reason(String text) {
        if (!text.isEmpty()) {
            put("reason=" + quoted(plain(text)));
        }
        return this;
    }

    /// Nothing where there is no value.
    public ResultsText property(String name, String value) {
        if (!value.isEmpty()) {
            put(name + "=" + value(value));
        }
        return this;
    }

    /// As fields like Received-SPF have them: `name=value;`.
    public ResultsText parameter(String name, String value) {
        put(name + "=" + value(value) + ";");
        return this;
    }

    private void put(String piece) {
        if (line + 1 + piece.length() > LINE) {
            out.append("\r\n\t");
            line = 8;
        } else {
            add(" ");
        }
        add(piece);
    }

    /// A token or an address of plain words as it is, anything else quoted.
    private static String value(String text) {
        String plain = plain(text);
        return !plain.isEmpty() && plain.matches("[A-Za-z0-9!#$%&'*+.^_`{|}~@-]+")
                ? plain
                : quoted(plain);
    }

    private static String quoted(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }

    private static String plain(String text) {
        StringBuilder cut = new StringBuilder(Math.min(MOST, text.length()));
        for (int i = 0; i < text.length() && i < MOST; i++) {
            char c = text.charAt(i);
            cut.append(c >= ' ' && c < 127 ? c : '?');
        }
        return cut.toString();
    }

    /// All of it, CRLF at each line's end.
    public String text() {
        return out + (any ? "" : "; none") + "\r\n";
    }

    /// The same of a field that has parameters and no results.
    public String ended() {
        return out + "\r\n";
    }
}
