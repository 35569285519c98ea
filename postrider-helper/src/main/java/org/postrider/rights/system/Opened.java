package org.postrider.rights.system;

import java.nio.charset.StandardCharsets;
import org.postrider.rights.Answer;
import org.postrider.rights.FileText;
import org.postrider.rights.Rights;

/// What an answer says first, and the file whose octets follow; to be closed.
///
/// @param head a [FileText] or [Rights.Owned] without its octets, or none
/// @param most octets that it may have
public record Opened(Object head, Reading file, long most) {
    /// The answer as it is once the octets are behind its head: refused if there are more than it
    /// may be, or they cannot be read.
    public static Answer<?> whole(Answer<?> answer) {
        if (!(answer instanceof Answer.Done<?> d && d.value() instanceof Opened opened)) {
            return answer;
        }
        try (Reading file = opened.file) {
            byte[] octets = file.all(opened.most);
            String text = new String(octets, StandardCharsets.ISO_8859_1);
            return Answer.done(
                    switch (opened.head) {
                        case FileText t -> new FileText(text, t.facts());
                        case Rights.Owned o ->
                                new Rights.Owned(o.owner(), new FileText(text, o.text().facts()));
                        default -> octets;
                    });
        } catch (Act e) {
            return Answer.refused(e.trouble());
        }
    }
}
