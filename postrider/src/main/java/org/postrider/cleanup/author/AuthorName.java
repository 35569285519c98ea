package org.postrider.cleanup.author;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Quoting;

/// The name of who wrote a mail, as it stands in From (RFC 5322 3.4): what is in words and quotes
/// as text, encoded words (RFC 2047) as they are, since they may not stand within quotes. Linear in
/// the field; of a very long name the beginning is kept. Immutable.
final class AuthorName {
    private static final int MOST = 256;
    private static final String SPECIALS = "()<>[]:;@\\,.\"";

    /// @param encoded an encoded word
    private record Piece(String text, boolean encoded) {}

    private final List<Piece> pieces = new ArrayList<>();
    private int length;

    private AuthorName() {}

    /// The name of the first mailbox in a field's value.
    ///
    /// @return null where it has none
    static @Nullable AuthorName first(String value) {
        AuthorName words = new AuthorName();
        String comment = "";
        int at = 0;
        while (at < value.length()) {
            char c = value.charAt(at);
            int from = at;
            switch (c) {
                case ' ', '\t', '\r', '\n' -> at++;
                case '<' -> {
                    return words.pieces.isEmpty() ? of(comment) : words;
                }
                case '"' -> {
                    StringBuilder text = new StringBuilder();
                    at = enclosed(value, at, text);
                    words.text(text.toString());
                }
                case '(' -> {
                    StringBuilder text = new StringBuilder();
                    at = comment(value, at, text);
                    comment = comment.isEmpty() ? text.toString() : comment;
                }
                case ':' -> {
                    // What was before it is the name of a group.
                    words.clear();
                    at++;
                }
                case ',', ';' -> {
                    if (!words.pieces.isEmpty()) {
                        // It was an address without a name.
                        return of(comment);
                    }
                    at++;
                }
                default -> {
                    at = encodedEnd(value, at);
                    boolean encoded = at > from;
                    at = encoded ? at : wordEnd(value, from);
                    words.add(value.substring(from, at), encoded);
                }
            }
        }
        return of(comment);
    }

    /// A name that is nothing but text; null where it is empty.
    static @Nullable AuthorName of(String text) {
        AuthorName out = new AuthorName();
        int from = 0;
        for (int at = 0; at <= text.length(); at++) {
            if (at == text.length() || text.charAt(at) == ' ') {
                if (at > from) {
                    out.add(text.substring(from, at), encodedEnd(text, from) == at);
                }
                from = at + 1;
            }
        }
        return out.pieces.isEmpty() ? null : out;
    }

    /// The first `%` of a setting that stands for nothing, with what follows it; null for none.
    static @Nullable String odd(String pattern) {
        for (int i = pattern.indexOf('%'); i >= 0; i = pattern.indexOf('%', i + 2)) {
            if (i + 1 == pattern.length() || "nd%".indexOf(pattern.charAt(i + 1)) < 0) {
                return pattern.substring(i, Math.min(i + 2, pattern.length()));
            }
        }
        return null;
    }

    /// What a setting makes of it: `%n` is the name, `%d` a domain.
    static AuthorName made(String pattern, AuthorName name, String domain) {
        AuthorName out = new AuthorName();
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            char next = c == '%' && i + 1 < pattern.length() ? pattern.charAt(i + 1) : 0;
            switch (next) {
                case 'n' -> {
                    out.text(text.toString());
                    text.setLength(0);
                    name.pieces.forEach(p -> out.add(p.text(), p.encoded()));
                    i++;
                }
                case 'd' -> {
                    text.append(domain);
                    i++;
                }
                case '%' -> {
                    text.append('%');
                    i++;
                }
                default -> text.append(c);
            }
        }
        out.text(text.toString());
        return out;
    }

    private void clear() {
        pieces.clear();
        length = 0;
    }

    /// Text of which every blank ends a word.
    private void text(String text) {
        for (String word : text.split("[ \t\r\n]+", -1)) {
            if (!word.isEmpty()) {
                add(word, false);
            }
        }
    }

    private void add(String word, boolean encoded) {
        int room = 2 * MOST - length;
        if (room <= 0 || (encoded && word.length() > room)) {
            return;
        }
        String kept =
                Quoting.visible(word.substring(0, Math.min(word.length(), Math.min(room, MOST))));
        length += kept.length() + 1;
        Piece last = pieces.isEmpty() ? null : pieces.getLast();
        if (last != null && !last.encoded() && !encoded) {
            pieces.set(pieces.size() - 1, new Piece(last.text() + " " + kept, false));
        } else {
            pieces.add(new Piece(kept, encoded));
        }
    }

    // ---- reading

    private static int enclosed(String value, int from, StringBuilder into) {
        int at = from + 1;
        while (at < value.length() && value.charAt(at) != '"') {
            if (value.charAt(at) == '\\' && at + 1 < value.length()) {
                at++;
            }
            into.append(value.charAt(at++));
        }
        return Math.min(at + 1, value.length());
    }

    private static int comment(String value, int from, StringBuilder into) {
        int at = from + 1;
        int depth = 1;
        while (at < value.length()) {
            char c = value.charAt(at++);
            if (c == '\\' && at < value.length()) {
                into.append(value.charAt(at++));
                continue;
            }
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            if (depth == 0) {
                break;
            }
            into.append(c == '\r' || c == '\n' || c == '\t' ? ' ' : c);
        }
        return at;
    }

    private static int wordEnd(String value, int from) {
        int at = from + 1;
        while (at < value.length() && " \t\r\n<(\",;:".indexOf(value.charAt(at)) < 0) {
            at++;
        }
        return at;
    }

    /// Where an encoded word ends that begins here, `=?charset?Q?text?=`; `from` where none does.
    private static int encodedEnd(String value, int from) {
        if (!value.startsWith("=?", from)) {
            return from;
        }
        int marks = 0;
        int end = Math.min(value.length(), from + MOST);
        for (int at = from + 2; at < end; at++) {
            char c = value.charAt(at);
            if (c <= ' ' || c >= 127) {
                return from;
            }
            if (c == '?' && ++marks == 3) {
                return at + 1 < end && value.charAt(at + 1) == '=' ? at + 2 : from;
            }
        }
        return from;
    }

    // ---- writing

    /// As words of a phrase (RFC 5322 3.2.5), a line to each, lines parted by LF.
    String phrase() {
        StringBuilder out = new StringBuilder();
        for (Piece each : pieces) {
            if (!out.isEmpty()) {
                out.append('\n');
            }
            out.append(each.encoded() || plain(each.text()) ? each.text() : quoted(each.text()));
        }
        return out.toString();
    }

    private static boolean plain(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c > 126 || SPECIALS.indexOf(c) >= 0) {
                return false;
            }
        }
        return !text.startsWith("=?") && !text.contains(" =?");
    }

    private static String quoted(String text) {
        StringBuilder out = new StringBuilder(text.length() + 2).append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\');
            }
            out.append(c);
        }
        return out.append('"').toString();
    }
}
