package org.postrider.message;

import java.util.Locale;

/// What a table of checks does with one piece of a content, a header field or a line of a body
/// (header_checks(5)).
public sealed interface ContentAction {
    ContentAction KEEP = new Keep();
    ContentAction DROP = new Drop();

    /// Leave it.
    record Keep() implements ContentAction {}

    /// Take it out.
    record Drop() implements ContentAction {}

    /// A line before it.
    record Prepend(String line) implements ContentAction {}

    /// Another in its place.
    record Replace(String text) implements ContentAction {}

    /// What a table holds: a verb and what follows it.
    ///
    /// @param verb in upper case
    /// @param text without white space around it; empty for none
    record Order(String verb, String text) {
        public static Order of(String found) {
            int space = 0;
            while (space < found.length() && !Character.isWhitespace(found.charAt(space))) {
                space++;
            }
            return new Order(
                    found.substring(0, space).toUpperCase(Locale.ROOT),
                    found.substring(space).strip());
        }

        /// The text begins as a header field does.
        public boolean header() {
            return Headers.begins(text);
        }
    }
}
