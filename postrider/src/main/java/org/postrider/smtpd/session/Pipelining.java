package org.postrider.smtpd.session;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.postrider.log.SessionEvent;
import org.postrider.smtpd.SmtpdReplies;

/// Clients that send before they may (RFC 2920): only some commands can be pipelined, and only
/// where we offered it. Session thread only.
public final class Pipelining {
    private static final String HIDDEN = "(not shown)";
    private static final Pattern CREDENTIALS =
            Pattern.compile("(^|\\n)\\s*auth\\b.*", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    private final Session s;
    private final boolean forbidden;
    private boolean seen;

    /// @param forbidden the session ends for it (smtpd_forbid_unauth_pipelining)
    Pipelining(Session session, boolean forbidden) {
        this.s = session;
        this.forbidden = forbidden;
    }

    /// True where the client did not wait for a reply it should have waited for.
    boolean seen() {
        return seen;
    }

    /// Octets before the greeting; true where the session ends for it.
    boolean beforeGreeting() throws IOException {
        return s.in.arrived() && tooEarly();
    }

    /// Octets after a command that must be a group's last. Told once; true where the session ends
    /// for it.
    ///
    /// @param last the command ends a group
    /// @param exempt nobody minds what was sent after it
    public boolean after(boolean last, boolean exempt) throws IOException {
        boolean pipelines = s.party().hello().esmtp() && !s.greeting.discards("PIPELINING");
        if (seen || exempt || (pipelines && !last) || !s.in.pending()) {
            return false;
        }
        return tooEarly();
    }

    /// Says in the log what came too early.
    private boolean tooEarly() throws IOException {
        seen = true;
        String more =
                new String(
                        s.in.buffer(),
                        s.in.start(),
                        Math.min(s.in.end() - s.in.start(), 100),
                        StandardCharsets.ISO_8859_1);
        s.log(new SessionEvent.EarlyTalk(s.place.command(), s.client(), shown(more)));
        if (forbidden) {
            s.send(SmtpdReplies.SYNCHRONIZATION);
            s.answers.end();
        }
        return forbidden;
    }

    /// What came, on one line, and nothing of what may be credentials (decision 0016).
    private String shown(String text) {
        if (s.place.command().equals("AUTH")) {
            return HIDDEN;
        }
        return CREDENTIALS
                .matcher(text)
                .replaceAll("$1" + HIDDEN)
                .replace("\r", "\\r")
                .replace("\n", "\\n");
    }
}
