package org.postrider.access.mail;

import org.postrider.access.AccessParams;
import org.postrider.access.LogLine;
import org.postrider.access.Stage;
import org.postrider.access.restriction.Compatibility;
import org.postrider.access.restriction.Means;
import org.postrider.access.restriction.Question;
import org.postrider.access.restriction.Rule;
import org.postrider.access.restriction.Ruling;
import org.postrider.access.restriction.Word;
import org.postrider.address.Address;
import org.postrider.config.Settings;
import org.postrider.rewrite.AddressClass;
import org.postrider.rewrite.Resolved;
import org.postrider.wire.Reply;

/// Whether this server takes mail for the recipient's domain: permit_auth_destination,
/// reject_unauth_destination and its like.
///
/// @param otherwise what is said of a recipient that is not ours
/// @param code the reply code if that is refused
/// @param trusting addresses that route mail on are looked at by their domain alone
/// @param older relay_domains is what an older compatibility_level makes it: that is logged
/// @param where it stands, for the log
public record Destination(
        String name, Otherwise otherwise, int code, boolean trusting, boolean older, String where)
        implements Rule {
    enum Otherwise {
        DUNNO,
        REFUSED
    }

    private static final String REMOVED = "check_relay_domains";

    public static Destination of(Word word, Means means) {
        Settings settings = means.settings();
        String name = word.name();
        int code = settings.get(AccessParams.RELAY_CODE);
        Otherwise otherwise =
                switch (name) {
                    case "permit_auth_destination" -> Otherwise.DUNNO;
                    default -> Otherwise.REFUSED;
                };
        return new Destination(
                name,
                otherwise,
                name.startsWith("defer_") ? code - 100 : code,
                settings.get(AccessParams.ALLOW_UNTRUSTED_ROUTING),
                Compatibility.below(settings, "2") && settings.origin("relay_domains") == null,
                word.where(settings));
    }

    @Override
    public boolean guardsRelay() {
        return otherwise == Otherwise.REFUSED;
    }

    @Override
    public Stage about(Stage list) {
        return Stage.RECIPIENT;
    }

    @Override
    public Ruling ask(Question q) {
        if (name.equals(REMOVED)) {
            q.wants(
                    new LogLine.WarningOnce(
                            REMOVED,
                            "support for restriction \"check_relay_domains\" has been removed from"
                                    + " Postfix; instead, specify \"reject_unauth_destination\""));
        }
        Address recipient = q.subject().recipient();
        if (recipient == null || ours(recipient, q)) {
            boolean permits = otherwise != Otherwise.REFUSED || name.equals(REMOVED);
            return permits ? Ruling.PERMIT : Ruling.DUNNO;
        }
        return switch (otherwise) {
            case DUNNO -> Ruling.DUNNO;
            case REFUSED ->
                    new Ruling.Reject(
                            Reply.of(
                                    code, 7, 1, "<" + recipient.text() + ">: Relay access denied"));
        };
    }

    private boolean ours(Address recipient, Question q) {
        Resolved resolved = q.subject().resolved(recipient);
        if (resolved.recipient().domain().isEmpty()) {
            return true;
        }
        if (resolved.routed() && !trusting) {
            return false;
        }
        if (older && resolved.addressClass() == AddressClass.RELAY) {
            q.info(Compatibility.permitted("relay_domains=$mydestination", q.subject().client()));
        }
        return resolved.addressClass() != AddressClass.DEFAULT;
    }
}
