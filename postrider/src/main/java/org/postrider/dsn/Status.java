package org.postrider.dsn;

/// An RFC 3463 enhanced status code, `kind.subject.detail`.
///
/// @param kind 2 success, 4 transient, 5 permanent
/// @param subject 0–999
/// @param detail 0–999
public record Status(int kind, int subject, int detail) {
    public Status {
        if (kind != 2 && kind != 4 && kind != 5) {
            throw new IllegalArgumentException("status class " + kind);
        }
    }

    public boolean permanent() {
        return kind == 5;
    }

    public boolean success() {
        return kind == 2;
    }

    /// The same subject and detail as another kind (`soft_bounce`, policy downgrades).
    public Status as(int otherKind) {
        return new Status(otherKind, subject, detail);
    }

    @Override
    public String toString() {
        return kind + "." + subject + "." + detail;
    }
}
