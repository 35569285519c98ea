package org.postrider.smtpd.session;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.postrider.cleanup.CleanupParams;
import org.postrider.config.ConfigParams;
import org.postrider.config.Settings;
import org.postrider.maps.TableException;
import org.postrider.maps.Tables;
import org.postrider.milter.Milters;
import org.postrider.smtpd.input.MilterChoice;
import org.postrider.wire.Reply;

/// What the milters that this session's client falls under make of it. They are asked when the
/// client comes; what they answered holds for the session. Session thread only.
public final class MilterGate {
    /// What the settings say.
    record Terms(MilterChoice choice, String hostname) {
        public static Terms of(Settings settings, Tables tables) {
            boolean none =
                    settings.get(CleanupParams.RECEIVE_OVERRIDE_OPTIONS).contains("no_milters");
            return new Terms(
                    MilterChoice.of(settings, tables, none), settings.get(ConfigParams.MYHOSTNAME));
        }
    }

    private final Session s;
    private final Terms terms;
    private Milters.Action action = Milters.Action.ACCEPT;

    MilterGate(Session session, Terms terms) {
        this.s = session;
        this.terms = terms;
    }

    /// A client has come, or XCLIENT names another.
    ///
    /// @return the reply instead of the banner; null where the banner may come
    @Nullable Reply connected() {
        try {
            action = terms.choice().of(s.peer()).ask(s::warn);
        } catch (TableException e) {
            // Nobody knows who should see the mail: none comes in.
            s.warn(e);
            action = Milters.Action.UNKNOWN;
        }
        if (action == Milters.Action.QUARANTINE) {
            s.rejects.log("milter-hold", "milter triggers HOLD action");
        } else if (action.refuses()) {
            s.rejects.log("milter-reject", reply().line());
        }
        return switch (action) {
            case REJECT -> Reply.plain(554, terms.hostname() + " ESMTP not accepting connections");
            case SHUTDOWN ->
                    Reply.plain(421, terms.hostname() + " Service unavailable - try again later");
            case ACCEPT, TEMPFAIL, QUARANTINE, UNKNOWN -> null;
        };
    }

    /// Mail is put on hold.
    public boolean holds() {
        return action == Milters.Action.QUARANTINE;
    }

    /// Null where mail may come; else the reply, already sent.
    @Nullable Reply refusal() throws IOException {
        if (!action.refuses()) {
            return null;
        }
        Reply reply = reply();
        s.rejects.log("milter-reject", reply.line());
        s.answers.error(reply, Transcript.Kind.POLICY);
        return reply;
    }

    /// A command was answered by them.
    public boolean refused() throws IOException {
        return refusal() != null;
    }

    private Reply reply() {
        Milters.Refusal r = action.refusal();
        return Reply.of(r.code(), r.status(), r.text());
    }
}
