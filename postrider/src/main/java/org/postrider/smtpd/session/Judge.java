package org.postrider.smtpd.session;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.postrider.access.Access;
import org.postrider.access.Cause;
import org.postrider.access.Decision;
import org.postrider.access.Effect;
import org.postrider.access.LogLine;
import org.postrider.access.Stage;
import org.postrider.access.Subject;
import org.postrider.access.Verdict;
import org.postrider.config.Settings;
import org.postrider.log.MailEvent;
import org.postrider.log.Trouble;
import org.postrider.smtpd.SmtpdParams;
import org.postrider.wire.NotifyClass;
import org.postrider.wire.Reply;

/// Asks access whether the client may go on, and makes happen what it decides. Session thread only.
public final class Judge {
    /// Access under the settings of one listener.
    ///
    /// @param warned what has been warned of already, that is said once
    /// @param names refusals name their restriction in the log (smtpd_log_rule)
    record Bench(Access access, Set<String> warned, boolean names) {
        static Bench of(Access access, Settings settings) {
            return new Bench(
                    access, ConcurrentHashMap.newKeySet(), settings.get(SmtpdParams.LOG_RULE));
        }
    }

    private final Session s;
    private final Bench bench;
    private final Subject subject;

    /// DEFER_IF_PERMIT of lists that were asked before the recipient (smtpd_delay_reject = no);
    /// null before the first.
    private @Nullable Map<Stage, Effect.DeferIfPermit> deferred;

    /// What the last question came to, for who logs it.
    private Decision last = new Decision(Verdict.DUNNO, List.of(), null);

    Judge(Session session, Bench bench) {
        this.s = session;
        this.bench = bench;
        subject = new SessionSubject(session);
    }

    /// What access is asked about.
    public Subject subject() {
        return subject;
    }

    /// The first that is put off until the recipient; null for none.
    Effect.@Nullable DeferIfPermit deferred() {
        return deferred == null || deferred.isEmpty() ? null : deferred.values().iterator().next();
    }

    /// Null if the client may go on.
    public @Nullable Reply refusal(Stage stage) {
        Decision decision = bench.access.decide(stage, subject);
        last = decision;
        if (deferred != null
                && (stage == Stage.CLIENT || stage == Stage.HELO || stage == Stage.SENDER)) {
            deferred.remove(stage);
        }
        for (Effect effect : decision.effects()) {
            switch (effect) {
                case LogLine line -> log(line);
                case Effect.OfMail what -> {
                    Mail mail = s.mailOrAsked();
                    if (mail != null) {
                        mail.effects.add(what);
                    }
                }
                case Effect.DeferIfPermit later -> defer(stage, later);
                case Effect.Pause(int seconds) -> LockSupport.parkNanos(seconds * 1_000_000_000L);
            }
        }
        return decision.refusal();
    }

    /// The restriction that a refusal comes from; null if none was the last to refuse with it.
    MailEvent.@Nullable Rule rule(Reply reply) {
        return reply.equals(last.refusal()) ? rule(last.cause()) : null;
    }

    /// What a refusal is about; one that no restriction has given last is a rule's as well.
    public NotifyClass about(Reply reply) {
        NotifyClass about = reply.equals(last.refusal()) ? last.about() : null;
        return about == null ? NotifyClass.POLICY : about;
    }

    /// Whether a refusal is this restriction's.
    public boolean refusedBy(Reply reply, String restriction) {
        Cause cause = last.cause();
        return cause != null
                && reply.equals(last.refusal())
                && (cause.restriction().equals(restriction) || cause.said().equals(restriction));
    }

    private MailEvent.@Nullable Rule rule(@Nullable Cause cause) {
        return cause == null || !bench.names
                ? null
                : new MailEvent.Rule(cause.text(), bench.access.origin(cause.parameter()));
    }

    private void defer(Stage stage, Effect.DeferIfPermit reply) {
        if (deferred == null) {
            deferred = new EnumMap<>(Stage.class);
        }
        deferred.put(stage, reply);
    }

    /// After the recipients: of several none is named.
    public @Nullable Reply refusalOfAll(Stage stage, Mail mail) {
        s.about(About.recipient(mail.onlyRecipient()));
        Reply refusal = refusal(stage);
        s.about(About.NOTHING);
        return refusal;
    }

    private void log(LogLine line) {
        switch (line) {
            case LogLine.Info(var text) -> s.info(text);
            case LogLine.Warning(var text) -> s.warn(text);
            case LogLine.LookupFailed(var text) -> s.log(new Trouble.LookupFailed(text));
            case LogLine.WarningOnce(var about, var text) -> {
                if (bench.warned.add(about)) {
                    s.warn(text);
                }
            }
            case LogLine.Fatal(var text) -> s.fatal(text);
            case LogLine.Action(var action, var text) -> s.rejects.log(action, text);
            case LogLine.Held(var text) -> {
                Mail mail = s.mailOrAsked();
                if (mail == null || !mail.effects.hold) {
                    s.rejects.log("hold", text);
                }
            }
            case LogLine.RejectWarning(var stage, var reply, var cause) ->
                    s.rejects.log("reject_warning", stage, reply, rule(cause));
        }
    }
}
