package org.postrider.smtpd;

import java.io.IOException;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.postrider.config.Settings;
import org.postrider.maps.StringList;
import org.postrider.maps.Tables;
import org.postrider.wire.Command;

/// Commands that SMTP does not have: answered like NOOP (smtpd_noop_commands), taken for another
/// protocol's (smtpd_forbidden_commands), or refused. Immutable; any thread.
final class UnknownCommands {
    private final StringList forbidden;
    private final Set<String> noops = new HashSet<>();

    UnknownCommands(Settings settings, Tables tables) {
        forbidden = new StringList(settings.get(SmtpdParams.FORBIDDEN_COMMANDS), tables);
        for (String word : settings.get(SmtpdParams.NOOP_COMMANDS)) {
            noops.add(word.toUpperCase(Locale.ROOT));
        }
    }

    void answer(Session s, Command.Unknown c, String line) throws IOException {
        String verb = c.verb();
        if (noops.contains(verb.toUpperCase(Locale.ROOT))) {
            s.answers.junk();
            s.send(SmtpdReplies.OK);
            return;
        }
        if (!verb.isEmpty() && (forbidden.contains(verb) || Texts.headerLine(line))) {
            s.warn("non-SMTP command from " + s.client() + ": " + Texts.clipped(line, 100));
            s.send(SmtpdReplies.BREAKS_RULES);
            s.answers.end();
            s.answers.blame();
            return;
        }
        s.error(SmtpdReplies.NOT_RECOGNIZED);
    }
}
