package org.postrider.message;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Splits the value of a header field into tokens as Postfix's header_token(3) does: RFC 822 white
/// space, comments (nested) and folds fall away, quoted pairs are undone, specials and controls
/// stand for themselves. Linear; one thread.
final class HeaderTokens {
    /// RFC 2045's, for Content-Type.
    static final String MIME_SPECIALS = "()<>@,;:\\\"/[]?=";

    /// RFC 822's.
    static final String MAIL_SPECIALS = "()<>@,;:\\\".[]";

    private static final int MOST = 3;

    /// @param special the character itself; 0 for a word
    /// @param quoted it stood in double quotes: no token in the sense of RFC 2045
    record Token(String text, char special, boolean quoted) {
        /// A word without quotes that reads like this, in any case.
        boolean is(String word) {
            return special == 0 && !quoted && text.equalsIgnoreCase(word);
        }
    }

    private final byte[] field;
    private final int end;
    private int at;

    HeaderTokens(byte[] field, int from, int end) {
        this.field = field;
        this.at = from;
        this.end = end;
    }

    /// The first three tokens up to a semicolon; null where nothing is left.
    @Nullable List<Token> parameter() {
        List<Token> out = new ArrayList<>(MOST);
        boolean terminated = false;
        while (at < end && !terminated) {
            if (field[at] == ';') {
                at++;
                terminated = true;
            } else {
                Token t = token(MIME_SPECIALS);
                if (t != null && out.size() < MOST) {
                    out.add(t);
                }
            }
        }
        return out.isEmpty() && !terminated ? null : out;
    }

    /// The first token of all.
    @Nullable Token first() {
        while (at < end) {
            Token t = token(MAIL_SPECIALS);
            if (t != null) {
                return t;
            }
        }
        return null;
    }

    /// @return null for white space and comments
    private @Nullable Token token(String specials) {
        char c = (char) (field[at++] & 0xff);
        if (blank(c)) {
            return null;
        }
        if (c == '(') {
            comment();
            return null;
        }
        if (c == '"') {
            return quoted();
        }
        if (special(c, specials)) {
            return new Token(String.valueOf(c), c, false);
        }
        int from = at - 1;
        while (at < end && !blank((char) field[at]) && !special((char) field[at], specials)) {
            at++;
        }
        return new Token(text(field, from, at), (char) 0, false);
    }

    private void comment() {
        int level = 1;
        while (at < end && level > 0) {
            switch (field[at++]) {
                case '(' -> level++;
                case ')' -> level--;
                case '\\' -> at++;
                default -> {
                    // it says nothing
                }
            }
        }
    }

    private Token quoted() {
        byte[] out = new byte[end - at];
        int n = 0;
        while (at < end) {
            byte c = field[at++];
            if (c == '"') {
                break;
            }
            if (c == '\n') {
                // A fold: the blanks before it go, those after it stay.
                while (n > 0 && blank((char) out[n - 1])) {
                    n--;
                }
                continue;
            }
            if (c == '\\') {
                if (at == end) {
                    break;
                }
                c = field[at++];
            }
            out[n++] = c;
        }
        return new Token(text(out, 0, n), (char) 0, true);
    }

    private static boolean blank(char c) {
        return c == ' ' || c == '\t' || c == '\r' || c == '\n';
    }

    private static boolean special(char c, String specials) {
        return c < ' ' || c == 127 || specials.indexOf(c) >= 0;
    }

    private static String text(byte[] b, int from, int to) {
        return new String(b, from, to - from, java.nio.charset.StandardCharsets.ISO_8859_1);
    }
}
