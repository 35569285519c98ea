package org.postrider.access.restriction;

import org.postrider.access.Stage;
import org.postrider.access.Subject;

/// What a refusal is about if the restriction itself looks at nothing: that of the list it stands
/// in, or what a table was asked about that named it.
///
/// @param what `Client host`, `Sender address` …
/// @param subject what stands in the `<…>` of a reply
public record Named(String what, String subject) {
    public static Named of(Stage list, Subject subject) {
        return new Named(list.what(), list.of(subject));
    }

    /// How a refusal begins.
    public String rejected() {
        return "<" + subject + ">: " + what + " rejected: ";
    }
}
