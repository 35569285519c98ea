package org.postrider.smtpd;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.config.Settings;
import org.postrider.config.Values;
import org.postrider.maps.AddressMaps;
import org.postrider.maps.Tables;
import org.postrider.rewrite.RewriteService;
import org.postrider.wire.Reply;

/// Rules on who may use which envelope sender (smtpd_sender_login_maps). The sender is the address
/// that mail will leave with, however the client wrote it. Immutable; any thread.
final class LoginRules {
    private final AddressMaps owners;
    private final RewriteService rewrite;

    LoginRules(Settings settings, Tables tables, RewriteService rewrite) {
        this.rewrite = rewrite;
        owners =
                new AddressMaps(
                        settings.get(SmtpdParams.SENDER_LOGIN_MAPS),
                        tables,
                        settings.get(SmtpdParams.RECIPIENT_DELIMITER));
    }

    /// @param rule one of reject_…sender_login_mismatch
    /// @throws org.postrider.maps.TableException when a table cannot answer
    Verdict verdict(String rule, Transaction t, Session s) {
        if (!s.d.sasl.enabled) {
            // Nobody can log in here, so nobody is asked to.
            s.warn("restriction `" + rule + "' ignored: no SASL support");
            return Verdict.DUNNO;
        }
        if (t.sender.isNull()) {
            return Verdict.DUNNO;
        }
        String login = t.login;
        if (rule.startsWith(login == null ? "reject_authenticated_" : "reject_unauthenticated_")) {
            return Verdict.DUNNO;
        }
        Address sender = t.resolved(rewrite, t.sender).recipient();
        String listed = owners.lookup(sender, rewrite.barelyNamed(sender.domain()));
        if (login == null) {
            return listed == null ? Verdict.DUNNO : rejected(t, "not logged in");
        }
        boolean mayBeUnknown = listed == null && rule.startsWith("reject_known_");
        return mayBeUnknown || owns(listed, login)
                ? Verdict.DUNNO
                : rejected(t, "not owned by user " + login);
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
