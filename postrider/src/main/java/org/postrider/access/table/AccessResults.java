package org.postrider.access.table;

import org.jspecify.annotations.Nullable;
import org.postrider.access.AccessParams;
import org.postrider.access.Stage;
import org.postrider.access.restriction.Means;
import org.postrider.access.restriction.PermitLog;
import org.postrider.access.restriction.Question;
import org.postrider.access.restriction.Ruling;
import org.postrider.config.Settings;

/// What the results of access tables come to under one configuration. Immutable; any thread.
public final class AccessResults {
    private final AccessResult.Codes codes;
    private final boolean proxied;
    private final PermitLog permits;

    public static AccessResults of(Means means) {
        return means.shared(AccessResults.class, AccessResults::new);
    }

    private AccessResults(Means means) {
        Settings settings = means.settings();
        codes =
                new AccessResult.Codes(
                        settings.get(AccessParams.ACCESS_REJECT_CODE),
                        settings.get(AccessParams.ACCESS_DEFER_CODE));
        proxied = means.capabilities().proxied();
        permits = PermitLog.of(means);
    }

    /// @param value what the table says
    Ruling ruling(String value, About about, Question q) {
        return answered(value.strip(), about, q);
    }

    /// @param value what a policy server says: blanks around it are its own
    public Ruling answered(String value, About about, Question q) {
        AccessResult result = AccessResult.parse(value, codes);
        if (result instanceof AccessResult.Ok(String all)) {
            permits.result(all, about.what(), about.subject(), about.table(), q);
        }
        String why = result instanceof AccessResult.OfMail m ? unavailable(m, about, q) : null;
        if (why != null) {
            q.warn("access table " + about.table() + ": " + why);
            return Ruling.DUNNO;
        }
        return result.act(about, q);
    }

    /// Why nothing can be done to the mail; null if it can.
    private @Nullable String unavailable(AccessResult.OfMail result, About about, Question q) {
        if (proxied && !result.beforeFilter()) {
            return "with smtpd_proxy_filter specified, action "
                    + result.action()
                    + " is unavailable";
        }
        if (q.asked() == Stage.ETRN && !(result instanceof AccessResult.Prepend)) {
            return "action " + result.action() + " is unavailable in smtpd_etrn_restrictions";
        }
        if (q.asked() == Stage.END_OF_DATA && result instanceof AccessResult.Prepend) {
            return "action PREPEND must be used before smtpd_end_of_data_restrictions";
        }
        // Postfix says so wherever there is no mail, whatever the setting and the list.
        return q.subject().inMail() || q.asked() == Stage.SENDER
                ? null
                : "with smtpd_delay_reject=no, action "
                        + result.action()
                        + " is always skipped in Client host or Helo command restrictions";
    }
}
