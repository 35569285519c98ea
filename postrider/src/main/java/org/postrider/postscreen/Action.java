package org.postrider.postscreen;

import org.postrider.config.ConfigException;
import org.postrider.config.Param;
import org.postrider.config.Settings;

/// What becomes of a client that fails a test.
enum Action {
    /// The failure is logged and forgotten; the test comes again the next time.
    IGNORE,
    /// Its recipients are refused, so that the log has who wrote to whom.
    ENFORCE,
    /// It is told 521 and let go.
    DROP;

    /// @throws ConfigException for another word
    static Action of(Settings settings, Param<String> param) {
        String word = settings.get(param);
        return switch (word) {
            case "ignore", "continue" -> IGNORE;
            case "enforce" -> ENFORCE;
            case "drop" -> DROP;
            default -> throw new ConfigException("bad " + param.name() + " value: " + word);
        };
    }
}
