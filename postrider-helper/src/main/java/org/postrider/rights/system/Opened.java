package org.postrider.rights.system;

import java.nio.charset.StandardCharsets;
import org.postrider.rights.FileText;
import org.postrider.rights.Rights;

/// What an answer says first, and the file whose octets follow; to be closed.
///
/// @param most octets that it may have
public record Opened(Object head, Reading file, long most) {
    /// The answer as it is once the octets are behind its head.
    ///
    /// @throws Act if there are more than it may be, or they cannot be read
    public Object whole() throws Act {
        byte[] octets = file.all(most);
        String text = new String(octets, StandardCharsets.ISO_8859_1);
        return switch (head) {
            case FileText t -> new FileText(text, t.facts());
            case Rights.Owned o ->
                    new Rights.Owned(o.owner(), new FileText(text, o.text().facts()));
            default -> octets;
        };
    }
}
