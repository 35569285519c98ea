package org.postrider.smtpd;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.postrider.config.Settings;
import org.postrider.config.Values;
import org.postrider.maps.AddressMaps;
import org.postrider.maps.Tables;
import org.postrider.wire.Reply;

/// Rules on who may use which envelope sender (smtpd_sender_login_maps). Immutable; any thread.
final class LoginRules {
    private final AddressMaps owners;

    LoginRules(Settings settings, Tables tables) {
        owners =
                new AddressMaps(
                        settings.get(SmtpdParams.SENDER_LOGIN_MAPS),
                        tables,
                        settings.get(SmtpdParams.RECIPIENT_DELIMITER));
    }

    /// @param rule one of reject_…sender_login_mismatch
    Verdict verdict(String rule, Transaction t) {
        if (owners.isEmpty() || t.sender.isNull()) {
            return Verdict.DUNNO;
        }
        String listed = owners.lookup(t.sender, false);
        String login = t.login;
        boolean known = rule.startsWith("reject_known_");
        if (login == null) {
            return listed != null && !rule.startsWith("reject_authenticated_")
                    ? rejected(t, "not logged in")
                    : Verdict.DUNNO;
        }
        if (rule.startsWith("reject_unauthenticated_")
                || known && listed == null
                || owns(listed, login)) {
            return Verdict.DUNNO;
        }
        return rejected(t, "not owned by user " + login);
    }

    private static boolean owns(@Nullable String listed, String login) {
        String wanted = login.toLowerCase(Locale.ROOT);
        return listed != null
                && Values.words(listed).stream()
                        .anyMatch(each -> each.toLowerCase(Locale.ROOT).equals(wanted));
    }

    private static Verdict rejected(Transaction t, String why) {
        return new Verdict.Reject(
                Reply.of(
                        553,
                        7,
                        1,
                        "<" + Rules.shown(t.sender) + ">: Sender address rejected: " + why));
    }
}
