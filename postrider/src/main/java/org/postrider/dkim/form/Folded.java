package org.postrider.dkim.form;

import java.util.List;

/// The text of a field of tags, folded so that no line has more than 78 columns where it can be
/// folded (RFC 5322 2.1.1). A line that goes on begins with a tab, which counts for eight columns.
/// One thread.
public final class Folded {
    private static final int COLUMNS = 78;
    private static final int TAB = 8;
    private static final String FOLD = "\r\n\t";

    private final StringBuilder out = new StringBuilder();
    private int column;
    private boolean first = true;

    /// @param name with its colon
    public Folded(String name) {
        out.append(name);
        column = name.length();
    }

    private void fold() {
        out.append(FOLD);
        column = TAB;
    }

    private void put(String text) {
        out.append(text);
        column += text.length();
    }

    private void separate(int length) {
        if (!first) {
            put(";");
        }
        first = false;
        // Its semicolon stands on the same line.
        if (column + 1 + length + 1 > COLUMNS) {
            fold();
        } else {
            put(" ");
        }
    }

    /// One tag with its value, which is not folded.
    public Folded tag(String text) {
        separate(text.length());
        put(text);
        return this;
    }

    /// A tag whose value is a list with colons, folded behind them.
    public Folded names(String name, List<String> values) {
        separate(COLUMNS);
        put(name);
        for (int i = 0; i < values.size(); i++) {
            String word = values.get(i) + (i + 1 < values.size() ? ":" : "");
            if (column + word.length() + 1 > COLUMNS && column > TAB) {
                fold();
            }
            put(word);
        }
        return this;
    }

    /// Words with blanks between them; white space of any kind parts them.
    public Folded words(String text) {
        for (String word : text.strip().split("[ \t\r\n]+", -1)) {
            if (column + 1 + word.length() > COLUMNS && column > TAB) {
                fold();
            } else if (column > TAB || out.charAt(out.length() - 1) != '\t') {
                put(" ");
            }
            put(word);
        }
        return this;
    }

    /// The field as it is, with its line end.
    public String line() {
        return out + "\r\n";
    }

    /// The whole of it with an empty `b=`, which comes last.
    public String beforeSignature() {
        separate(COLUMNS);
        put("b=");
        return out.toString();
    }

    /// The field with its line end. To be called after [#beforeSignature].
    ///
    /// @param base64 of the signature
    public String signature(String base64) {
        for (int at = 0; at < base64.length(); ) {
            if (column >= COLUMNS) {
                fold();
            }
            int end = Math.min(base64.length(), at + COLUMNS - column);
            put(base64.substring(at, end));
            at = end;
        }
        return out.append("\r\n").toString();
    }
}
