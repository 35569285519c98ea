package org.postrider.access.name;

import org.postrider.access.AccessParams;
import org.postrider.access.restriction.Ruling;
import org.postrider.authentication.AuthenticationParams;
import org.postrider.config.ConfigException;
import org.postrider.config.Param;
import org.postrider.config.Settings;
import org.postrider.wire.Reply;

/// What is done if nobody can say now whether a name exists (reject_tempfail_action and its like).
public enum Tempfail {
    /// Another restriction may still refuse it for good.
    DEFER_IF_PERMIT,
    /// It is put off at once.
    DEFER;

    /// @throws ConfigException for a word that means neither
    public static void check(Settings settings) {
        of(settings, AccessParams.UNKNOWN_ADDRESS_TEMPFAIL);
        of(settings, AccessParams.UNKNOWN_HELO_TEMPFAIL);
        of(settings, AccessParams.UNVERIFIED_SENDER_TEMPFAIL);
        of(settings, AccessParams.UNVERIFIED_RECIPIENT_TEMPFAIL);
        of(settings, AuthenticationParams.TEMPFAIL);
    }

    /// @throws ConfigException for a word that means neither
    public static Tempfail of(Settings settings, Param<String> param) {
        String action = settings.get(param);
        return switch (action) {
            case "defer_if_permit" -> DEFER_IF_PERMIT;
            case "defer" -> DEFER;
            default ->
                    throw new ConfigException(
                            "bad configuration: " + param.name() + " = " + action);
        };
    }

    /// What a reply that can only be a temporary one comes to.
    public Ruling ruling(Reply reply) {
        return this == DEFER_IF_PERMIT ? new Ruling.DeferIfPermit(reply) : new Ruling.Reject(reply);
    }
}
