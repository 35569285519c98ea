package org.postrider.smtpd.dialogue;

import org.postrider.smtpd.SmtpdReplies;
import org.postrider.smtpd.command.Verb;
import org.postrider.smtpd.command.Verbs;
import org.postrider.smtpd.session.Admission;
import org.postrider.smtpd.session.State;
import org.postrider.wire.Command;

/// The *check* half of a session: which command may come when (RFC 5321 4.1.4). Pure and total;
/// what a command that may come does is its verb's other half. The table of all pairs of command
/// and state stands in src/test/resources/org/postrider/smtpd/dialogue.txt.
public final class Dialogue {
    private final Verbs verbs;
    private final boolean tlsRequired;

    /// @param tlsRequired what is not for plaintext waits for STARTTLS
    public Dialogue(Verbs verbs, boolean tlsRequired) {
        this.verbs = verbs;
        this.tlsRequired = tlsRequired;
    }

    /// @param secure the session is within TLS
    public Admission step(State state, boolean secure, Command command) {
        Verb verb = verbs.of(command);
        return tlsRequired && !secure && !verb.is(Verb.Trait.PLAINTEXT)
                ? Admission.refuseQuietly(SmtpdReplies.STARTTLS_FIRST)
                : verb.check(state, command.arguments());
    }
}
