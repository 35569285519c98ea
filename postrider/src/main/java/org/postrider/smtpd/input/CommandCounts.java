package org.postrider.smtpd.input;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.postrider.log.SessionEvent;

/// How often each command came and succeeded, for the disconnect line. Session thread only.
public final class CommandCounts {
    private final List<String> verbs;
    private final int[] tried;
    private final int[] succeeded;

    /// @param verbs in capitals, in the order of the line
    public CommandCounts(List<String> verbs) {
        this.verbs = verbs;
        tried = new int[verbs.size()];
        succeeded = new int[verbs.size()];
    }

    public void tried(String verb) {
        tried[verbs.indexOf(verb)]++;
    }

    public void succeeded(String verb) {
        succeeded[verbs.indexOf(verb)]++;
    }

    /// Those that came.
    public List<SessionEvent.Count> counted() {
        List<SessionEvent.Count> out = new ArrayList<>();
        for (int i = 0; i < tried.length; i++) {
            if (tried[i] > 0) {
                String verb = verbs.get(i).toLowerCase(Locale.ROOT);
                out.add(new SessionEvent.Count(verb, succeeded[i], tried[i]));
            }
        }
        return out;
    }
}
