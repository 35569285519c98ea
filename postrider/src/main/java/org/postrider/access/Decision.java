package org.postrider.access;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.wire.NotifyClass;
import org.postrider.wire.Reply;

/// What came of a question: the verdict, and what else is to happen, log lines included, in order.
/// A value; nothing has happened yet.
///
/// @param cause the restriction that refused; null if the client may go on
public record Decision(Verdict verdict, List<Effect> effects, @Nullable Cause cause) {
    static final Decision DUNNO = new Decision(Verdict.DUNNO, List.of(), null);
    static final Decision PERMIT = new Decision(Verdict.PERMIT, List.of(), null);

    public Decision {
        effects = List.copyOf(effects);
    }

    /// The reply that refuses the client; null if it may go on.
    public @Nullable Reply refusal() {
        return verdict instanceof Verdict.Reject reject ? reject.reply() : null;
    }

    /// What the refusal is about; null if the client may go on.
    public @Nullable NotifyClass about() {
        return verdict instanceof Verdict.Reject reject ? reject.about() : null;
    }
}
