package org.postrider.milter;

import java.util.function.Consumer;

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
        return action == Milters.Action.ACCEPT ? Answer.GO_ON : new Answer.Hold();
    }
}
