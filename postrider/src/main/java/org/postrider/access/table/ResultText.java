package org.postrider.access.table;

import org.postrider.access.LogLine;
import org.postrider.access.restriction.Question;
import org.postrider.access.restriction.Ruling;
import org.postrider.dsn.DsnSplit;
import org.postrider.dsn.Status;
import org.postrider.wire.Reply;

/// What results say to the client and in the log.
public final class ResultText {
    private ResultText() {}

    /// A text may begin with an enhanced code of its own.
    static Reply reply(int code, About about, String text, String otherwise, Question q) {
        Status own = DsnSplit.status(text);
        if (own == null) {
            return Reply.of(code, 7, 1, about.rejected() + (text.isEmpty() ? otherwise : text));
        }
        String rest = DsnSplit.rest(text);
        Status fitted = fitted(own, about.what(), q);
        return Reply.of(
                code,
                fitted.as(code / 100),
                about.rejected() + (rest.isEmpty() ? otherwise : rest));
    }

    /// A status of an administrator's as it fits what is refused; that it is changed is logged.
    ///
    /// @param what `Client host`, `Sender address` …
    public static Status fitted(Status own, String what, Question q) {
        Status fitted = fitted(own, what);
        if (!fitted.equals(own)) {
            q.info("mapping DSN status " + own + " into " + what + " status " + fitted);
        }
        return fitted;
    }

    /// A status about an address fits only replies about that kind of address (RFC 3463 3.2).
    private static Status fitted(Status own, String what) {
        if (own.subject() != 1) {
            return own;
        }
        return switch (what) {
            case "Sender address" ->
                    switch (own.detail()) {
                        case 1, 3, 4, 6 -> new Status(own.kind(), 1, 7);
                        case 2 -> new Status(own.kind(), 1, 8);
                        case 5 -> new Status(own.kind(), 1, 0);
                        default -> own;
                    };
            case "Recipient address" ->
                    switch (own.detail()) {
                        case 7 -> new Status(own.kind(), 1, 3);
                        case 8 -> new Status(own.kind(), 1, 2);
                        default -> own;
                    };
            default -> new Status(own.kind(), 0, 0);
        };
    }

    /// The log says that something is done to the mail.
    static Ruling triggered(String action, About about, String what, Question q) {
        q.wants(new LogLine.Action(action, about.triggers("triggers " + what, "")));
        return Ruling.DUNNO;
    }

    /// A result that lacks what it needs does nothing.
    static Ruling useless(About about, String wanted, Question q) {
        return useless(about, q, "requires " + wanted);
    }

    /// The same of one with nothing behind its name.
    static Ruling valueless(About about, String action, Question q) {
        return useless(about, q, "has " + action + " entry without value");
    }

    private static Ruling useless(About about, Question q, String why) {
        q.warn("access table " + about.table() + " entry \"" + about.key() + "\" " + why);
        return Ruling.DUNNO;
    }
}
