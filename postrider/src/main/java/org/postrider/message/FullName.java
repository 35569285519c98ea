package org.postrider.message;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/// A submitter's full name as a phrase or a comment (RFC 5322 3.2.5); what is not ASCII as encoded
/// words (RFC 2047 5 (3)) in the charset of full_name_encoding_charset. Texts are octets kept as
/// chars.
public final class FullName {
    /// RFC 2047 2: an encoded word has at most this many characters.
    private static final int LONGEST = 75;

    private static final String PLAIN_IN_WORD = "!*+-/";

    private FullName() {}

    /// @param charset of the name, for encoded words
    public static String phrase(String name, String charset) {
        boolean plain = true;
        boolean ascii = true;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            ascii &= c < 128;
            plain &= c >= ' ' && c < 127 && "()<>@,;:\\\".[]%!".indexOf(c) < 0;
        }
        if (!ascii) {
            return encoded(name, charset);
        }
        return plain ? name : quoted(name);
    }

    /// The name as it stands within parentheses (RFC 5322 3.2.2); what is not ASCII as encoded
    /// words (RFC 2047 5 (2)).
    ///
    /// @param charset of the name, for encoded words
    public static String comment(String name, String charset) {
        StringBuilder plain = new StringBuilder(name.length());
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c > 127) {
                return encoded(name, charset);
            }
            plain.append(c == '\r' || c == '\n' ? ' ' : c);
        }
        return balanced(plain.toString());
    }

    /// Comments nest: no bracket is left open, none closes what is not, no backslash ends it.
    private static String balanced(String name) {
        StringBuilder out = new StringBuilder(name.length() + 4);
        int open = 0;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean last = i + 1 == name.length();
            if (c == '\\' && !last) {
                out.append(c).append(name.charAt(++i));
            } else if (c == '(' || c == ')' && open > 0) {
                open += c == '(' ? 1 : -1;
                out.append(c);
            } else if (c != ')' && c != '\\') {
                out.append(c);
            }
        }
        return out.append(")".repeat(open)).toString();
    }

    private static String quoted(String name) {
        StringBuilder out = new StringBuilder(name.length() + 4).append('"');
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\');
            }
            out.append(c == '\r' || c == '\n' ? ' ' : c);
        }
        return out.append('"').toString();
    }

    private static String encoded(String name, String charset) {
        List<String> characters = characters(name);
        int quotedLength = 0;
        for (String each : characters) {
            quotedLength += quotedPrintable(each).length();
        }
        boolean base64 = (name.length() + 2) / 3 * 4 < quotedLength;
        int room = LONGEST - charset.length() - "=???Q??=".length() + 1;
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        for (String each : characters) {
            if (!word.isEmpty() && length(word + each, base64) > room) {
                words.add(word(word.toString(), charset, base64));
                word.setLength(0);
            }
            word.append(each);
        }
        words.add(word(word.toString(), charset, base64));
        return String.join("\n", words);
    }

    /// A character of UTF-8 stays in one word (RFC 2047 5).
    private static List<String> characters(String name) {
        List<String> out = new ArrayList<>();
        int begun = 0;
        for (int i = 1; i <= name.length(); i++) {
            if (i == name.length() || (name.charAt(i) & 0xC0) != 0x80 || i - begun == 4) {
                out.add(name.substring(begun, i));
                begun = i;
            }
        }
        return out;
    }

    private static int length(String text, boolean base64) {
        return base64 ? (text.length() + 2) / 3 * 4 : quotedPrintable(text).length();
    }

    private static String word(String text, String charset, boolean base64) {
        String in =
                base64
                        ? Base64.getEncoder()
                                .encodeToString(text.getBytes(StandardCharsets.ISO_8859_1))
                        : quotedPrintable(text);
        return "=?" + charset + (base64 ? "?B?" : "?Q?") + in + "?=";
    }

    /// In a phrase only letters, digits and a few more stand for themselves (RFC 2047 5 (3)).
    private static String quotedPrintable(String text) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean plain =
                    (c >= '0' && c <= '9')
                            || (c >= 'A' && c <= 'Z')
                            || (c >= 'a' && c <= 'z')
                            || PLAIN_IN_WORD.indexOf(c) >= 0;
            if (plain) {
                out.append(c);
            } else if (c == ' ') {
                out.append('_');
            } else {
                out.append('=');
                out.append(Character.toUpperCase(Character.forDigit(c >> 4 & 15, 16)));
                out.append(Character.toUpperCase(Character.forDigit(c & 15, 16)));
            }
        }
        return out.toString();
    }
}
