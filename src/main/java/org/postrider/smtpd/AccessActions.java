package org.postrider.smtpd;

import org.postrider.address.Address;
import org.postrider.config.Settings;
import org.postrider.dsn.DsnSplit;
import org.postrider.dsn.Status;
import org.postrider.wire.Reply;

/// The results of access(5) tables.
final class AccessActions {
    private final int rejectCode;
    private final int deferCode;

    AccessActions(Settings settings) {
        rejectCode = settings.get(SmtpdParams.ACCESS_REJECT_CODE);
        deferCode = settings.get(SmtpdParams.ACCESS_DEFER_CODE);
    }

    /// @param subject what stands in `<…>` of a reply
    /// @param what `Client host`, `Sender address` …
    Verdict verdict(
            String value, Restrictions.Stage stage, Transaction t, String subject, String what) {
        String v = value.strip();
        int blank = 0;
        while (blank < v.length() && v.charAt(blank) != ' ' && v.charAt(blank) != '\t') {
            blank++;
        }
        String word = v.substring(0, blank);
        String text = v.substring(blank).strip();
        String about = "<" + subject + ">: " + what + " rejected: ";
        switch (word.toUpperCase(java.util.Locale.ROOT)) {
            case "OK" -> {
                return Verdict.PERMIT;
            }
            case "DUNNO", "INFO", "WARN" -> {
                return Verdict.DUNNO;
            }
            case "REJECT" -> {
                return coded(rejectCode, 7, about, text, "Access denied");
            }
            case "DEFER" -> {
                return coded(deferCode, 7, about, text, "Access denied");
            }
            case "DEFER_IF_PERMIT" -> {
                t.deferIfPermit = reply(450, 7, about, text, "Service unavailable");
                return Verdict.DUNNO;
            }
            case "DEFER_IF_REJECT" -> {
                t.deferIfReject = reply(450, 7, about, text, "Service unavailable");
                return Verdict.DUNNO;
            }
            case "HOLD" -> {
                t.hold = true;
                return Verdict.DUNNO;
            }
            case "DISCARD" -> {
                t.discard = true;
                return Verdict.DUNNO;
            }
            case "FILTER" -> {
                t.filter = text;
                return Verdict.DUNNO;
            }
            case "REDIRECT" -> {
                t.redirect = new Address(text);
                return Verdict.DUNNO;
            }
            case "BCC" -> {
                t.bcc.add(new Address(text));
                return Verdict.DUNNO;
            }
            case "PREPEND" -> {
                t.prepended.add(text);
                return Verdict.DUNNO;
            }
            default -> {
                return other(v, word, text, about);
            }
        }
    }

    private Verdict other(String value, String word, String text, String about) {
        if (word.length() == 3
                && (word.charAt(0) == '4' || word.charAt(0) == '5')
                && digits(word)) {
            return coded(Integer.parseInt(word), 7, about, text, "Access denied");
        }
        if (digits(word)) {
            return Verdict.PERMIT;
        }
        return new Verdict.More(value);
    }

    private static boolean digits(String word) {
        for (int i = 0; i < word.length(); i++) {
            if (word.charAt(i) < '0' || word.charAt(i) > '9') {
                return false;
            }
        }
        return !word.isEmpty();
    }

    private static Verdict coded(
            int code, int subject, String about, String text, String otherwise) {
        return new Verdict.Reject(reply(code, subject, about, text, otherwise));
    }

    /// A text may begin with an enhanced code of its own.
    private static Reply reply(int code, int subject, String about, String text, String otherwise) {
        Status own = DsnSplit.status(text);
        if (own == null) {
            return Reply.of(code, subject, 1, about + (text.isEmpty() ? otherwise : text));
        }
        String rest = text.substring(own.toString().length()).strip();
        return Reply.of(code, own.as(code / 100), about + (rest.isEmpty() ? otherwise : rest));
    }
}
