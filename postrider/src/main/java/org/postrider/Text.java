package org.postrider;

import java.nio.charset.StandardCharsets;

/// Addresses, keys and values are octets inside, each as one char (ISO 8859-1), and text in UTF-8
/// to the program that embeds the server.
final class Text {
    private Text() {}

    /// What goes in.
    static String octets(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    /// What comes out; octets that are no UTF-8 become U+FFFD.
    static String of(String octets) {
        return new String(octets.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }
}
