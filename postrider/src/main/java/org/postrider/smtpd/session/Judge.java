package org.postrider.smtpd.session;

import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.postrider.access.Access;
import org.postrider.access.Decision;
import org.postrider.access.Effect;
import org.postrider.access.LogLine;
import org.postrider.access.Stage;
import org.postrider.access.Subject;
import org.postrider.log.Trouble;
import org.postrider.wire.Reply;

/// Asks access whether the client may go on, and makes happen what it decides. Session thread only.
public final class Judge {
    /// Access under the settings of one listener.
    ///
    /// @param warned what has been warned of already, that is said once
    record Bench(Access access, Set<String> warned) {
        static Bench of(Access access) {
            return new Bench(access, ConcurrentHashMap.newKeySet());
        }
    }

    private final Session s;
    private final Bench bench;
    private final Subject subject;

    /// DEFER_IF_PERMIT of lists that were asked before the recipient (smtpd_delay_reject = no);
    /// null before the first.
    private @Nullable Map<Stage, Reply> deferred;

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
    @Nullable Reply deferred() {
        return deferred == null || deferred.isEmpty() ? null : deferred.values().iterator().next();
    }

    /// Null if the client may go on.
    public @Nullable Reply refusal(Stage stage) {
        Decision decision = bench.access.decide(stage, subject);
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
                case Effect.DeferIfPermit(Reply reply) -> defer(stage, reply);
                case Effect.Pause(int seconds) -> LockSupport.parkNanos(seconds * 1_000_000_000L);
            }
        }
        return decision.refusal();
    }

    private void defer(Stage stage, Reply reply) {
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
            case LogLine.RejectWarning(var stage, var reply) ->
                    s.rejects.log("reject_warning", stage, reply);
        }
    }
}
