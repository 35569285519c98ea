package org.postrider.maps;

/// Case folding of what mail is made of, octets as chars: ASCII letters only. Java's own knows more
/// letters, and makes another octet of half of an UTF-8 character.
public final class Fold {
    private Fold() {}

    /// The same object if nothing changes.
    public static String lower(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 'A' && c <= 'Z') {
                return lowerFrom(text, i);
            }
        }
        return text;
    }

    /// Whether both are the same but for the case of ASCII letters.
    public static boolean same(String a, String b) {
        if (a.length() != b.length()) {
            return false;
        }
        for (int i = 0; i < a.length(); i++) {
            if (lower(a.charAt(i)) != lower(b.charAt(i))) {
                return false;
            }
        }
        return true;
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
}
