package org.postrider.rights;

import java.util.List;

/// A message was put behind others in a file.
///
/// @param before octets that the file had (what biff is told)
/// @param warning what the log should say although it was done, empty for nothing
public record Appended(long before, String warning) {
    /// In a file of its own.
    public static final Appended NEW = new Appended(0, "");

    /// What each message of a [Request.Batch] came to, in its order.
    public record Each(List<Answer<Appended>> all) {
        public Each {
            all = List.copyOf(all);
        }
    }
}
