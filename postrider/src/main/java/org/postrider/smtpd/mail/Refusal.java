package org.postrider.smtpd.mail;

import org.postrider.wire.NotifyClass;
import org.postrider.wire.Reply;

/// Why a mail is not taken whose content has come.
///
/// @param about what the postmaster may be told it is
record Refusal(Reply reply, NotifyClass about) {
    static Refusal resource(Reply reply) {
        return new Refusal(reply, NotifyClass.RESOURCE);
    }
}
