package org.postrider.command.stone;

/// `\n`, `\t`, `\101` and their like in an argument.
final class Escapes {
    private static final String LETTERS = "abfnrtv\\";
    private static final String MEANT = "\u0007\b\f\n\r\t\u000b\\";
    private static final int OCTAL = 3;

    private Escapes() {}

    static String read(String text) {
        StringBuilder out = new StringBuilder();
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c != '\\' || at == text.length()) {
                out.append(c);
                continue;
            }
            int letter = LETTERS.indexOf(text.charAt(at));
            int end = at;
            while (end < Math.min(text.length(), at + OCTAL) && isOctal(text.charAt(end))) {
                end++;
            }
            if (end > at) {
                out.append((char) (Integer.parseInt(text.substring(at, end), 8) & 0xff));
                at = end;
            } else {
                out.append(letter < 0 ? text.charAt(at) : MEANT.charAt(letter));
                at++;
            }
        }
        return out.toString();
    }

    private static boolean isOctal(char c) {
        return c >= '0' && c <= '7';
    }
}
