package org.postrider.address;

/// A mail address in Postfix's internal form: unquoted, `local@domain`, or without a domain, or
/// empty (the null sender). Octets are kept one per char (ISO 8859-1), see decision 0003.
///
/// @param text the whole address; may hold any octet but NUL, CR and LF
public record Address(String text) {
    /// The null sender `<>`.
    public static final Address NULL = new Address("");

    public boolean isNull() {
        return text.isEmpty();
    }

    /// What stands before the last `@`, or all of it.
    public String local() {
        int at = text.lastIndexOf('@');
        return at < 0 ? text : text.substring(0, at);
    }

    /// What stands after the last `@`; empty if there is none.
    public String domain() {
        int at = text.lastIndexOf('@');
        return at < 0 ? "" : text.substring(at + 1);
    }

    @Override
    public String toString() {
        return text;
    }
}
