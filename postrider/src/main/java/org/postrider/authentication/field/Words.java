package org.postrider.authentication.field;

import org.jspecify.annotations.Nullable;

/// The words of a structured field: comments and folds are passed over, however deep they nest. One
/// thread.
final class Words {
    private final String text;
    private int at;
    private boolean broken;

    Words(String text) {
        this.text = text;
    }

    /// A comment or a quoted string that does not end, or an octet that stands nowhere.
    boolean broken() {
        return broken;
    }

    boolean ended() {
        blanks();
        return broken || at >= text.length();
    }

    /// Passes over white space and comments.
    private void blanks() {
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
                at++;
            } else if (c == '(') {
                comment();
            } else {
                return;
            }
        }
    }

    private void comment() {
        int depth = 0;
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c == '\\') {
                at++;
            } else if (c == '(') {
                depth++;
            } else if (c == ')' && --depth == 0) {
                return;
            }
        }
        broken = true;
        at = text.length();
    }

    /// Takes one character if it comes next.
    boolean takes(char wanted) {
        blanks();
        if (at < text.length() && text.charAt(at) == wanted) {
            at++;
            return true;
        }
        return false;
    }

    /// A quoted string, or a run of what is none of `ends`, white space or a special of comments;
    /// null if there is none.
    @Nullable String word(String ends) {
        blanks();
        if (at >= text.length()) {
            return null;
        }
        if (text.charAt(at) == '"') {
            return quoted();
        }
        int from = at;
        while (at < text.length() && plain(text.charAt(at), ends)) {
            at++;
        }
        return at > from ? text.substring(from, at) : null;
    }

    private static boolean plain(char c, String ends) {
        return c > ' ' && c < 127 && c != '(' && c != ')' && c != '"' && ends.indexOf(c) < 0;
    }

    private @Nullable String quoted() {
        StringBuilder out = new StringBuilder();
        at++;
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c == '"') {
                return out.toString();
            }
            if (c == '\\' && at < text.length()) {
                c = text.charAt(at++);
            }
            if (c != '\r' && c != '\n') {
                out.append(c);
            }
        }
        broken = true;
        return null;
    }

    /// Goes on behind the next `;` outside of comments and quoted strings, if there is one.
    void skip() {
        while (!ended()) {
            if (takes(';')) {
                return;
            }
            if (word(";") == null && at < text.length() && text.charAt(at) != ';') {
                at++;
            }
        }
    }
}
