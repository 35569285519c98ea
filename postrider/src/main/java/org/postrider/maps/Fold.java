package org.postrider.maps;

import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// Case folding of what mail is made of, octets as chars. Letters of every script are folded where
/// the octets are UTF-8, one by one and by Unicode's full case folding (`ß` is `ss`), as in Postfix
/// with smtputf8_enable; else ASCII letters only.
public final class Fold {
    private static final int ASCII_END = 0x80;
    private static final int DOTLESS_I = 0x131; // has a capital letter and is folded to itself

    private Fold() {}

    /// The same object if nothing changes. What comes out may be shorter or longer.
    public static String lower(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= ASCII_END) {
                return unicode(text);
            }
            if (c >= 'A' && c <= 'Z') {
                return wide(text, i) ? unicode(text) : lowerFrom(text, i);
            }
        }
        return text;
    }

    /// ASCII letters only, for what is hashed or signed in that form. The same object if nothing
    /// changes.
    public static String ascii(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 'A' && c <= 'Z') {
                return lowerFrom(text, i);
            }
        }
        return text;
    }

    /// Whether both are the same but for case.
    public static boolean same(String a, String b) {
        if (a.length() != b.length()) {
            return (wide(a, 0) || wide(b, 0)) && lower(a).equals(lower(b));
        }
        for (int i = 0; i < a.length(); i++) {
            char x = a.charAt(i);
            char y = b.charAt(i);
            if (x >= ASCII_END || y >= ASCII_END) {
                return lower(a).equals(lower(b));
            }
            if (lower(x) != lower(y)) {
                return false;
            }
        }
        return true;
    }

    private static boolean wide(String text, int from) {
        for (int i = from; i < text.length(); i++) {
            if (text.charAt(i) >= ASCII_END) {
                return true;
            }
        }
        return false;
    }

    private static char lower(char c) {
        return c >= 'A' && c <= 'Z' ? (char) (c + 32) : c;
    }

    private static String lowerFrom(String text, int from) {
        StringBuilder out = new StringBuilder(text.length()).append(text, 0, from);
        for (int i = from; i < text.length(); i++) {
            out.append(lower(text.charAt(i)));
        }
        return out.toString();
    }

    private static String unicode(String octets) {
        String text;
        try {
            text =
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(
                                    StandardCharsets.ISO_8859_1
                                            .newEncoder()
                                            .encode(CharBuffer.wrap(octets)))
                            .toString();
        } catch (CharacterCodingException e) {
            return ascii(octets);
        }
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints().forEach(each -> folded(each, out));
        byte[] bytes = out.toString().getBytes(StandardCharsets.UTF_8);
        String folded = new String(bytes, StandardCharsets.ISO_8859_1);
        return folded.equals(octets) ? octets : folded;
    }

    /// Unicode's folding is that of the lower case of the upper case of the lower case, but for one
    /// letter, and for Cherokee, whose capitals were there first. A letter that becomes several is
    /// folded one by one: a sigma at the end of a word is as any other.
    private static void folded(int letter, StringBuilder out) {
        if (letter == DOTLESS_I) {
            out.appendCodePoint(letter);
            return;
        }
        String upper = Character.toString(letter).toLowerCase(Locale.ROOT).toUpperCase(Locale.ROOT);
        if (Character.UnicodeScript.of(letter) == Character.UnicodeScript.CHEROKEE) {
            out.append(upper);
            return;
        }
        upper.codePoints()
                .forEach(each -> out.append(Character.toString(each).toLowerCase(Locale.ROOT)));
    }
}
