package org.postrider.access.mail;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.access.AccessParams;
import org.postrider.access.Stage;
import org.postrider.access.restriction.Means;
import org.postrider.access.restriction.Question;
import org.postrider.access.restriction.Rule;
import org.postrider.access.restriction.Ruling;
import org.postrider.access.restriction.Word;
import org.postrider.address.Address;
import org.postrider.config.Values;
import org.postrider.maps.AddressMaps;
import org.postrider.maps.Fold;
import org.postrider.rewrite.RewriteParams;
import org.postrider.rewrite.RewriteService;
import org.postrider.wire.Reply;

/// Who may use which envelope sender (smtpd_sender_login_maps): reject_sender_login_mismatch and
/// its like. The sender is the address that mail will leave with, however the client wrote it.
///
/// @param logins clients can authenticate here
/// @param owners smtpd_sender_login_maps
public record SenderLogin(String name, boolean logins, AddressMaps owners, RewriteService rewrite)
        implements Rule {
    public static SenderLogin of(Word word, Means means) {
        return new SenderLogin(
                word.name(),
                means.capabilities().logins(),
                new AddressMaps(
                        AccessParams.SENDER_LOGIN_MAPS.name(),
                        means.settings().get(AccessParams.SENDER_LOGIN_MAPS),
                        means.tables(),
                        means.settings().get(RewriteParams.RECIPIENT_DELIMITER)),
                means.rewrite());
    }

    @Override
    public Stage about(Stage list) {
        return Stage.SENDER;
    }

    @Override
    public Ruling ask(Question q) {
        if (!logins) {
            // Nobody can log in here, so nobody is asked to.
            for (String each : parts()) {
                q.warn("restriction `" + each + "' ignored: no SASL support");
            }
            return Ruling.DUNNO;
        }
        Address written = q.subject().sender();
        String login = q.subject().login();
        String others = login == null ? "reject_authenticated_" : "reject_unauthenticated_";
        if (written.isNull() || name.startsWith(others)) {
            return Ruling.DUNNO;
        }
        Address sender = q.subject().resolved(written).recipient();
        String listed = owners.lookup(sender, rewrite.barelyNamed(sender.domain()));
        if (login == null) {
            return listed == null ? Ruling.DUNNO : rejected(written, "not logged in");
        }
        boolean mayBeUnknown = listed == null && name.startsWith("reject_known_");
        return mayBeUnknown || owns(listed, login)
                ? Ruling.DUNNO
                : rejected(written, "not owned by user " + login);
    }

    /// What Postfix makes of it.
    private List<String> parts() {
        return name.equals("reject_sender_login_mismatch")
                ? List.of(
                        "reject_authenticated_sender_login_mismatch",
                        "reject_unauthenticated_sender_login_mismatch")
                : List.of(name);
    }

    private static boolean owns(@Nullable String listed, String login) {
        String wanted = Fold.lower(login);
        return listed != null
                && Values.words(listed).stream().anyMatch(each -> Fold.lower(each).equals(wanted));
    }

    private static Ruling rejected(Address sender, String why) {
        return new Ruling.Reject(
                Reply.of(553, 7, 1, "<" + sender.text() + ">: Sender address rejected: " + why));
    }
}
