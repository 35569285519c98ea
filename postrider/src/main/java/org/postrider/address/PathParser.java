package org.postrider.address;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads the path of MAIL FROM and RCPT TO (RFC 5321 4.1.2) as liberally as Postfix does: comments
/// are skipped and brackets may be missing unless the path is strict. The result is in internal
/// form: quoting and source route removed.
public final class PathParser {
    private PathParser() {}

    /// @param word a path as it stands in a command
    /// @param strict strict_rfc821_envelopes: brackets must be there, nothing but an address inside
    /// @return null if it is not one address; the empty address for `<>`
    public static @Nullable Address parse(String word, boolean strict) {
        boolean bracketed = word.length() > 1 && word.startsWith("<") && word.endsWith(">");
        String text = bracketed ? word.substring(1, word.length() - 1) : word;
        if (strict && !word.startsWith("<")) {
            return null;
        }
        if (plain(text)) {
            return new Address(text);
        }
        if (text.startsWith("@") && text.indexOf(':') > 0) {
            // RFC 5321 appendix C: a source route is stripped.
            text = text.substring(text.indexOf(':') + 1);
        }
        return grouped(Tokens.scan(text), strict);
    }

    /// Most paths: letters, digits and a few marks around one `@`.
    private static boolean plain(String text) {
        int at = 0;
        char before = '.';
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean word = c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z';
            if (!word && c != '-' && c != '_' && c != '+' && c != '=') {
                if ((c != '.' && c != '@') || before == '.' || before == '@') {
                    return false;
                }
                at += c == '@' ? 1 : 0;
            }
            before = c;
        }
        return at <= 1 && before != '.' && before != '@';
    }

    /// Finds addresses among the tokens from right to left, as Postfix reads header addresses: two
    /// words side by side belong to two of them. More than one is malformed.
    private static @Nullable Address grouped(List<Tokens.Token> all, boolean strict) {
        List<Tokens.Token> t = new ArrayList<>(all.size());
        for (Tokens.Token each : all) {
            if (each.kind() != Tokens.COMMENT) {
                t.add(each);
            }
        }
        Groups groups = new Groups(t);
        groups.scan();
        if (groups.found > 1 || (strict && (t.size() < all.size() || groups.foreign() > 0))) {
            return null;
        }
        return groups.found == 0
                ? Address.NULL
                : new Address(Tokens.internal(t.subList(groups.from, groups.to), 0));
    }

    private static final class Groups {
        final List<Tokens.Token> t;
        int found;
        int from;
        int to;

        Groups(List<Tokens.Token> tokens) {
            this.t = tokens;
        }

        private void group(int left, int right) {
            if (left + 1 < right) {
                found++;
                from = left + 1;
                to = right;
            }
        }

        void scan() {
            boolean word = true;
            boolean named = false;
            int right = t.size();
            int at = right - 1;
            while (at >= 0) {
                char kind = t.get(at).kind();
                if (kind == ';') {
                    group(at, right);
                    right = at;
                    named = true;
                    word = true;
                } else if (kind == ':' && named) {
                    group(at, right);
                    at = skip(at, ",");
                    right = at;
                    continue;
                } else if (kind == '>') {
                    group(at, right);
                    int close = at;
                    at = skip(at, "<");
                    group(at, close);
                    at = skip(at, ">;,:");
                    right = at;
                    word = true;
                    continue;
                } else if (kind >= Tokens.ATOM) {
                    if (!word) {
                        group(at, right);
                        right = at + 1;
                    }
                    word = false;
                } else {
                    if (kind == ',') {
                        group(at, right);
                        right = at;
                    }
                    word = true;
                }
                at--;
            }
            group(-1, right);
        }

        private int skip(int from, String until) {
            int at = from;
            while (at >= 0
                    && (t.get(at).kind() >= Tokens.ATOM || until.indexOf(t.get(at).kind()) < 0)) {
                at--;
            }
            return at;
        }

        /// Tokens outside the address that are no brackets.
        int foreign() {
            int count = 0;
            for (int i = 0; i < t.size(); i++) {
                char kind = t.get(i).kind();
                if ((found == 0 || i < from || i >= to) && kind != '<' && kind != '>') {
                    count++;
                }
            }
            return count;
        }
    }
}
