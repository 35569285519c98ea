package org.postrider.smtpd.session;

import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;

/// What the command under way is about, for rules, replies and the log. It is dropped with the
/// command.
///
/// @param mail the mail that MAIL asks for and that is not accepted yet; null at other commands
/// @param recipient the address of RCPT or VRFY, or the only recipient of a mail
/// @param etrn the domain of ETRN
public record About(@Nullable Mail mail, @Nullable Address recipient, @Nullable String etrn) {
    public static final About NOTHING = new About(null, null, null);

    public static About mail(Mail mail) {
        return new About(mail, null, null);
    }

    public static About recipient(@Nullable Address recipient) {
        return new About(null, recipient, null);
    }

    public static About etrn(String domain) {
        return new About(null, null, domain);
    }
}
