package org.postrider.smtpd;

import java.io.IOException;
import org.postrider.config.Settings;
import org.postrider.maps.StringList;
import org.postrider.maps.Tables;
import org.postrider.wire.Command;

/// Commands that SMTP does not have: taken for another protocol's (smtpd_forbidden_commands), or
/// refused. Those answered like NOOP (smtpd_noop_commands). Immutable; any thread.
final class UnknownCommands {
    private final StringList forbidden;
    private final StringList noops;

    UnknownCommands(Settings settings, Tables tables) {
        forbidden = new StringList(settings.get(SmtpdParams.FORBIDDEN_COMMANDS), tables);
        noops = new StringList(settings.get(SmtpdParams.NOOP_COMMANDS), tables);
    }

    /// smtpd_noop_commands; may be a command that SMTP has.
    boolean noop(String verb) {
        return noops.contains(verb);
    }

    void answer(Session s, Command.Unknown c, String line) throws IOException {
        String verb = c.verb();
        if (!verb.isEmpty() && (forbidden.contains(verb) || Texts.headerLine(line))) {
            s.warn("non-SMTP command from " + s.client() + ": " + Texts.clipped(line, 100));
            s.send(SmtpdReplies.BREAKS_RULES);
            s.answers.end();
            s.answers.blame();
            return;
        }
        if (s.milters.refused()) {
            return;
        }
        s.error(SmtpdReplies.NOT_RECOGNIZED);
    }
}
