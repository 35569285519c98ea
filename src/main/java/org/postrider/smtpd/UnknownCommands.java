package org.postrider.smtpd;

import java.io.IOException;
import org.postrider.config.Settings;
import org.postrider.maps.StringList;
import org.postrider.maps.TableException;
import org.postrider.maps.Tables;
import org.postrider.wire.Command;

/// Commands that SMTP does not have: taken for another protocol's (smtpd_forbidden_commands), or
/// refused. Those answered like NOOP (smtpd_noop_commands). Immutable; any thread.
final class UnknownCommands {
    private final StringList forbidden;
    private final StringList noops;

    UnknownCommands(Settings settings, Tables tables) {
        forbidden =
                new StringList(
                        SmtpdParams.FORBIDDEN_COMMANDS.name(),
                        settings.get(SmtpdParams.FORBIDDEN_COMMANDS),
                        tables);
        noops =
                new StringList(
                        SmtpdParams.NOOP_COMMANDS.name(),
                        settings.get(SmtpdParams.NOOP_COMMANDS),
                        tables);
    }

    /// smtpd_noop_commands; may be a command that SMTP has.
    boolean noop(Session s, String verb) {
        return listed(noops, verb, s);
    }

    /// A list that cannot answer holds nothing.
    private static boolean listed(StringList list, String verb, Session s) {
        try {
            return list.contains(verb);
        } catch (TableException e) {
            s.warn(e);
            return false;
        }
    }

    /// Whether it was another protocol's: then that has been answered, and the session ends.
    boolean foreign(Session s, Command.Unknown c, String line) throws IOException {
        String verb = c.verb();
        if (verb.isEmpty() || !(listed(forbidden, verb, s) || Texts.headerLine(line))) {
            return false;
        }
        s.warn("non-SMTP command from " + s.client() + ": " + Texts.clipped(line, 100));
        s.send(SmtpdReplies.BREAKS_RULES);
        s.answers.end();
        s.answers.blame();
        return true;
    }
}
