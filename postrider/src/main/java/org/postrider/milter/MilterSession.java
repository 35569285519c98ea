package org.postrider.milter;

import java.util.function.Consumer;
import org.postrider.wire.Reply;

/// The connections to all milters that hear of one client's session, or of one local mail. Each is
/// made when the client comes. Blocking, with deadlines; one thread.
public final class MilterSession implements MailFilter {
    private final Milters milters;
    private final Consumer<String> warnings;
    private Macros macros;

    MilterSession(Milters milters, Macros macros, Consumer<String> warnings) {
        this.milters = milters;
        this.macros = macros;
        this.warnings = warnings;
    }

    @Override
    public void macros(Macros other) {
        macros = other;
    }

    @Override
    public Answer connect(ClientFacts client) {
        macros.value("j");
        Milters.Action action = milters.ask(warnings);
        Milters.Refusal r = action.refusal();
        return switch (action) {
            case ACCEPT -> Answer.GO_ON;
            case QUARANTINE -> new Answer.Hold();
            case SHUTDOWN -> new Answer.Shutdown();
            case REJECT, TEMPFAIL, UNKNOWN ->
                    new Answer.Refused(Reply.of(r.code(), r.status(), r.text()));
        };
    }
}
