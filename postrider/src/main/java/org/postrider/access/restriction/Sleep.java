package org.postrider.access.restriction;

import org.postrider.access.Effect;

/// sleep: the client waits for its answer. The thread of a restriction never does: whoever asked
/// keeps the client waiting.
public record Sleep(int seconds) implements Rule {
    @Override
    public String name() {
        return "sleep";
    }

    @Override
    public String argument() {
        return Integer.toString(seconds);
    }

    @Override
    public Ruling ask(Question q) {
        q.wants(new Effect.Pause(seconds));
        return Ruling.DUNNO;
    }
}
