package org.postrider.smtpd;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.postrider.access.Decision;
import org.postrider.access.Effect;
import org.postrider.access.LogLine;
import org.postrider.access.Stage;
import org.postrider.access.Subject;
import org.postrider.wire.Reply;

/// Asks access whether the client may go on, and makes happen what it decides. Session thread only.
final class Judge {
    private final Session s;
    private final Smtpd d;
    private final Transaction t;

    /// What access is asked about.
    final Subject subject;

    Judge(Session session) {
        this.s = session;
        this.d = session.d;
        this.t = session.t;
        subject = new SessionSubject(session);
    }

    /// Null where the client may go on.
    @Nullable Reply refusal(Stage stage) {
        Decision decision = d.access.decide(stage, subject);
        if (stage == Stage.CLIENT || stage == Stage.HELO || stage == Stage.SENDER) {
            t.earlyDefers.remove(stage);
        }
        for (Effect effect : decision.effects()) {
            switch (effect) {
                case LogLine line -> log(line);
                case Effect.OfMail what -> apply(what);
                case Effect.DeferIfPermit(Reply reply) -> t.earlyDefers.put(stage, reply);
                case Effect.Pause(int seconds) -> LockSupport.parkNanos(seconds * 1_000_000_000L);
            }
        }
        return decision.refusal();
    }

    /// After the recipients: of several none is named.
    @Nullable Reply refusalOfAll(Stage stage) {
        t.recipient = t.recipients.size() == 1 ? t.recipients.getFirst().address() : null;
        Reply refusal = refusal(stage);
        t.recipient = null;
        return refusal;
    }

    private void apply(Effect.OfMail what) {
        switch (what) {
            case Effect.Hold _ -> t.hold = true;
            case Effect.Discard _ -> t.discard = true;
            case Effect.Filter(var destination) -> t.filter = destination;
            case Effect.Redirect(var to) -> t.redirect = to;
            case Effect.Bcc(var to) -> t.bcc.add(to);
            case Effect.Prepend(var header) -> t.prepended.add(header);
        }
    }

    private void log(LogLine line) {
        switch (line) {
            case LogLine.Info(var text) -> s.info(text);
            case LogLine.Warning(var text) -> s.warn(text);
            case LogLine.WarningOnce(var about, var text) -> {
                if (d.warned.add(about)) {
                    s.warn(text);
                }
            }
            case LogLine.Fatal(var text) -> d.log.fatal(s.tag, text);
            case LogLine.Action(var action, var text) -> s.rejects.log(action, text);
            case LogLine.RejectWarning(var stage, var reply) ->
                    s.rejects.log("reject_warning", stage, reply);
        }
    }
}
