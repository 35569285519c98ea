package org.postrider.smtp;

import java.util.List;
import org.postrider.config.ConfigException;
import org.postrider.smtp.policy.TlsPolicies;
import org.postrider.time.Clock;

/// What `postfix check` says of a transport's TLS.
public final class SmtpChecks {
    private SmtpChecks() {}

    /// Levels that cannot be had, files that cannot be read, words that mean nothing: each with its
    /// file or parameter.
    public static List<String> problems(ClientSettings settings, Clock clock) {
        try {
            return TlsPolicies.problems(settings, clock);
        } catch (ConfigException e) {
            return List.of(String.valueOf(e.getMessage()));
        }
    }
}
