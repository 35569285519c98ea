package org.postrider.doctor;

import java.util.List;

/// What one check found.
///
/// @param check what was looked at: `mx`, `spf`, …
/// @param text one line of printable ASCII
/// @param records to add, or to have in the place of those of that name and type: lines of a zone
///   file
public record Finding(Level level, String check, String text, List<String> records) {
    private static final int MOST = 600;

    public Finding {
        text = printable(text);
        records = List.copyOf(records);
    }

    private static String printable(String text) {
        StringBuilder out = new StringBuilder(Math.min(MOST, text.length()));
        for (int i = 0; i < text.length() && i < MOST; i++) {
            char c = text.charAt(i);
            out.append(c >= ' ' && c < 127 ? c : '?');
        }
        return text.length() > MOST ? out.append("...").toString() : out.toString();
    }
}
