package org.postrider.report;

/// Who reports.
///
/// @param contact whom a report names for questions
/// @param from the address in the header of one that goes by mail
public record House(String organization, String contact, String from) {
    /// The domain that answers for the report.
    public String submitter() {
        return from.substring(from.lastIndexOf('@') + 1);
    }
}
