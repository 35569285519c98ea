package org.postrider.access.restriction;

import org.jspecify.annotations.Nullable;
import org.postrider.access.Effect;
import org.postrider.access.LogLine;
import org.postrider.access.Stage;
import org.postrider.access.Subject;
import org.postrider.access.Trace;
import org.postrider.maps.TableException;
import org.postrider.wire.Reply;

/// What a restriction is asked, and the only place where it leaves what it wants to happen.
public interface Question {
    /// The command that the client waits at.
    Stage asked();

    /// What the list is about; at RCPT another one than [#asked] for lists that waited for it.
    Stage list();

    Subject subject();

    /// What a refusal is about whose restriction looks at nothing itself.
    Named named();

    /// Such a refusal.
    default Ruling.Reject rejected(int code, int subject, int detail, String why) {
        return new Ruling.Reject(Reply.of(code, subject, detail, named().rejected() + why));
    }

    /// Told of what a restriction learns besides tables and DNS, which are told without it: nobody
    /// wants to know if it is null.
    default @Nullable Trace trace() {
        return null;
    }

    /// What is asked stands for a server that did not answer: what does not answer here has nothing
    /// else to stand for it.
    boolean instead();

    /// A refusal is logged and goes no further (warn_if_reject).
    default boolean warnsOnly() {
        return false;
    }

    /// Nothing happens now: it becomes part of the decision.
    void wants(Effect effect);

    default void info(String text) {
        wants(new LogLine.Info(text));
    }

    default void warn(String text) {
        wants(new LogLine.Warning(text));
    }

    default void warn(TableException failure) {
        failure.warnings().forEach(each -> wants(new LogLine.LookupFailed(each)));
    }
}
