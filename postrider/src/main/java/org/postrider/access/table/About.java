package org.postrider.access.table;

/// What an access table was asked about.
///
/// @param table `type:name`
/// @param subject what stands in `<…>` of a reply
/// @param what `Client host`, `Sender address` …
/// @param key the first key that was asked for
public record About(String table, String subject, String what, String key) {
    static About of(String table, String subject, String what) {
        return new About(table, subject, what, subject);
    }

    String rejected() {
        return "<" + subject + ">: " + what + " rejected: ";
    }

    /// `triggers HOLD action`, or what the table says instead.
    String triggers(String action, String text) {
        return "<" + subject + ">: " + what + " " + (text.isEmpty() ? action : text);
    }
}
