package org.postrider.bounce;

/// Foreign text made fit for a notice: one line, printable ASCII, folded.
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

    /// Broken at spaces into lines of at most 79 characters, all but the first indented by four. A
    /// word that is longer gets a line of its own.
    static void wrap(StringBuilder to, String text) {
        int from = 0;
        boolean first = true;
        while (true) {
            int room = first ? LINE : LINE - INDENT.length();
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
