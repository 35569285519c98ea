package org.postrider.smtp;

import java.util.ArrayList;
import java.util.List;
import org.postrider.config.ConfigException;
import org.postrider.smtp.policy.Logins;
import org.postrider.smtp.policy.TlsPolicies;
import org.postrider.time.Clock;

/// What `postfix check` says of a transport's TLS and logins.
public final class SmtpChecks {
    private SmtpChecks() {}

    /// Levels that cannot be had, files that cannot be read, words that mean nothing: each with its
    /// file or parameter.
    public static List<String> problems(ClientSettings settings, Clock clock) {
        List<String> out = new ArrayList<>();
        try {
            TlsPolicies.problems(settings, clock).forEach(text -> out.add("TLS: " + text));
            String fault = Logins.fault(settings);
            if (fault != null) {
                out.add("SASL: " + fault + ": its mail waits");
            }
        } catch (ConfigException e) {
            out.add("TLS: " + e.getMessage());
        }
        return out;
    }
}
