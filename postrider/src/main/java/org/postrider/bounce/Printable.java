package org.postrider.bounce;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/// Foreign text, an octet a character, made fit for a notice: one line, printable, folded.
final class Printable {
    private static final int LINE = 79;
    private static final String INDENT = "    ";

    private Printable() {}

    /// Line ends become spaces; controls and octets above 126 become `?`.
    static String of(String text) {
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\n' || c == '\r' || c == '\t') {
                out.append(' ');
            } else {
                out.append(c < ' ' || c > '~' ? '?' : c);
            }
        }
        return out.toString();
    }

    /// The same, but octets above 127 stay when they all are UTF-8.
    static String utf8(String text) {
        byte[] octets = text.getBytes(StandardCharsets.ISO_8859_1);
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(octets));
        } catch (CharacterCodingException e) {
            return of(text);
        }
        StringBuilder out = new StringBuilder(of(text));
        for (int i = 0; i < out.length(); i++) {
            if (octets[i] < 0) {
                out.setCharAt(i, text.charAt(i));
            }
        }
        return out.toString();
    }

    /// Broken at spaces into lines of at most 79 characters, all but the first indented by four. A
    /// word that is longer gets a line of its own. No line ends with a space.
    static void wrap(StringBuilder to, String words) {
        wrap(to, words, LINE, "");
    }

    /// @param most characters of a line behind what stands before each
    static void wrap(StringBuilder to, String words, int most, String before) {
        String text = words.stripTrailing();
        int from = 0;
        boolean first = true;
        while (true) {
            int room = first ? most : most - INDENT.length();
            to.append(before);
            if (!first) {
                to.append(INDENT);
            }
            int left = text.length() - from;
            if (left <= room) {
                to.append(text, from, text.length()).append("\r\n");
                return;
            }
            int space = text.lastIndexOf(' ', from + room);
            if (space <= from) {
                space = text.indexOf(' ', from + room);
            }
            if (space < 0) {
                to.append(text, from, text.length()).append("\r\n");
                return;
            }
            to.append(text, from, space).append("\r\n");
            from = space + 1;
            while (from < text.length() && text.charAt(from) == ' ') {
                from++;
            }
            first = false;
        }
    }
}
