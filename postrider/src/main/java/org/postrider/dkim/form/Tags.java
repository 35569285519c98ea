package org.postrider.dkim.form;

import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A list of tags (RFC 6376 3.2): `name=value; …`. White space and folds around names and values
/// are taken away, those within a value stay. Immutable.
public final class Tags {
    /// Digits of a time or a length (RFC 6376 3.5).
    private static final int MOST_DIGITS = 76;

    private final Map<String, String> values = new LinkedHashMap<>();

    private Tags() {}

    /// @param text octets as chars
    /// @throws TagException if it is no list of tags, or one is there twice
    public static Tags of(String text) throws TagException {
        Tags out = new Tags();
        int at = 0;
        boolean more = true;
        while (more) {
            int semicolon = text.indexOf(';', at);
            more = semicolon >= 0;
            int end = more ? semicolon : text.length();
            int from = afterSpace(text, at, end);
            // One semicolon may stand behind the last tag, and empty lists are lists of nothing.
            if (from < end || more) {
                out.add(text, from, end);
            }
            at = end + 1;
        }
        return out;
    }

    private void add(String text, int from, int end) throws TagException {
        int equals = text.indexOf('=', from);
        if (equals < 0 || equals > end) {
            throw new TagException("a tag without a value");
        }
        String name = text.substring(from, beforeSpace(text, from, equals));
        if (!isName(name)) {
            throw new TagException("a tag without a name");
        }
        int start = afterSpace(text, equals + 1, end);
        String value = text.substring(start, beforeSpace(text, start, end));
        checkValue(name, value);
        if (values.putIfAbsent(name, value) != null) {
            throw new TagException("the tag " + shown(name) + "= is there twice");
        }
    }

    private static boolean isName(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
            if (!letter && (i == 0 || c != '_' && (c < '0' || c > '9'))) {
                return false;
            }
        }
        return !name.isEmpty();
    }

    private static void checkValue(String name, String value) throws TagException {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            // RFC 8616 lets values be UTF-8.
            boolean fits = c > ' ' && c != 127 || isSpace(value, i);
            if (!fits) {
                throw new TagException("a control character in the tag " + shown(name) + "=");
            }
        }
    }

    /// A blank, a tab, or an octet of a line end that one of them follows.
    private static boolean isSpace(String text, int at) {
        char c = text.charAt(at);
        if (c == ' ' || c == '\t') {
            return true;
        }
        int next =
                at + (c == '\r' && at + 1 < text.length() && text.charAt(at + 1) == '\n' ? 2 : 1);
        boolean end = c == '\n' || next == at + 2;
        return end
                && next < text.length()
                && (text.charAt(next) == ' ' || text.charAt(next) == '\t');
    }

    private static boolean isOfSpace(char c) {
        return c == ' ' || c == '\t' || c == '\r' || c == '\n';
    }

    private static int afterSpace(String text, int from, int end) {
        int at = from;
        while (at < end && isOfSpace(text.charAt(at))) {
            at++;
        }
        return at;
    }

    private static int beforeSpace(String text, int from, int end) {
        int at = end;
        while (at > from && isOfSpace(text.charAt(at - 1))) {
            at--;
        }
        return at;
    }

    /// In printable ASCII, and not much of it.
    public static String shown(String text) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < text.length() && out.length() < 253; i++) {
            char c = text.charAt(i);
            out.append(c > ' ' && c < 127 && c != '"' && c != ';' && c != '\\' ? c : '?');
        }
        return out.toString();
    }

    /// The names, in order.
    public List<String> names() {
        return List.copyOf(values.keySet());
    }

    /// Null where the tag is not there.
    public @Nullable String value(String name) {
        return values.get(name);
    }

    public String value(String name, String otherwise) {
        return values.getOrDefault(name, otherwise);
    }

    /// @throws TagException if it is not there, or empty
    public String required(String name) throws TagException {
        String value = values.get(name);
        if (value == null || value.isEmpty()) {
            throw new TagException("no tag " + name + "=");
        }
        return value;
    }

    /// Without white space anywhere.
    ///
    /// @throws TagException if it is not there, or no base64
    public byte[] base64(String name) throws TagException {
        return decoded(name, required(name));
    }

    /// @throws TagException if the value is no base64
    public static byte[] decoded(String name, String value) throws TagException {
        String text = closed(value);
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException _) {
            throw new TagException("the tag " + name + "= is no base64");
        }
    }

    /// Without white space.
    public static String closed(String value) {
        StringBuilder out = new StringBuilder(value.length());
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (!isOfSpace(c)) {
                out.append(c);
            }
        }
        return out.toString();
    }

    /// A number without a sign; what is too large for a long is the largest. -1 where the tag is
    /// not there.
    ///
    /// @throws TagException if it is no number
    public long number(String name) throws TagException {
        String value = values.get(name);
        if (value == null) {
            return -1;
        }
        long out = 0;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c < '0' || c > '9') {
                throw new TagException("the tag " + name + "= is no number");
            }
            out = out > (Long.MAX_VALUE - 9) / 10 ? Long.MAX_VALUE : 10 * out + c - '0';
        }
        if (value.isEmpty() || value.length() > MOST_DIGITS) {
            throw new TagException("the tag " + name + "= is no number");
        }
        return out;
    }

    /// The words of a list with colons, without white space around them.
    public static List<String> words(String value) {
        List<String> out = new ArrayList<>();
        int at = 0;
        while (at <= value.length()) {
            int colon = value.indexOf(':', at);
            int end = colon < 0 ? value.length() : colon;
            int from = afterSpace(value, at, end);
            out.add(value.substring(from, beforeSpace(value, from, end)));
            at = end + 1;
        }
        return out;
    }

    /// Where the value of `b=` stands in the text of a field, white space included: behind the `=`
    /// and before the `;`.
    ///
    /// @return two places; null where there is none
    public static int @Nullable [] signaturePlace(String text, int from) {
        int at = from;
        while (at < text.length()) {
            int semicolon = text.indexOf(';', at);
            int end = semicolon < 0 ? text.length() : semicolon;
            int equals = text.indexOf('=', at);
            if (equals >= 0 && equals < end) {
                int start = afterSpace(text, at, equals);
                if (text.substring(start, beforeSpace(text, start, equals)).equals("b")) {
                    return new int[] {equals + 1, end};
                }
            }
            at = end + 1;
        }
        return null;
    }
}
