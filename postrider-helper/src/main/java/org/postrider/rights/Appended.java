package org.postrider.rights;

/// A message was put behind others in a file.
///
/// @param before octets that the file had (what biff is told)
/// @param warning what the log should say although it was done, empty for nothing
public record Appended(long before, String warning) {
    /// In a file of its own.
    public static final Appended NEW = new Appended(0, "");
}
