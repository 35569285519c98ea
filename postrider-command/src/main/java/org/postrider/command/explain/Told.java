package org.postrider.command.explain;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.access.Cause;
import org.postrider.access.Decision;
import org.postrider.access.Stage;
import org.postrider.command.heard.Heard;
import org.postrider.wire.Reply;

/// What came of a mail, command by command, up to the first refusal.
record Told(List<At> stages) {
    /// @param said to the client that is refused (soft_bounce); null if it may go on
    /// @param parts what was asked for the decision
    record At(Stage stage, Decision decision, @Nullable Reply said, List<Heard.Part> parts) {}

    /// The command that is refused; null if none is.
    @Nullable At refusing() {
        At last = stages.getLast();
        return last.decision().refusal() == null ? null : last;
    }

    boolean refused() {
        return refusing() != null;
    }

    /// Of the refusal; null for none.
    @Nullable Reply reply() {
        At at = refusing();
        return at == null ? null : at.said();
    }

    /// The restriction that refused; null for none.
    @Nullable Cause cause() {
        At at = refusing();
        return at == null ? null : at.decision().cause();
    }
}
