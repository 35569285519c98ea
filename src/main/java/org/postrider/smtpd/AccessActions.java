package org.postrider.smtpd;

import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.config.Settings;
import org.postrider.dsn.DsnSplit;
import org.postrider.dsn.Status;
import org.postrider.wire.Reply;

/// The results of access(5) tables. Immutable; any thread.
final class AccessActions {
    private static final Set<String> OF_A_MAIL =
            Set.of("HOLD", "DISCARD", "FILTER", "REDIRECT", "BCC", "PREPEND");

    private final int rejectCode;
    private final int deferCode;

    /// What was looked up.
    ///
    /// @param subject what stands in `<…>` of a reply
    /// @param what `Client host`, `Sender address` …
    /// @param key the first key asked for
    record About(String subject, String what, String key) {
        static About of(String subject, String what) {
            return new About(subject, what, subject);
        }

        String rejected() {
            return "<" + subject + ">: " + what + " rejected: ";
        }

        String triggers(String action, String text) {
            return "<" + subject + ">: " + what + " " + (text.isEmpty() ? action : text);
        }
    }

    AccessActions(Settings settings) {
        rejectCode = settings.get(SmtpdParams.ACCESS_REJECT_CODE);
        deferCode = settings.get(SmtpdParams.ACCESS_DEFER_CODE);
    }

    /// @param value what the table says
    /// @param table `type:name`, for the log
    Verdict verdict(String value, String table, About about, Transaction t, Session s) {
        String v = value.strip();
        int blank = 0;
        while (blank < v.length() && v.charAt(blank) != ' ' && v.charAt(blank) != '\t') {
            blank++;
        }
        String word = v.substring(0, blank);
        String text = v.substring(blank).strip();
        String action = word.toUpperCase(Locale.ROOT);
        String why = OF_A_MAIL.contains(action) ? unavailable(action, table, about, s) : null;
        if (why != null) {
            s.warn(why);
            return Verdict.DUNNO;
        }
        return switch (action) {
            case "OK" -> {
                s.d.permits.table(v, about, table, s);
                yield Verdict.PERMIT;
            }
            case "DUNNO" -> Verdict.DUNNO;
            case "REJECT" -> coded(rejectCode, about, text, s);
            case "DEFER" -> coded(deferCode, about, text, s);
            case "DEFER_IF_PERMIT" -> {
                yield s.judge.deferIfPermit(reply(450, about, text, "Service unavailable", s));
            }
            case "DEFER_IF_REJECT" -> {
                t.deferIfReject(reply(450, about, text, "Service unavailable", s));
                yield Verdict.DUNNO;
            }
            case "INFO", "WARN" -> {
                s.rejects.log(word.toLowerCase(Locale.ROOT), text);
                yield Verdict.DUNNO;
            }
            case "HOLD", "DISCARD" -> {
                boolean hold = word.equalsIgnoreCase("HOLD");
                t.hold |= hold;
                t.discard |= !hold;
                s.rejects.log(
                        hold ? "hold" : "discard",
                        about.triggers(
                                hold ? "triggers HOLD action" : "triggers DISCARD action", text));
                yield Verdict.DUNNO;
            }
            case "FILTER", "REDIRECT", "BCC", "PREPEND" -> target(word, text, table, about, t, s);
            default -> other(v, word, text, table, about, s);
        };
    }

    /// Why an action that is taken on a mail cannot be taken; null where it can.
    private @Nullable String unavailable(String action, String table, About about, Session s) {
        if (s.d.proxy != null && !action.equals("DISCARD") && !action.equals("PREPEND")) {
            return "access table "
                    + table
                    + ": with smtpd_proxy_filter specified, action "
                    + action
                    + " is unavailable";
        }
        boolean early =
                !s.d.delayReject
                        && (about.what().equals("Client host")
                                || about.what().equals("Helo command"))
                        && !s.t.inMail;
        return early
                ? "access table "
                        + table
                        + ": with smtpd_delay_reject=no, action "
                        + action
                        + " is always skipped in Client host or Helo command restrictions"
                : null;
    }

    /// Actions that say where to, or what.
    private static Verdict target(
            String word, String text, String table, About about, Transaction t, Session s) {
        switch (word.toUpperCase(Locale.ROOT)) {
            case "FILTER" -> {
                if (text.indexOf(':') < 0) {
                    return useless(table, about, "transport:destination", s);
                }
                t.filter = text;
                s.rejects.log("filter", about.triggers("triggers FILTER " + text, ""));
            }
            case "PREPEND" -> {
                if (text.indexOf(':') <= 0) {
                    return useless(table, about, "header: text", s);
                }
                t.prepended.add(text);
            }
            default -> {
                if (text.indexOf('@') < 0) {
                    return useless(table, about, "user@domain target", s);
                }
                boolean bcc = word.equalsIgnoreCase("BCC");
                if (bcc) {
                    t.bcc.add(new Address(text));
                } else {
                    t.redirect = new Address(text);
                }
                s.rejects.log(
                        bcc ? "bcc" : "redirect",
                        about.triggers("triggers " + (bcc ? "BCC " : "REDIRECT ") + text, ""));
            }
        }
        return Verdict.DUNNO;
    }

    private static Verdict useless(String table, About about, String wanted, Session s) {
        s.warn("access table " + table + " entry \"" + about.key() + "\" requires " + wanted);
        return Verdict.DUNNO;
    }

    private Verdict other(
            String value, String word, String text, String table, About about, Session s) {
        if (word.length() == 3
                && (word.charAt(0) == '4' || word.charAt(0) == '5')
                && digits(word)) {
            return coded(Integer.parseInt(word), about, text, s);
        }
        if (!digits(value)) {
            return new Verdict.More(value);
        }
        s.d.permits.table(value, about, table, s);
        return Verdict.PERMIT;
    }

    private static boolean digits(String word) {
        for (int i = 0; i < word.length(); i++) {
            if (word.charAt(i) < '0' || word.charAt(i) > '9') {
                return false;
            }
        }
        return !word.isEmpty();
    }

    private static Verdict coded(int code, About about, String text, Session s) {
        return new Verdict.Reject(reply(code, about, text, "Access denied", s));
    }

    /// A text may begin with an enhanced code of its own.
    private static Reply reply(int code, About about, String text, String otherwise, Session s) {
        Status own = DsnSplit.status(text);
        if (own == null) {
            return Reply.of(code, 7, 1, about.rejected() + (text.isEmpty() ? otherwise : text));
        }
        String rest = text.substring(own.toString().length()).strip();
        Status fitted = fitted(own, about.what());
        if (!fitted.equals(own)) {
            s.info("mapping DSN status " + own + " into " + about.what() + " status " + fitted);
        }
        return Reply.of(
                code,
                fitted.as(code / 100),
                about.rejected() + (rest.isEmpty() ? otherwise : rest));
    }

    /// A status about an address fits only replies about that kind of address (RFC 3463 3.2).
    static Status fitted(Status own, String what) {
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
}
