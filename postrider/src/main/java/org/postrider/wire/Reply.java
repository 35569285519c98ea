package org.postrider.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.dsn.Status;

/// An SMTP reply (RFC 5321 4.2) with its optional enhanced code (RFC 2034).
///
/// @param code 200–599
/// @param status the enhanced code; null where Postfix sends none (220, 354, EHLO, ETRN …)
/// @param lines the texts without code and status; at least one
public record Reply(int code, @Nullable Status status, List<String> lines) {
    public Reply {
        lines = List.copyOf(lines);
        if (lines.isEmpty()) {
            throw new IllegalArgumentException("a reply has at least one line");
        }
        if (status != null && status.kind() != code / 100) {
            throw new IllegalArgumentException(code + " with " + status);
        }
    }

    public static Reply of(int code, @Nullable Status status, String text) {
        return new Reply(code, status, List.of(text));
    }

    /// `Reply.of(550, 1, 1, "<x>: …")`: the enhanced code's class is the reply's own.
    public static Reply of(int code, int subject, int detail, String text) {
        return of(code, new Status(code / 100, subject, detail), text);
    }

    public static Reply plain(int code, String text) {
        return of(code, null, text);
    }

    /// Code, status and first text as one line without CRLF, as logs and bounces quote it.
    public String line() {
        return status == null
                ? code + " " + lines.getFirst()
                : code + " " + status + " " + lines.getFirst();
    }

    /// A refusal for good as one for now (soft_bounce); any other as it is.
    public Reply softened() {
        return code < 500
                ? this
                : new Reply(code - 100, status == null ? null : status.as(4), lines);
    }
}
