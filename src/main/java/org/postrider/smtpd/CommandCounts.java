package org.postrider.smtpd;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.postrider.log.SessionEvent;

/// How often each command came and succeeded, for the disconnect line. Session thread only.
final class CommandCounts {
    /// In Postfix's order.
    private static final List<String> COUNTED =
            List.of(
                    "helo",
                    "ehlo",
                    "xclient",
                    "xforward",
                    "starttls",
                    "auth",
                    "mail",
                    "rcpt",
                    "data",
                    "bdat",
                    "rset",
                    "noop",
                    "vrfy",
                    "etrn",
                    "quit",
                    "unknown");

    private final int[] tried = new int[COUNTED.size()];
    private final int[] succeeded = new int[COUNTED.size()];

    void tried(String verb) {
        tried[COUNTED.indexOf(verb.toLowerCase(Locale.ROOT))]++;
    }

    void succeeded(String verb) {
        succeeded[COUNTED.indexOf(verb.toLowerCase(Locale.ROOT))]++;
    }

    /// Those that came.
    List<SessionEvent.Count> counted() {
        List<SessionEvent.Count> out = new ArrayList<>();
        for (int i = 0; i < tried.length; i++) {
            if (tried[i] > 0) {
                out.add(new SessionEvent.Count(COUNTED.get(i), succeeded[i], tried[i]));
            }
        }
        return out;
    }
}
