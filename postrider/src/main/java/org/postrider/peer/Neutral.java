package org.postrider.peer;

/// What a client says of itself, as headers and log lines may show it.
public final class Neutral {
    private Neutral() {}

    /// What could be mistaken in a Received: header or a log line becomes `?`.
    public static String of(String text) {
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            out.append(c <= ' ' || c == 127 || "<>()\\\";@".indexOf(c) >= 0 ? '?' : c);
        }
        return out.toString();
    }
}
